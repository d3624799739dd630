"""What a job is expected to cost, what it did cost, and whether this month's budgets allow it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Literal, NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.bot.messages import Message, say
from tunesmith.bot.providers.catalogue import Catalogue
from tunesmith.bot.settings import Settings
from tunesmith.storage import answers, clock, evaluations, jobs

Scope = Literal["team", "channel", "person"]

_MILLION = Decimal(1_000_000)


class Payer(NamedTuple):
    """Whose budgets a job counts against: ids of Slack."""

    team: str
    channel: str
    person: str


@dataclass(frozen=True, slots=True)
class Budget:
    """A month's budget of a team, a channel or a person, in USD.

    `limit` is None where none is set. `spent` are the jobs and evaluations that ended, as billed
    where that is known, and the answers; `reserved` is what those on their way are expected to
    cost.
    """

    scope: Scope
    limit: Decimal | None
    spent: Decimal
    reserved: Decimal

    @property
    def left(self) -> Decimal | None:
        """What can still be spent, never less than nothing; None where no limit is set."""
        if self.limit is None:
            return None
        return max(self.limit - self.spent - self.reserved, Decimal(0))


async def budgets_of(
    connection: AsyncConnection, settings: Settings, payer: Payer, *, limited: bool = False
) -> list[Budget]:
    """The team's, the channel's and the person's budget of this month; where only the `limited`
    ones are wanted, those that have a limit.
    """
    limits = (
        settings.monthly_budget_usd,
        settings.monthly_channel_budget_usd,
        settings.monthly_person_budget_usd,
    )
    if limited and all(limit is None for limit in limits):
        return []
    today = datetime.fromtimestamp(await clock.read(connection), UTC)
    month = today.replace(day=1, hour=0, minute=0, second=0, microsecond=0).timestamp()
    team = {"team": payer.team}
    matches: list[tuple[Scope, Decimal | None, dict[str, str]]] = [
        ("team", limits[0], team),
        ("channel", limits[1], {**team, "channel": payer.channel}),
        ("person", limits[2], {**team, "created_by": payer.person}),
    ]
    found: list[Budget] = []
    for scope, limit, match in matches:
        if limited and limit is None:
            continue
        spent, reserved = await jobs.spending(connection, month, **match)
        evaluated, asking = await evaluations.spending(connection, month, **match)
        asker = {"asked_by" if name == "created_by" else name: one for name, one in match.items()}
        answered = await answers.spending(connection, month, asker)
        found.append(Budget(scope, limit, spent + evaluated + answered, reserved + asking))
    return found


async def left(connection: AsyncConnection, settings: Settings, team: str) -> Decimal | None:
    """What is left of the team's budget of this month in USD; None where it has none."""
    return (await budgets_of(connection, settings, Payer(team, "", "")))[0].left


async def over_budget(
    connection: AsyncConnection, settings: Settings, payer: Payer, price: Decimal | None
) -> Message | None:
    """Which budget this price would exceed, or None where all allow it.

    A price that is unknown is allowed only where no budget is set.
    """
    for budget in await budgets_of(connection, settings, payer, limited=True):
        if budget.limit is None or budget.left is None or price == 0:
            continue
        if price is None:
            return say("budget.price_unknown")
        if price > budget.left:
            key = f"budget.over_{budget.scope}"
            return say(key, price=price, left=budget.left, budget=budget.limit)
    return None


def bill(
    catalogue: Catalogue, provider: str, base_model: str, tokens: int | None
) -> Decimal | None:
    """The price of the tokens that a provider says it trained on, in USD; None where one of the
    two is not known.
    """
    row = catalogue.providers.get(provider)
    entry = row.model(base_model) if row else None
    if tokens is None or entry is None or entry.train_usd is None:
        return None
    return entry.train_usd * max(0, tokens - (entry.free_train_tokens or 0)) / _MILLION
