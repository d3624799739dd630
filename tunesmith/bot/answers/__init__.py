"""Questions to a model: who answers, how it is asked, what comes back and what that costs."""

from tunesmith.bot.answers.ask import Answered, answer, ask
from tunesmith.bot.answers.confirming import confirm
from tunesmith.bot.answers.cost import cost
from tunesmith.bot.answers.finding import (
    answering,
    askable,
    comparable,
    find_model,
    in_training,
    named,
    named_first,
)
from tunesmith.bot.answers.history import within_context
from tunesmith.bot.answers.model import (
    AskedModel,
    base_model,
    checkpoint_model,
    from_ref,
    not_deployed,
    obstacle,
    tuned_model,
)
from tunesmith.bot.answers.prompt import Trained, Turn, build, profile_of, trained
from tunesmith.bot.providers.asking import Prompt, Reply, ToolCall, Usage

__all__ = [
    "Answered",
    "AskedModel",
    "Prompt",
    "Reply",
    "ToolCall",
    "Trained",
    "Turn",
    "Usage",
    "answer",
    "answering",
    "ask",
    "askable",
    "base_model",
    "build",
    "checkpoint_model",
    "comparable",
    "confirm",
    "cost",
    "find_model",
    "from_ref",
    "in_training",
    "named",
    "named_first",
    "not_deployed",
    "obstacle",
    "profile_of",
    "trained",
    "tuned_model",
    "within_context",
]
