"""How a model is asked: the way it was trained."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from tunesmith.bot.answers.model import AskedModel
from tunesmith.bot.datasets import Report
from tunesmith.bot.datasets.pair_style import PairStyle
from tunesmith.bot.providers.asking import ChatMessage, Prompt
from tunesmith.bot.services import Services
from tunesmith.storage import datasets, jobs

_LIKELIEST = 20  # the most that OpenAI's reference takes


class Turn(NamedTuple):
    """A question and its answer, of an earlier moment of the conversation or as an example."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Trained:
    """How a model was trained: what of its data set's report matters when it is asked.

    `style` is how its prompts and completions begin and end, where it learnt from such and is
    asked to continue a text. `tools` are those that its examples declare; `classes` are the
    labels of a classification.
    """

    system: str | None = None
    style: PairStyle | None = None
    tools: tuple[dict[str, Any], ...] = ()
    classes: tuple[str, ...] = ()


async def trained(services: Services, model: AskedModel) -> Trained:
    """How a model was trained; for a job's base model, with the system prompt and tools of its
    data, so that both are asked the same.
    """
    if model.job_id is None:
        return Trained()
    async with services.database.read() as connection:
        job = await jobs.get(connection, model.job_id)
        dataset = await datasets.get(connection, job.dataset_id) if job else None
    if dataset is None:
        return Trained()
    report = Report.model_validate(dataset.report)
    if model.kind == "base":
        return Trained(system=report.system_prompt)
    continues = services.catalogue.providers[model.provider].completions
    return Trained(
        system=report.system_prompt,
        style=report.style if continues else None,
        classes=tuple(report.classes),
    )


def build(
    trained: Trained,
    question: str,
    *,
    history: Sequence[Turn] = (),
    examples: Sequence[Turn] = (),
    system: str | None = None,
    temperature: float | None = 0,
    most_tokens: int | None = None,
) -> Prompt:
    """The prompt for a question, the way the model was trained.

    `history` is the conversation so far, oldest first; `examples` stand in front of it (a few-shot
    prompt). `system` replaces the system prompt that it was trained with, "" leaves it out. A model
    that continues texts knows no conversation: it gets the question alone.
    """
    settings: dict[str, Any] = {"temperature": temperature, "most_tokens": most_tokens}
    if trained.classes:
        settings |= {"labels": trained.classes, "top_logprobs": _LIKELIEST}
    if trained.style is not None:
        text = question.rstrip() + trained.style.separator
        stop = (trained.style.stop,) if trained.style.stop else ()
        return Prompt(text=text, stop=stop, left_out=2 * len(history), **settings)
    first = trained.system if system is None else system
    messages: list[ChatMessage] = [{"role": "system", "content": first}] if first else []
    for turn in (*examples, *history):
        messages.append({"role": "user", "content": turn.question})
        messages.append({"role": "assistant", "content": turn.answer})
    messages.append({"role": "user", "content": question})
    return Prompt(messages=tuple(messages), tools=trained.tools, **settings)
