"""The pace table: when the next call of each scope may go, the same for all replicas.

The generic cell rate algorithm: a scope's row keeps its theoretical arrival time, and a call may
go up to `tolerance` seconds ahead of it. One statement takes a call's turn. A turn that is booked
is a scope of its own, which keeps its time.
"""

import math
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Float, bindparam, case, literal, select
from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.storage.clock import now
from tunesmith.storage.database import insert, insert_of
from tunesmith.storage.tables import pace

_DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Limit:
    """Calls of a scope `interval` seconds apart, of which `burst` may go at once."""

    scope: str
    interval: float
    burst: float

    @property
    def tolerance(self) -> float:
        """How far ahead of the even pace a call may go, in seconds."""
        return (self.burst - 1) * self.interval

    @property
    def held(self) -> str:
        """The scope that says until when no burst is left, because Slack asked to wait."""
        return f"{self.scope}:held"


async def take(
    connection: AsyncConnection, scope: str, *, interval: float, tolerance: float, most_wait: float
) -> float | None:
    """Take the scope's next turn; the seconds until it comes, at most `most_wait`.

    None where the turn comes later: nothing was taken then. Turns are `interval` seconds apart.
    """
    given = {"scope": scope, "interval": interval, "most_ahead": tolerance + most_wait}
    taken = await connection.execute(_taken(connection.dialect.name), given)
    ahead = taken.scalar_one_or_none()
    return None if ahead is None else max(0.0, ahead - interval - tolerance)


@cache
def _taken(dialect: str) -> Any:
    interval, most = bindparam("interval", type_=Float), bindparam("most_ahead", type_=Float)
    return (
        insert_of(dialect, pace)
        .values(next_at=now() + interval)
        .on_conflict_do_update(
            index_elements=["scope"],
            set_={"next_at": _later(pace.c.next_at, now()) + interval},
            where=pace.c.next_at - now() <= most,
        )
        .returning(pace.c.next_at - now())
    )


async def book(
    connection: AsyncConnection, limits: Collection[Limit], holder: str, *, most_wait: float
) -> float:
    """The seconds until the holder's turn under all limits, booked by an earlier try or now.

    One within `most_wait` seconds is used up. A later one stays the holder's for its next try, so
    that many who wait are served one after the other, however often they break off. Who missed it
    by more than a burst, or for whom the scope is held for longer, gets a new one.
    """
    mine = {limit: f"{limit.scope}:booked:{holder}" for limit in limits}
    ahead = await _ahead(connection, [*mine.values(), *(limit.held for limit in limits)])
    new: dict[str, float] = {}
    waits = [0.0]
    for limit, booked in mine.items():
        wait = ahead.get(booked, -math.inf)
        held = ahead.get(limit.held, -math.inf) - limit.tolerance
        # The first turn after a hold is at its end, give or take the time of a statement.
        if wait < max(held - limit.interval / 2, -limit.burst * limit.interval):
            wait = new[booked] = await _next_turn(connection, limit)
        waits.append(max(wait, held))
    if max(waits) > most_wait:
        for booked, wait in new.items():
            await _keep(connection, booked, wait)
    elif used := ahead.keys() & mine.values():
        await connection.execute(pace.delete().where(pace.c.scope.in_(used)))
    return max(waits)


async def _next_turn(connection: AsyncConnection, limit: Limit) -> float:
    """Take the next turn, however late it comes; the seconds until then."""
    wait = await take(
        connection,
        limit.scope,
        interval=limit.interval,
        tolerance=limit.tolerance,
        most_wait=math.inf,
    )
    assert wait is not None
    return wait


async def _ahead(connection: AsyncConnection, scopes: Collection[str]) -> dict[str, float]:
    """The seconds until each scope's time, or since it where they are negative, of those known."""
    rows = await connection.execute(_AHEAD, {"scopes": list(scopes)})
    return {row.scope: row.seconds for row in rows}


_AHEAD = select(pace.c.scope, (pace.c.next_at - now()).label("seconds")).where(
    pace.c.scope.in_(bindparam("scopes", expanding=True))
)


async def _keep(connection: AsyncConnection, scope: str, wait: float) -> None:
    """Set a scope's time to `wait` seconds from now."""
    at = now() + literal(wait, Float)
    statement = insert(connection, pace).values(scope=scope, next_at=at)
    await connection.execute(
        statement.on_conflict_do_update(index_elements=["scope"], set_={"next_at": at})
    )


async def wait(connection: AsyncConnection, scope: str, *, tolerance: float) -> float:
    """The seconds until a call of the scope may go."""
    found = select(pace.c.next_at - now()).where(pace.c.scope == scope)
    ahead = (await connection.execute(found)).scalar_one_or_none()
    return max(0.0, (ahead or 0.0) - tolerance)


async def hold(
    connection: AsyncConnection, scope: str, seconds: float, *, tolerance: float
) -> None:
    """Let no call of the scope go in the next `seconds`."""
    until = now() + literal(seconds + tolerance, Float)
    statement = insert(connection, pace).values(scope=scope, next_at=until)
    await connection.execute(
        statement.on_conflict_do_update(
            index_elements=["scope"], set_={"next_at": _later(pace.c.next_at, until)}
        )
    )


async def forget(connection: AsyncConnection, most: int) -> int:
    """Delete up to `most` scopes that nobody has used for a day; how many.

    A scope without a row gives its turns as one whose time is past.
    """
    old = select(pace.c.scope).where(pace.c.next_at < now() - _DAY).limit(most)
    result = await connection.execute(pace.delete().where(pace.c.scope.in_(old)))
    return result.rowcount


def _later(one: ColumnElement[float], other: ColumnElement[float]) -> ColumnElement[float]:
    return case((one > other, one), else_=other)
