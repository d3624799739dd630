"""An evaluation in the hands of the queue.

Task kinds: `evaluation.prepare` (reads the rows and prices the questions), `evaluation` (asks,
scores and sums up; one for each that somebody agreed to) and `evaluation.tell` (brings the card up
to date).
"""

import contextlib
from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.bot.answers.evaluation.golden import agree_by_setting
from tunesmith.bot.answers.evaluation.offering import offer
from tunesmith.bot.answers.evaluation.running import run
from tunesmith.bot.answers.evaluation.start import end
from tunesmith.bot.errors import ProviderBusyError, SlackError
from tunesmith.bot.messages import Message
from tunesmith.bot.queue import Payload, Place, Retry, Work
from tunesmith.handlers.evaluation.blocks import (
    cancel_row,
    ended_words,
    offer_blocks,
    progress_words,
    result_blocks,
    waiting_words,
)
from tunesmith.handlers.slack.blocks import Block, section
from tunesmith.handlers.slack.blocks import context as small
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.kinds import kinds
from tunesmith.handlers.slack.progress import progress_told
from tunesmith.handlers.slack.thread import ThreadRef
from tunesmith.storage import datasets, evaluations
from tunesmith.storage.evaluations import Evaluation, EvaluationKind, EvaluationStatus

_PATIENCE = 86_400.0


class OfEvaluation(Payload):
    """A task about one evaluation."""

    evaluation_id: str


def card_key(evaluation_id: str) -> str:
    """The key of an evaluation's message."""
    return f"evaluation:{evaluation_id}"


def picture_key(evaluation_id: str) -> str:
    """The key of its picture."""
    return f"evaluation.picture:{evaluation_id}"


def thread_of(evaluation: Evaluation) -> ThreadRef:
    """Where it is told."""
    return ThreadRef(evaluation.channel, evaluation.thread, evaluation.created_by)


async def evaluation_of(context: Context, evaluation_id: str) -> Evaluation:
    """An evaluation that a task names; such are never deleted."""
    async with context.services.database.read() as connection:
        found = await evaluations.get(connection, evaluation_id)
    assert found is not None
    return found


async def tell_of(connection: AsyncConnection, evaluation: Evaluation) -> None:
    """Have the card brought up to date; recorded golden answers have none."""
    if evaluation.kind is not EvaluationKind.GOLDEN:
        about = OfEvaluation(evaluation_id=evaluation.id)
        await tell.add_again(connection, about, of=evaluation.id)
        await tell.make_due(connection, of=evaluation.id)


@kinds.task("evaluation.prepare", OfEvaluation, place=Place.CHECK, attempts=6)
async def prepare(context: Context, work: Work[OfEvaluation]) -> None:
    """Read the rows and say what asking costs; what was agreed to before begins at once."""
    evaluation = await evaluation_of(context, work.payload.evaluation_id)
    if evaluation.status is EvaluationStatus.PREPARING:
        evaluation = await offer(context.services, work, evaluation)
    async with work.finish() as connection:
        automatic = evaluation.automatic and evaluation.status is EvaluationStatus.OFFERED
        if automatic and await agree_by_setting(context.services, connection, evaluation):
            await evaluate.add(connection, work.payload, of=evaluation.id)
        await tell_of(connection, evaluation)


@kinds.task("evaluation", OfEvaluation, place=Place.EVALUATE, patience=_PATIENCE)
async def evaluate(context: Context, work: Work[OfEvaluation]) -> None:
    """Ask every contestant every row, and sum up what came of it."""
    evaluation = await evaluation_of(context, work.payload.evaluation_id)
    if evaluation.status is EvaluationStatus.RUNNING:
        evaluation = await _run(context, work, evaluation)
    async with work.finish() as connection:
        await tell_of(connection, evaluation)


@prepare.when_given_up
@evaluate.when_given_up
async def _say_failed(context: Context, work: Work[OfEvaluation], reason: Message) -> None:
    evaluation = await evaluation_of(context, work.payload.evaluation_id)
    async with work.finish() as connection:
        await end(connection, evaluation.id, EvaluationStatus.FAILED, reason)
        await tell_of(connection, evaluation)


async def _run(context: Context, work: Work[OfEvaluation], evaluation: Evaluation) -> Evaluation:
    if evaluation.kind is EvaluationKind.GOLDEN:
        return await run(context.services, work, evaluation, lambda _: None)
    ref, key = thread_of(evaluation), card_key(evaluation.id)
    text = await context.text_in(ref)

    def words(share: float) -> str:
        return progress_words(text, evaluation, share)

    cancel = [cancel_row(text, evaluation)]
    try:
        async with progress_told(context, work, key, ref, words, below=cancel) as progress:
            return await run(context.services, work, evaluation, progress)
    except (ProviderBusyError, Retry) as waits:
        said = waiting_words(text, evaluation, waits.message)
        await _show_quietly(context, work, evaluation, said, [small(said), *cancel])
        raise


async def _show_quietly(
    context: Context,
    work: Work[OfEvaluation],
    evaluation: Evaluation,
    words: str,
    blocks: Sequence[Block],
) -> None:
    """Bring the card up to date where Slack takes it at once."""
    key, ref = card_key(evaluation.id), thread_of(evaluation)
    with contextlib.suppress(Retry, SlackError):
        await context.outbox.put(work, key, ref, words, [*blocks], background=True)


@kinds.task("evaluation.tell", OfEvaluation, place=Place.TELL)
async def tell(context: Context, work: Work[OfEvaluation]) -> None:
    """Show how an evaluation stands."""
    evaluation = await evaluation_of(context, work.payload.evaluation_id)
    ref = thread_of(evaluation)
    words, blocks = await card(context, evaluation)
    await context.outbox.put(work, card_key(evaluation.id), ref, words, blocks)


async def card(context: Context, evaluation: Evaluation) -> tuple[str, list[Block]]:
    """An evaluation's message."""
    text = await context.text_in(thread_of(evaluation))
    async with context.services.database.read() as connection:
        file = await datasets.name_of(connection, evaluation.dataset_id)
    if evaluation.status is EvaluationStatus.OFFERED:
        return offer_blocks(text, evaluation, file)
    if evaluation.status is EvaluationStatus.SUCCEEDED:
        picture = await context.outbox.posted(picture_key(evaluation.id))
        return result_blocks(text, evaluation, file, picture)
    if evaluation.status is EvaluationStatus.RUNNING:
        words = progress_words(text, evaluation, 0.0)
        return words, [small(words), cancel_row(text, evaluation)]
    words = ended_words(text, evaluation)
    return words, [section(words)]
