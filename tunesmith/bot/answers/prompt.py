"""How a model is asked: the way it was trained."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from tunesmith.bot.answers.model import AskedModel
from tunesmith.bot.datasets import Report
from tunesmith.bot.datasets.pair_style import PairStyle
from tunesmith.bot.datasets.profile import Profile
from tunesmith.bot.providers.asking import ChatMessage, Prompt
from tunesmith.bot.services import Services
from tunesmith.storage import datasets, jobs

_LIKELIEST = 20  # the most that OpenAI's reference takes
_LEAST = 256
_MOST_PROFILES = 256


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


async def trained(services: Services, model: AskedModel) -> Trained:
    """How a model was trained; for a job's base model, with the system prompt and tools of its
    data, so that both are asked the same.
    """
    if model.job_id is None:
        return Trained()
    async with services.database.read() as connection:
        job = await jobs.get(connection, model.job_id)
    about = await profile_of(services, job.dataset_id) if job else None
    if about is None:
        return Trained()
    if model.kind == "base":
        return Trained(system=about.system_prompt, tools=about.tools, schema=about.schema)
    provider = services.catalogue.providers[model.provider]
    exact = model.encoding(services.catalogue) == about.encoding
    return Trained(
        system=about.system_prompt,
        style=about.style if provider.completions else None,
        tools=about.tools if provider.tools else (),
        classes=about.classes,
        class_tokens=about.class_tokens if exact else None,
        longest_answer=about.longest_answer,
        schema=about.schema,
    )


async def profile_of(services: Services, dataset_id: str) -> Profile | None:
    """What of a data set matters when its model is asked; read once, then remembered a while."""
    known = services.profiles.get(dataset_id)
    if known is not None:
        return known
    async with services.database.read() as connection:
        dataset = await datasets.get(connection, dataset_id)
    if dataset is None:
        return None
    report = Report.model_validate(dataset.report)
    found = Profile.of(report, dataset.sha256, dataset.schema_sha256)
    services.profiles[dataset.id] = found
    if len(services.profiles) > _MOST_PROFILES:
        del services.profiles[next(iter(services.profiles))]
    return found


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
