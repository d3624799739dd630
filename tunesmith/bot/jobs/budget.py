"""What a job is expected to cost, and whether the team's budget allows it."""

from datetime import UTC, datetime
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.bot.errors import BudgetError
from tunesmith.bot.messages import say
from tunesmith.bot.settings import Settings
from tunesmith.storage import jobs


async def left(connection: AsyncConnection, settings: Settings, team: str) -> Decimal | None:
    """What is left of the team's budget of this month in USD; None where it has none."""
    budget = settings.monthly_budget_usd
    if budget is None:
        return None
    today = datetime.fromtimestamp(await jobs.clock(connection), UTC)
    first_of_month = today.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    spent = await jobs.spent(connection, team, first_of_month.timestamp())
    return max(budget - spent, Decimal(0))


async def check_budget(
    connection: AsyncConnection, settings: Settings, team: str, price: Decimal | None
) -> None:
    """Raise BudgetError where this price would take the team over its budget of the month.

    A price that is unknown passes only where no budget is set.
    """
    available = await left(connection, settings, team)
    if available is None or price == 0:
        return
    if price is None:
        raise BudgetError(say("job.price_unknown"))
    if price > available:
        budget = settings.monthly_budget_usd or Decimal(0)
        raise BudgetError(say("job.over_budget", price=price, left=available, budget=budget))
