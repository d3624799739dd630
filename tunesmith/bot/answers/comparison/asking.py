"""Ask several models the same question, each as it was trained; in which order their answers stand
is drawn by chance, once.
"""

import random
import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from functools import partial
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.bot.answers.ask import Answered, answer
from tunesmith.bot.answers.cost import cost
from tunesmith.bot.answers.limits import give_back, take_all
from tunesmith.bot.answers.model import AskedModel, from_ref
from tunesmith.bot.answers.prompt import build
from tunesmith.bot.answers.trained import trained
from tunesmith.bot.datasets import chat_tokens, tokens
from tunesmith.bot.errors import BudgetError, JobError, ProviderError
from tunesmith.bot.jobs.budget import Payer, over_budget
from tunesmith.bot.messages import Message, say, to_stored
from tunesmith.bot.providers.asking import Prompt, Usage
from tunesmith.bot.queue import Work
from tunesmith.bot.services import Services
from tunesmith.storage import answers, comparisons
from tunesmith.storage.answers import Answer
from tunesmith.storage.comparisons import Comparison, Entry

FEWEST, MOST = 2, 4
"""How many models are compared at a time."""

SMALL_USD = Decimal("0.05")
"""What costs no more is asked without telling the price first."""

_ANSWER_TOKENS = 1_000  # of an answer, where no data says how long they are


@dataclass(frozen=True, slots=True)
class ComparisonRequest:
    """What somebody asks several models, and where the answers are to stand: in a thread, or in the
    channel itself.
    """

    team: str
    channel: str
    thread: str | None
    person: str
    question: str
    models: Sequence[AskedModel]


def counted_as(model: AskedModel) -> str:
    """What a model's votes are counted under: a base model is the same whoever trained on it."""
    if model.kind == "base":
        return f"base {model.provider} {model.name}"
    step = "" if model.step is None else f" {model.step}"
    return f"{model.kind} {model.provider} {model.job_id}{step}"


def answer_key(comparison_id: str, place: int) -> str:
    """The key of a comparison's answer in the table of answers."""
    return f"comparison:{comparison_id}:{place}"


async def request(
    services: Services, connection: AsyncConnection, wanted: ComparisonRequest, of: str
) -> Comparison:
    """Write a comparison; `of` names the request, so that the same one is written once.

    Raises JobError for too few or too many models, or where this person has asked too much.
    """
    models = list({counted_as(model): model for model in wanted.models}.values())
    if not FEWEST <= len(models) <= MOST:
        raise JobError(say("comparison.how_many", fewest=FEWEST, most=MOST))
    comparison = Comparison(
        id=uuid.uuid5(uuid.NAMESPACE_OID, of).hex[:12],
        team=wanted.team,
        channel=wanted.channel,
        thread=wanted.thread,
        asked_by=wanted.person,
        question=wanted.question,
        job_id=next((model.job_id for model in models if model.job_id), None),
    )
    # Nobody can work the order out from an id that stands in the message.
    random.SystemRandom().shuffle(models)
    entries = [
        Entry(comparison.id, place, counted_as(model), model.ref, model.shown)
        for place, model in enumerate(models)
    ]
    await _take_turns(services, connection, comparison, len(entries))
    await comparisons.add(connection, comparison, entries)
    return comparison


async def price(services: Services, comparison_id: str) -> tuple[Decimal | None, int]:
    """What a comparison costs in USD if each answer has so many tokens: as many as the longest one
    that the tuned models learnt. None where that is not known of one model.
    """
    known = [(one, await trained(services, one)) for one in await _models(services, comparison_id)]
    question = await _question(services, comparison_id)
    longest = max((how.longest_answer or 0 for _, how in known), default=0) or _ANSWER_TOKENS
    total: Decimal | None = Decimal(0)
    for model, how in known:
        read = await _tokens(services, model, build(how, question))
        usage = None if read is None else Usage(read, longest)
        usd = cost(services.catalogue, model, usage)
        total = None if total is None or usd is None else total + usd
    return total, longest


