"""How a model is asked: the way it was trained. Worker processes build prompts too."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from tunesmith.bot.datasets.pair_style import PairStyle
from tunesmith.bot.providers.asking import ChatMessage, Prompt

_LIKELIEST = 20  # the most that OpenAI's reference takes
_LEAST = 256


class Turn(NamedTuple):
    """A question and its answer, of an earlier moment of the conversation or as an example."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Trained:
    """How a model was trained: what of its data set's report matters when it is asked.

    `style` is how its prompts and completions begin and end, where it learnt from such and is
    asked to continue a text. `tools` are those that its examples declare. `classes` are the
    labels of a classification, of at most `class_tokens` tokens, where that is known;
    `longest_answer` is the tokens of the longest answer that it learnt; `schema` is the SHA-256 of
    the schema that its questions are about.
    """

    system: str | None = None
    style: PairStyle | None = None
    tools: tuple[dict[str, Any], ...] = ()
    classes: tuple[str, ...] = ()
    class_tokens: int | None = None
    longest_answer: int | None = None
    schema: str | None = None


def build(
    trained: Trained,
    question: str,
    *,
    history: Sequence[Turn] = (),
    examples: Sequence[Turn] = (),
    system: str | None = None,
    temperature: float | None = 0,
    most_tokens: int | None = None,
    left_out: int = 0,
) -> Prompt:
    """The prompt for a question, the way the model was trained.

    `history` is the conversation so far, oldest first; `examples` stand in front of it (a few-shot
    prompt), `left_out` says how many earlier messages are not in it. `system` replaces the system
    prompt that it was trained with, "" leaves it out. A model that continues texts knows no
    conversation, and one that classifies none either: they get the question alone.
    """
    settings: dict[str, Any] = {"temperature": temperature, "most_tokens": most_tokens}
    if trained.classes:
        settings |= {
            "labels": trained.classes,
            "top_logprobs": _LIKELIEST,
            "most_tokens": most_tokens or trained.class_tokens,
        }
        history, left_out = (), left_out + 2 * len(history)
    if trained.style is not None:
        text = question.rstrip() + trained.style.separator
        stop = (trained.style.stop,) if trained.style.stop else ()
        # A completion without a limit ends after 16 tokens, by OpenAI's reference.
        settings["most_tokens"] = settings["most_tokens"] or _room(trained)
        return Prompt(text=text, stop=stop, left_out=left_out + 2 * len(history), **settings)
    first = trained.system if system is None else system
    messages: list[ChatMessage] = [{"role": "system", "content": first}] if first else []
    for turn in (*examples, *history):
        messages.append({"role": "user", "content": turn.question})
        messages.append({"role": "assistant", "content": turn.answer})
    messages.append({"role": "user", "content": question})
    return Prompt(
        messages=tuple(messages),
        tools=trained.tools,
        earlier=2 * len(history),
        left_out=left_out,
        **settings,
    )


def _room(trained: Trained) -> int:
    """Tokens for a completion: more than it was ever taught to say."""
    return max(_LEAST, 2 * (trained.longest_answer or 0))
