"""The tasks table: what must not be lost, who holds it, and until when."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.storage.clock import now
from tunesmith.storage.database import insert
from tunesmith.storage.tables import tasks


@dataclass(frozen=True, slots=True)
class Task:
    """A claimed task. `fence` grows with every claim: a write under an older one changes nothing.

    `attempts` counts the tries that failed, and this one, so it is 1 at the first.
    """

    id: int
    key: str
    kind: str
    payload: dict[str, Any]
    lane: str | None
    attempts: int
    fence: int


async def add(
    connection: AsyncConnection,
    *,
    key: str,
    kind: str,
    payload: dict[str, Any],
    lane: str | None = None,
) -> bool:
    """Write a task, due now. False where a task of that key was written before."""
    statement = insert(connection, tasks).values(
        key=key, kind=kind, payload=payload, lane=lane, not_before=now(), created_at=now()
    )
    result = await connection.execute(statement.on_conflict_do_nothing(index_elements=["key"]))
    return result.rowcount == 1


async def add_again(
    connection: AsyncConnection, *, key: str, kind: str, payload: dict[str, Any]
) -> None:
    """Write a task that repeats itself, due now; where it exists and is done, make it due again."""
    statement = insert(connection, tasks).values(
        key=key, kind=kind, payload=payload, not_before=now(), created_at=now()
    )
    await connection.execute(
        statement.on_conflict_do_update(
            index_elements=["key"],
            set_={"done_at": None, "error": None, "attempts": 0, "not_before": now()},
            where=tasks.c.done_at.is_not(None),
        )
    )


async def claim(
    connection: AsyncConnection,
    *,
    owner: str,
    lease: float,
    kinds: Collection[str],
    rests: Mapping[str, float],
    most: int,
) -> list[Task]:
    """Take up to `most` due tasks of these kinds for `lease` seconds.

    Of a lane only the oldest unfinished task can be taken, so that a lane's tasks run one at a
    time and in order. `rests` says for how many seconds a lane rests after a task of a kind.
    """
    due = (
        select(tasks.c.id)
        .where(
            tasks.c.done_at.is_(None),
            tasks.c.not_before <= now(),
            or_(tasks.c.lease_until.is_(None), tasks.c.lease_until < now()),
            tasks.c.kind.in_(kinds),
            or_(tasks.c.lane.is_(None), _lane_is_free(rests)),
        )
        .order_by(tasks.c.not_before, tasks.c.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    ids = list((await connection.execute(due)).scalars())
    if not ids:
        return []
    taken = (
        update(tasks)
        .where(tasks.c.id.in_(ids))
        .values(
            lease_owner=owner,
            lease_until=now() + lease,
            fence=tasks.c.fence + 1,
            attempts=tasks.c.attempts + 1,
        )
        .returning(*(tasks.c[name] for name in Task.__dataclass_fields__))
    )
    rows = (await connection.execute(taken)).mappings().all()
    return sorted((Task(**row) for row in rows), key=lambda task: task.id)


def _lane_is_free(rests: Mapping[str, float]) -> ColumnElement[bool]:
    """No older task of the lane is left, and none was done so lately that the lane still rests."""
    older, before = tasks.alias("older"), tasks.alias("before")
    is_head = ~exists().where(
        older.c.lane == tasks.c.lane, older.c.done_at.is_(None), older.c.id < tasks.c.id
    )
    resting = [
        and_(before.c.kind == kind, before.c.done_at > now() - rest)
        for kind, rest in rests.items()
        if rest
    ]
    is_rested = ~exists().where(before.c.lane == tasks.c.lane, or_(false(), *resting))
    return and_(is_head, is_rested)


async def extend(connection: AsyncConnection, task: Task, lease: float) -> bool:
    """Hold a task for `lease` more seconds. False where it is no longer ours."""
    return await _change(connection, task, lease_until=now() + lease)


async def finish(connection: AsyncConnection, task: Task, error: str | None = None) -> bool:
    """Mark a task as done, or given up with `error`. False where it is no longer ours."""
    return await _change(
        connection, task, done_at=now(), error=error, lease_owner=None, lease_until=None
    )


async def release(
    connection: AsyncConnection, task: Task, *, delay: float, failed: bool = True
) -> bool:
    """Give a task back, due again in `delay` seconds. False where it is no longer ours.

    Where it has not `failed`, this try does not count among its attempts.
    """
    return await _change(
        connection,
        task,
        not_before=now() + delay,
        attempts=task.attempts if failed else task.attempts - 1,
        lease_owner=None,
        lease_until=None,
    )


async def reopen(connection: AsyncConnection, task: Task, *, delay: float) -> None:
    """Make a task that was just finished due again in `delay` seconds, its attempts at zero."""
    await connection.execute(
        update(tasks)
        .where(tasks.c.id == task.id, tasks.c.fence == task.fence)
        .values(done_at=None, attempts=0, not_before=now() + delay)
    )


async def make_due(connection: AsyncConnection, key: str) -> None:
    """Make a waiting task due now."""
    await connection.execute(
        update(tasks)
        .where(tasks.c.key == key, tasks.c.done_at.is_(None), tasks.c.not_before > now())
        .values(not_before=now())
    )


async def forget(connection: AsyncConnection, older_than: float) -> None:
    """Delete tasks that were done more than `older_than` seconds ago."""
    await connection.execute(tasks.delete().where(tasks.c.done_at < now() - older_than))


async def _change(connection: AsyncConnection, task: Task, **values: Any) -> bool:
    result = await connection.execute(
        update(tasks)
        .where(tasks.c.id == task.id, tasks.c.fence == task.fence, tasks.c.done_at.is_(None))
        .values(**values)
    )
    return result.rowcount == 1
