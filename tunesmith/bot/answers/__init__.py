"""Questions to a model: who answers, how it is asked, what comes back and what that costs."""

from tunesmith.bot.answers.ask import Answered, answer, ask
from tunesmith.bot.answers.cost import cost
from tunesmith.bot.answers.model import (
    AskedModel,
    askable,
    base_model,
    checkpoint_model,
    find_model,
    from_ref,
    in_training,
    not_deployed,
    obstacle,
    tuned_model,
)
from tunesmith.bot.answers.prompt import Trained, Turn, build, trained
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
    "ask",
    "askable",
    "base_model",
    "build",
    "checkpoint_model",
    "cost",
    "find_model",
    "from_ref",
    "in_training",
    "not_deployed",
    "obstacle",
    "trained",
    "tuned_model",
]
