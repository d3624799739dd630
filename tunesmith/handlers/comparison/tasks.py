"""A comparison in the hands of the queue.

Task kinds: `comparison` (prices it, and has the models asked where that costs little),
`comparison.ask` (one for each model) and `comparison.voted` (tells somebody what they voted).
"""

from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.bot.answers.comparison.asking import SMALL_USD, ask_entry, fail_entry, price
from tunesmith.bot.messages import Message
from tunesmith.bot.queue import Place, Work
from tunesmith.handlers.comparison.blocks import voted_blocks
from tunesmith.handlers.comparison.card import OfComparison, standing_of, tell_of
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.kinds import kinds
from tunesmith.handlers.slack.replies import Screen, show
from tunesmith.storage import comparisons

_PATIENCE = 3_600.0  # whoever asked still wants to know then
_WHILE_IT_MATTERS = 1_800.0  # Slack takes a reply to a press for half an hour


class OfEntry(OfComparison):
    """A task about one of the models."""

    place: int


class Voted(OfComparison):
    """Somebody has voted; `screen` is where they are told so."""

    user: str
    screen: Screen


@kinds.task("comparison", OfComparison, place=Place.ASK, attempts=5)
async def prepare(context: Context, work: Work[OfComparison]) -> None:
    """Price a comparison; where that is small, or can't be known, ask at once."""
    about = work.payload
    usd, longest = await price(context.services, about.comparison_id)
    async with work.finish() as connection:
        await comparisons.note_price(connection, about.comparison_id, usd, longest)
        if usd is None or usd <= SMALL_USD:
            await comparisons.begin(connection, about.comparison_id)
            await ask_all(connection, about.comparison_id)
        await tell_of(connection, about.comparison_id)


async def ask_all(connection: AsyncConnection, comparison_id: str) -> None:
    """Have each model asked."""
    for entry in await comparisons.entries_of(connection, comparison_id):
        about = OfEntry(comparison_id=comparison_id, place=entry.place)
        await ask.add(connection, about, of=f"{comparison_id}:{entry.place}")


@kinds.task("comparison.ask", OfEntry, place=Place.ASK, attempts=5, patience=_PATIENCE)
async def ask(context: Context, work: Work[OfEntry]) -> None:
    """Ask one model. What it answers is kept before anything else is done."""
    about = work.payload
    found = await standing_of(context, about.comparison_id)
    await ask_entry(context.services, work, found.comparison, found.entries[about.place])
    async with work.finish() as connection:
        await tell_of(connection, about.comparison_id)


@ask.when_given_up
async def _note_failed(_context: Context, work: Work[OfEntry], reason: Message) -> None:
    about = work.payload
    async with work.finish() as connection:
        await fail_entry(connection, about.comparison_id, about.place, reason)
        await tell_of(connection, about.comparison_id)


@prepare.when_given_up
async def _note_all_failed(_context: Context, work: Work[OfComparison], reason: Message) -> None:
    about = work.payload
    async with work.finish() as connection:
        for entry in await comparisons.entries_of(connection, about.comparison_id):
            await fail_entry(connection, about.comparison_id, entry.place, reason)
        await tell_of(connection, about.comparison_id)


@kinds.task("comparison.voted", Voted, place=Place.TELL, patience=_WHILE_IT_MATTERS)
async def tell_voter(context: Context, work: Work[Voted]) -> None:
    """Tell somebody, and nobody else, what they voted, and let them see the names."""
    voted = work.payload
    text = await context.text(voted.user)
    found = await standing_of(context, voted.comparison_id)
    await show(context, voted.screen, voted_blocks(text, found, voted.user))
