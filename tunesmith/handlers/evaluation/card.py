"""An evaluation's message: found by its key, and brought up to date.

Task kind: `evaluation.tell` (shows how an evaluation stands).
"""

from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.bot.queue import Payload, Place, Work
from tunesmith.handlers.evaluation.blocks import (
    cancel_row,
    ended_words,
    offer_blocks,
    progress_words,
    result_blocks,
)
from tunesmith.handlers.slack.blocks import Block, section
from tunesmith.handlers.slack.blocks import context as small
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.kinds import kinds
from tunesmith.handlers.slack.thread import ThreadRef
from tunesmith.storage import datasets, evaluations
from tunesmith.storage.evaluation_values import Evaluation, EvaluationKind, EvaluationStatus


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


async def tell_of(connection: AsyncConnection, evaluation: Evaluation) -> None:
    """Have the card brought up to date; recorded golden answers have none."""
    if evaluation.kind is not EvaluationKind.GOLDEN:
        about = OfEvaluation(evaluation_id=evaluation.id)
        await tell.add_again(connection, about, of=evaluation.id)
        await tell.make_due(connection, of=evaluation.id)
