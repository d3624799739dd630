"""A comparison's message: found by its key, and brought up to date.

Task kind: `comparison.tell` (shows how a comparison stands).
"""

from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.bot.answers.comparison.standing import LETTERS, Standing, standing
from tunesmith.bot.messages import Text
from tunesmith.bot.queue import Payload, Place, Work
from tunesmith.handlers.answer.check import checked, schema_of
from tunesmith.handlers.comparison.blocks import (
    Card,
    file_of,
    offer_blocks,
    result_blocks,
    vote_blocks,
    waiting_blocks,
)
from tunesmith.handlers.comparison.names import name_of
from tunesmith.handlers.comparison.tallies import tally_in
from tunesmith.handlers.slack.blocks import Block
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.kinds import kinds
from tunesmith.handlers.slack.thread import ThreadRef
from tunesmith.handlers.slack.uploads import upload
from tunesmith.storage.comparisons import Comparison


class OfComparison(Payload):
    """A task about one comparison."""

    comparison_id: str


def card_key(comparison_id: str) -> str:
    """The key of a comparison's message."""
    return f"comparison:{comparison_id}"


def thread_of(comparison: Comparison) -> ThreadRef:
    """Where it is told."""
    return ThreadRef(comparison.channel, comparison.thread, comparison.asked_by)


async def standing_of(context: Context, comparison_id: str) -> Standing:
    """How a comparison stands that a task names; such are never deleted."""
    async with context.services.database.read() as connection:
        return await standing(connection, comparison_id)


@kinds.task("comparison.tell", OfComparison, place=Place.TELL)
async def tell(context: Context, work: Work[OfComparison]) -> None:
    """Show how a comparison stands, and attach the answers that are too long for a message."""
    found = await standing_of(context, work.payload.comparison_id)
    known, ref = found.comparison, thread_of(found.comparison)
    text = await context.text_in(ref)
    card = await card_of(context, text, found)
    if known.begun_at is None and not found.is_complete:
        words, blocks = offer_blocks(text, card)
    elif not found.is_complete:
        words, blocks = waiting_blocks(text, card)
    elif found.is_shown:
        words, blocks = result_blocks(text, card)
    else:
        words, blocks = vote_blocks(text, card)
    ts = await context.outbox.put(work, card_key(known.id), ref, words, blocks)
    if found.is_complete:
        await _attach(context, work, text, card, ThreadRef(ref.channel, ref.ts or ts, ref.user))
    async with work.finish() as connection:
        # What came while it was told made a task due that was not done.
        if await standing(connection, known.id) != found:
            await work.repeat(connection, 0)


async def _attach(
    context: Context, work: Work[OfComparison], text: Text, card: Card, ref: ThreadRef
) -> None:
    for place, answer in card.standing.answers.items():
        if card.is_too_long(answer):
            await upload(
                context,
                work,
                ref,
                name=file_of(card.standing.comparison.id, place),
                content=card.said(answer).encode(),
                title=text.plain("comparison.whole", letter=LETTERS[place]),
            )


async def card_of(context: Context, text: Text, found: Standing) -> Card:
    """A comparison with all that its message says."""
    known = found.comparison
    asked = await context.people.name(known.asked_by) or known.asked_by
    names = [name_of(context, each.model, each.shown) for each in found.entries]
    if not found.is_complete:
        return Card(found, asked, names)
    tally: list[str] = []
    if found.is_shown and found.is_comparable:
        so_far = await tally_in(context, known.team, [known.channel])
        tally = so_far.lines_among(text, [each.model for each in found.entries])
    sql, checks = await _checks(context, text, found)
    return Card(found, asked, names, sql=sql, checks=checks, tally=tally)


async def _checks(
    context: Context, text: Text, found: Standing
) -> tuple[bool, dict[int, list[Block]]]:
    """Whether the models answer with SQL, and what one data set says of every answer: that only
    some are checked would tell whose they are.
    """
    job_id = found.comparison.job_id
    if job_id is None:
        return False, {}
    job = await context.job(job_id)
    sql = await schema_of(context, job) is not None
    return sql, {
        place: await checked(context, text, job, answer) for place, answer in found.answers.items()
    }


async def tell_of(connection: AsyncConnection, comparison_id: str) -> None:
    """Have the message brought up to date."""
    about = OfComparison(comparison_id=comparison_id)
    await tell.add_again(connection, about, of=comparison_id)
    await tell.make_due(connection, of=comparison_id)
