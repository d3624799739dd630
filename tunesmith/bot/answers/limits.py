"""How often people may ask, and whether this month's budgets leave anything for it."""

import math
from datetime import UTC, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.bot.jobs.budget import Payer, budgets_of
from tunesmith.bot.messages import Message, say
from tunesmith.bot.settings import Settings
from tunesmith.storage import answers, jobs

_HOUR = 3_600


async def over_limit(
    connection: AsyncConnection, settings: Settings, payer: Payer
) -> Message | None:
    """Why somebody may not ask now, and when they may again; None where they may.

    Questions count for an hour from when they were answered, those on their way not yet. A budget
    of the month that is used up allows no question; answers whose price is not known cost nothing
    of it.
    """
    limits = (
        ("person", settings.person_questions_per_hour, {"asked_by": payer.person}),
        ("channel", settings.channel_questions_per_hour, {"channel": payer.channel}),
    )
    for scope, most, match in limits:
        if most is None:
            continue
        wait = await answers.until_fewer(connection, most, _HOUR, {"team": payer.team, **match})
        if wait is not None:
            minutes = max(1, math.ceil(wait / 60))
            return say(f"answer.too_many_{scope}", most=most, count=minutes)
    for budget in await budgets_of(connection, settings, payer, limited=True):
        if budget.limit is not None and not budget.left:
            again = _next_month(await jobs.clock(connection))
            return say(f"answer.budget_{budget.scope}", budget=budget.limit, day=again.date())
    return None


def _next_month(now: float) -> datetime:
    first = datetime.fromtimestamp(now, UTC).replace(day=1)
    return (first + timedelta(days=32)).replace(day=1)