async def begin(services: Services, connection: AsyncConnection, comparison_id: str) -> bool:
    """Let the models of a comparison whose price was told be asked. False where they were.

    Raises JobError or BudgetError where a limit or a budget does not allow it.
    """
    known = await comparisons.get(connection, comparison_id, lock=True)
    if known is None:
        raise JobError(say("comparison.not_known"))
    entries = await comparisons.entries_of(connection, comparison_id)
    await _take_turns(services, connection, known, len(entries))
    if known.estimated_usd is not None:
        payer = Payer(known.team, known.channel, known.asked_by)
        against = await over_budget(connection, services.settings, payer, known.estimated_usd)
        if against is not None:
            raise BudgetError(against)
    return await comparisons.begin(connection, comparison_id)


async def ask_entry(
    services: Services, work: Work[Any], comparison: Comparison, entry: Entry
) -> None:
    """Ask the model of an entry and keep its answer, unless one is kept. Raises as `ask` does."""
    key = answer_key(comparison.id, entry.place)
    async with services.database.read() as connection:
        kept = await answers.get(connection, key)
    if entry.failed is not None or (kept is not None and kept.is_whole):
        return
    model = await from_ref(services, entry.model_ref)
    if model is None:
        raise ProviderError(say("evaluation.model_gone", model=entry.shown))
    prompt = build(await trained(services, model), comparison.question)
    said = await answer(services, model, prompt)
    async with work.step() as connection:
        await answers.keep(connection, _kept(key, comparison, model, said))
        await give_back(connection, key)


async def fail_entry(
    connection: AsyncConnection, comparison_id: str, place: int, reason: Message
) -> None:
    """Note why a model gives no answer; it counts as no question then."""
    await comparisons.fail(connection, comparison_id, place, to_stored(reason))
    await give_back(connection, answer_key(comparison_id, place))


async def _take_turns(
    services: Services, connection: AsyncConnection, comparison: Comparison, count: int
) -> None:
    """Raise JobError where a limit or a budget that is used up allows no so many questions."""
    payer = Payer(comparison.team, comparison.channel, comparison.asked_by)
    keys = [answer_key(comparison.id, place) for place in range(count)]
    against = await take_all(connection, services.settings, payer, keys)
    if against is not None:
        raise JobError(against)


def _kept(key: str, comparison: Comparison, model: AskedModel, said: Answered) -> Answer:
    return Answer(
        key=key,
        text=said.text,
        seconds=said.seconds,
        job_id=model.job_id,
        finish_reason=said.finish_reason or "stop",
        team=comparison.team,
        channel=comparison.channel,
        thread=comparison.thread,
        asked_by=comparison.asked_by,
        question=comparison.question,
        provider=model.provider,
        model=model.name,
        shown=model.shown,
        model_ref=model.ref,
        first_seconds=said.first_seconds,
        input_tokens=said.usage.input if said.usage else None,
        cached_tokens=said.usage.cached if said.usage else None,
        output_tokens=said.usage.output if said.usage else None,
        usd=said.usd,
        tool_calls=[asdict(call) for call in said.tool_calls] or None,
        labels=said.labels or None,
    )


async def _models(services: Services, comparison_id: str) -> list[AskedModel]:
    async with services.database.read() as connection:
        entries = await comparisons.entries_of(connection, comparison_id)
    found = [await from_ref(services, entry.model_ref) for entry in entries]
    return [model for model in found if model is not None]


async def _question(services: Services, comparison_id: str) -> str:
    async with services.database.read() as connection:
        known = await comparisons.get(connection, comparison_id)
    return known.question if known else ""


async def _tokens(services: Services, model: AskedModel, prompt: Prompt) -> int | None:
    """How many tokens a model reads; None where they can't be counted for it."""
    encoding = model.encoding(services.catalogue)
    if encoding is None:
        return None
    frame, declared = chat_tokens.tool_texts([dict(tool) for tool in prompt.tools])
    said = [str(message.get("content") or "") for message in prompt.messages]
    texts = [prompt.text or "", *said, *declared]
    counts = await services.processes.run(partial(tokens.count, texts, encoding))
    frames = chat_tokens.PER_EXAMPLE + chat_tokens.PER_MESSAGE * len(said) if said else 0
    return sum(counts) + frames + frame
