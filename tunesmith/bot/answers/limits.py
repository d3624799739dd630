"""How often people may ask, and whether this month's budgets leave anything for it."""

import math
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.bot.jobs.budget import Payer, budgets_of
from tunesmith.bot.messages import Message, say
from tunesmith.bot.services import Services
from tunesmith.bot.settings import Settings
from tunesmith.storage import budgets, clock, questions

_HOUR = 3_600


async def take(services: Services, payer: Payer, key: str) -> Message | None:
    """Take a question's turn, whose task is `key`: why somebody may not ask now, and when they may
    again; None where they may. Nothing is against a question that was begun.

    Questions count for an hour from when they were answered, and those that wait for their answer
    count too: of many at once, none passes a limit. `give_back` ends that. A budget of the month
    that is used up allows no question; answers whose price is not known cost nothing of it.
    """
    settings = services.settings
    if all(most is None for _, most, _ in _limits(settings, payer)):
        async with services.database.read() as connection:
            return await _over_budget(connection, settings, payer)
    async with services.database.write(wake=False) as connection:
        return await take_all(connection, settings, payer, [key])


async def take_all(
    connection: AsyncConnection, settings: Settings, payer: Payer, keys: Sequence[str]
) -> Message | None:
    """As `take`, for several questions at once inside of a transaction: for all or for none."""
    limits = _limits(settings, payer)
    if all(most is None for _, most, _ in limits):
        return await _over_budget(connection, settings, payer)
    await budgets.lock(connection, payer.team)
    fresh = [key for key in keys if not await questions.has_begun(connection, key)]
    if not fresh:
        return None
    await questions.forget(connection, payer.team, _HOUR)
    for scope, most, match in limits:
        if most is None:
            continue
        if len(fresh) > most:
            return say("answer.beyond_limit", most=most, count=len(fresh))
        fewer = most - len(fresh) + 1
        wait = await questions.until_fewer(connection, fewer, _HOUR, match)
        if wait is not None:
            minutes = max(1, math.ceil(wait / 60))
            return say(f"answer.too_many_{scope}", most=most, count=minutes)
    refused = await _over_budget(connection, settings, payer)
    if refused is None:
        asker = {"team": payer.team, "channel": payer.channel, "asked_by": payer.person}
        for key in fresh:
            await questions.begin(connection, key, **asker)
    return refused


def _limits(settings: Settings, payer: Payer) -> tuple[tuple[str, int | None, dict[str, str]], ...]:
    """What is limited: its name, the most questions an hour, and whose they are."""
    team = {"team": payer.team}
    return (
        ("person", settings.person_questions_per_hour, {**team, "asked_by": payer.person}),
        ("channel", settings.channel_questions_per_hour, {**team, "channel": payer.channel}),
    )


async def give_back(connection: AsyncConnection, key: str) -> None:
    """A question waits no more: it counts by its answer, or not at all."""
    await questions.end(connection, key)


async def _over_budget(
    connection: AsyncConnection, settings: Settings, payer: Payer
) -> Message | None:
    for budget in await budgets_of(connection, settings, payer, limited=True):
        if budget.limit is not None and not budget.left:
            again = _next_month(await clock.read(connection))
            return say(f"answer.budget_{budget.scope}", budget=budget.limit, day=again.date())
    return None


def _next_month(now: float) -> datetime:
    first = datetime.fromtimestamp(now, UTC).replace(day=1)
    return (first + timedelta(days=32)).replace(day=1)
