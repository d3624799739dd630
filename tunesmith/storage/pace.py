"""The pace table: when the next call of each scope may go, the same for all replicas.

The generic cell rate algorithm: a scope's row keeps its theoretical arrival time, and a call may
go up to `tolerance` seconds ahead of it. One statement takes a call's turn. A turn that is booked
has a row of its own, which keeps its time.
"""

import math
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Float, bindparam, case, literal, select
from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.storage.clock import now
from tunesmith.storage.database import insert, insert_of
from tunesmith.storage.tables import pace

_DAY = 86_400.0


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
    connection: AsyncConnection, scope: str, holder: str, *, interval: float, tolerance: float
) -> float:
    """The seconds until the turn that `holder` booked; the next one is booked where it has none."""
    mine = pace.c.scope == _booked(scope, holder)
    found = await connection.execute(select(pace.c.next_at - now()).where(mine))
    ahead = found.scalar_one_or_none()
    if ahead is not None:
        return max(0.0, ahead)
    wait = await take(connection, scope, interval=interval, tolerance=tolerance, most_wait=math.inf)
    assert wait is not None  # no turn comes too late
    turn = insert(connection, pace).values(
        scope=_booked(scope, holder), next_at=now() + literal(wait, Float)
    )
    # Two workers may try at once for the same holder, where one has lost its lease.
    await connection.execute(turn.on_conflict_do_nothing(index_elements=["scope"]))
    return wait


async def use(connection: AsyncConnection, scope: str, holder: str) -> None:
    """Use the turn that `holder` booked: its next one is another."""
    await connection.execute(pace.delete().where(pace.c.scope == _booked(scope, holder)))


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


def _booked(scope: str, holder: str) -> str:
    return f"{scope}:booked:{holder}"


def _later(one: ColumnElement[float], other: ColumnElement[float]) -> ColumnElement[float]:
    return case((one > other, one), else_=other)
