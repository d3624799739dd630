"""Lanes: tasks that run one after the other, in the order in which they were committed.

Only a lane's oldest unfinished task, its head, is not `waiting`. Whoever adds a task to a lane or
lets its next one go locks the lane's row first, until the transaction ends: so ids grow in a lane
as its tasks are committed, and no task is left waiting behind one that has just ended.

A transaction that locks two lanes may meet one that locks them the other way round: PostgreSQL
ends one of them, and what it did is done again.
"""

from collections.abc import Collection
from functools import cache
from typing import Any

from sqlalchemy import Float, ScalarSelect, bindparam, case, exists, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.storage.clock import now
from tunesmith.storage.database import insert_of
from tunesmith.storage.tables import lanes, tasks


async def lock(connection: AsyncConnection, lane: str, rest: float = 0) -> float:
    """Lock a lane until the transaction ends; no task begins in it for `rest` seconds.

    Gives the time from which its next task may run.
    """
    given = {"of_lane": lane, "rest": rest}
    return (await connection.execute(_locked(connection.dialect.name), given)).scalar_one()


@cache
def _locked(dialect: str) -> Any:
    rest_until = now() + bindparam("rest", type_=Float)
    statement = insert_of(dialect, lanes).values(lane=bindparam("of_lane"), rest_until=rest_until)
    asked = statement.excluded.rest_until
    return statement.on_conflict_do_update(
        index_elements=["lane"],
        set_={"rest_until": case((lanes.c.rest_until > asked, lanes.c.rest_until), else_=asked)},
    ).returning(lanes.c.rest_until)


def head() -> ScalarSelect[int]:
    """The id of the oldest unfinished task of the lane `of_lane`, a parameter of the statement."""
    lane = bindparam("of_lane", type_=tasks.c.lane.type)
    # A range, though it is of one lane: its order is then that of no index but this one. Ordered
    # by the id alone, PostgreSQL may read all done rows in the order of their ids instead.
    of_lane = (tasks.c.lane >= lane, tasks.c.lane <= lane, tasks.c.done_at.is_(None))
    return (
        select(tasks.c.id)
        .where(*of_lane)
        .order_by(tasks.c.lane, tasks.c.id)
        .limit(1)
        .scalar_subquery()
    )


async def let_next(connection: AsyncConnection, lane: str, rest: float = 0) -> None:
    """Let the lane's head go once the lane has rested; it rests for `rest` seconds at least."""
    free_at = await lock(connection, lane, rest)
    await connection.execute(_LET_NEXT, {"of_lane": lane, "free_at": free_at})


_FREE_AT = bindparam("free_at", type_=Float)
_LET_NEXT = (
    update(tasks)
    .where(tasks.c.id == head(), tasks.c.lease_until.is_(None))
    .values(
        waiting=False,
        not_before=case((tasks.c.not_before > _FREE_AT, tasks.c.not_before), else_=_FREE_AT),
    )
)


async def stuck(connection: AsyncConnection) -> Collection[str]:
    """Lanes whose head waits for nothing: an earlier version ended the task before it."""
    older = tasks.alias("older")
    has_older = exists().where(
        older.c.lane == tasks.c.lane, older.c.done_at.is_(None), older.c.id < tasks.c.id
    )
    found = select(tasks.c.lane).where(tasks.c.done_at.is_(None), text("tasks.waiting"), ~has_older)
    return [lane for lane in (await connection.execute(found)).scalars() if lane is not None]


async def forget(connection: AsyncConnection, most: int) -> int:
    """Delete up to `most` rows of lanes that are empty and have rested; how many it were."""
    unused = (
        select(lanes.c.lane)
        .where(
            lanes.c.rest_until < now(),
            ~exists().where(tasks.c.lane == lanes.c.lane, tasks.c.done_at.is_(None)),
        )
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    names = (await connection.execute(unused)).scalars().all()
    await connection.execute(lanes.delete().where(lanes.c.lane.in_(names)))
    return len(names)
