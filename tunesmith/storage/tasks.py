"""The tasks table: what must not be lost, who holds it, and until when."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Float,
    Integer,
    String,
    TextClause,
    bindparam,
    case,
    exists,
    func,
    literal,
    literal_column,
    null,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.storage import lanes
from tunesmith.storage.clock import now
from tunesmith.storage.database import insert, insert_of
from tunesmith.storage.tables import tasks


@dataclass(frozen=True, slots=True)
class Task:
    """A claimed task. `fence` grows with every claim: a write under an older one changes nothing.

    `attempts` counts the tries that failed, `lost` the leases that ran out since one came to its
    end; `failing_for` is for how many seconds it has met nothing but outages, and `given_up` why it
    is being given up.
    """

    id: int
    key: str
    kind: str
    payload: dict[str, Any]
    lane: str | None
    place: str
    not_before: float
    attempts: int
    lost: int
    failing_for: float | None
    fence: int
    given_up: str | None


async def add(
    connection: AsyncConnection,
    *,
    key: str,
    kind: str,
    place: str,
    payload: dict[str, Any],
    lane: str | None = None,
) -> bool:
    """Write a task, due at once or, in a lane, as soon as those before it are done.

    False where a task of that key was written before.
    """
    given: dict[str, Any] = {"key": key, "kind": kind, "place": place, "payload": payload}
    if lane is not None:
        free_at = await lanes.lock(connection, lane)
        given |= {"lane": lane, "of_lane": lane, "not_before": free_at}
    statement = _added(connection.dialect.name, in_lane=lane is not None)
    return (await connection.execute(statement, given)).rowcount == 1


@cache
def _added(dialect: str, *, in_lane: bool) -> Any:
    first = {"waiting": lanes.head().is_not(None)} if in_lane else {"not_before": now()}
    statement = insert_of(dialect, tasks).values(created_at=now(), **first)
    return statement.on_conflict_do_nothing(index_elements=["key"])


@dataclass(frozen=True, slots=True)
class Waiting:
    """Tasks of a kind that are not done, and for how many seconds the oldest due one has been."""

    kind: str
    count: int
    oldest: float


async def waiting(connection: AsyncConnection) -> list[Waiting]:
    """What is not done, by kind."""
    late = func.max(now() - tasks.c.not_before)
    statement = (
        select(tasks.c.kind, func.count(), late)
        .where(tasks.c.done_at.is_(None))
        .group_by(tasks.c.kind)
    )
    rows = (await connection.execute(statement)).all()
    return [Waiting(kind, count, max(0.0, oldest)) for kind, count, oldest in rows]


async def any_written(connection: AsyncConnection, keys: Collection[str]) -> bool:
    """Whether a task of one of these keys was ever written, done or not."""
    found = await connection.execute(_WRITTEN, {"keys": list(keys)})
    return found.first() is not None


_WRITTEN = select(tasks.c.id).where(tasks.c.key.in_(bindparam("keys", expanding=True))).limit(1)


async def is_to_be_run(connection: AsyncConnection, lane: str, key_end: str) -> bool:
    """Whether a task of the lane with such a key is not done, and nobody is at it."""
    found = select(tasks.c.id).where(
        tasks.c.lane == lane,
        tasks.c.done_at.is_(None),
        or_(tasks.c.lease_until.is_(None), tasks.c.lease_until < now()),
        tasks.c.key.endswith(key_end, autoescape=True),
    )
    return (await connection.execute(found.limit(1))).first() is not None


async def add_again(
    connection: AsyncConnection, *, key: str, kind: str, place: str, payload: dict[str, Any]
) -> None:
    """Write a task that repeats itself, due now; where it exists and is done, make it due again,
    with this payload. One that runs is run once more after it: it may have looked already.
    """
    statement = insert(connection, tasks).values(
        key=key, kind=kind, place=place, payload=payload, not_before=now(), created_at=now()
    )
    anew = {**_UNTRIED, "done_at": None, "error": None, "given_up": None, "not_before": now()}
    await connection.execute(
        statement.on_conflict_do_update(
            index_elements=["key"],
            set_={**anew, "place": place, "payload": payload},
            where=tasks.c.done_at.is_not(None),
        )
    )
    running = (tasks.c.key == key, tasks.c.done_at.is_(None), tasks.c.lease_until.is_not(None))
    await connection.execute(
        update(tasks).where(*running).values(not_before=now(), payload=payload)
    )


async def claim(
    connection: AsyncConnection,
    *,
    owner: str,
    lease: float,
    kinds: Collection[str],
    places: Mapping[str, int],
) -> list[Task]:
    """Take due tasks of these kinds for `lease` seconds: of each place, as many as it says.

    One whose lease ran out is due behind all others if that happens again: a few that no worker
    lives long enough for must not keep the rest from being done.
    """
    due, known = _due(tuple(kinds)), tuple(places)
    # Most of the time nothing is due in most of the places: that costs one statement, not one each.
    any_due = (await connection.execute(_any_due(tuple(kinds), known))).one()
    ids: list[int] = []
    for place, has_due in zip(known, any_due, strict=True):
        if has_due and places[place]:
            given = {"place": place, "most": places[place]}
            ids += (await connection.execute(due, given)).scalars()
    if not ids:
        return []
    given = {"ids": ids, "owner": owner, "lease": lease}
    rows = (await connection.execute(_taken(), given)).mappings().all()
    return sorted((Task(**row) for row in rows), key=lambda task: task.id)


@cache
def _taken() -> Any:
    was_lost = tasks.c.lease_until.is_not(None)
    return (
        update(tasks)
        .where(tasks.c.id.in_(bindparam("ids", expanding=True)))
        .values(
            lease_owner=bindparam("owner"),
            lease_until=now() + _LEASE,
            fence=tasks.c.fence + 1,
            lost=tasks.c.lost + case((was_lost, 1), else_=0),
            not_before=case((was_lost, now()), else_=tasks.c.not_before),
        )
        .returning(*_RETURNED)
    )


@cache
def _due(kinds: tuple[str, ...]) -> Any:
    return (
        select(tasks.c.id)
        .where(*_is_due(kinds, bindparam("place")))
        .order_by(tasks.c.not_before, tasks.c.id)
        .limit(bindparam("most", type_=Integer))
        .with_for_update(skip_locked=True)
    )


@cache
def _any_due(kinds: tuple[str, ...], places: tuple[str, ...]) -> Any:
    return select(*(exists().where(*_is_due(kinds, literal(place))) for place in places))


def _is_due(
    kinds: tuple[str, ...], place: ColumnElement[str]
) -> list[ColumnElement[bool] | TextClause]:
    # A subquery: its value is known before the index is read, and so says where to stop reading.
    moment = select(now()).scalar_subquery()
    return [
        tasks.c.place == place,
        tasks.c.done_at.is_(None),
        text("NOT waiting"),  # word for word as in the index
        tasks.c.not_before <= moment,
        or_(tasks.c.lease_until.is_(None), tasks.c.lease_until < moment),
        # A newer version may have kinds that this one doesn't know. Their names, which stand in our
        # code, are parts of the statement: a list of parameters is written anew at each execution.
        tasks.c.kind.in_([literal_column(f"'{kind}'") for kind in kinds]),
    ]


async def extend(connection: AsyncConnection, task: Task, lease: float) -> bool:
    """Hold a task for `lease` more seconds. False where it is no longer ours."""
    given = {"lease": lease, "held_id": task.id, "held_fence": task.fence}
    return (await connection.execute(_EXTENDED, given)).rowcount == 1


async def finish(connection: AsyncConnection, task: Task, error: str | None = None) -> bool:
    """Mark a task as done; `error` says why people could not be told of it.

    It is due again instead, as if it were new, where `add_again` or `make_due` have met it since it
    was claimed. False where it is no longer ours. Where it is in a lane, `lanes.let_next` is to
    follow in the same transaction.
    """
    given = {
        "why": error,
        "held_id": task.id,
        "held_fence": task.fence,
        "claimed_at": task.not_before,
    }
    return (await connection.execute(_FINISHED, given)).rowcount == 1


async def release(
    connection: AsyncConnection,
    task: Task,
    *,
    delay: float,
    failed: bool = False,
    outage: bool = False,
) -> bool:
    """Give a task back, due again in `delay` seconds. False where it is no longer ours.

    It counts as an attempt where it has `failed`; an `outage` is noted from its first time on.
    """
    since = func.coalesce(tasks.c.failing_since, now()) if outage else None
    return await _change(
        connection,
        task,
        **_FREE,
        not_before=_again_in(task, delay),
        attempts=task.attempts + failed,
        lost=0,
        failing_since=since,
    )


async def give_up(connection: AsyncConnection, task: Task, reason: str) -> bool:
    """Note why a task is given up and give it back, due now: what is left is to tell people.

    False where it is no longer ours.
    """
    return await _change(connection, task, **_FREE, **_UNTRIED, given_up=reason, not_before=now())


async def reopen(connection: AsyncConnection, task: Task, *, delay: float) -> None:
    """Make a task that was just finished due again in `delay` seconds, as if it were new."""
    await connection.execute(
        update(tasks)
        .where(tasks.c.id == task.id, tasks.c.fence == task.fence)
        .values(**_UNTRIED, done_at=None, not_before=_again_in(task, delay))
    )


async def make_due(connection: AsyncConnection, key: str) -> None:
    """Make a task due now that is put off; one that runs comes due at once when it is again."""
    put_off = or_(tasks.c.not_before > now(), tasks.c.lease_until.is_not(None))
    await connection.execute(
        update(tasks)
        .where(tasks.c.key == key, tasks.c.done_at.is_(None), put_off)
        .values(not_before=now())
    )


async def set_places(connection: AsyncConnection, places: Mapping[str, str]) -> int:
    """Give tasks their place that an earlier version wrote, by their kind; how many it were."""
    found = (
        select(tasks.c.id, tasks.c.kind, tasks.c.lane)
        .where(tasks.c.place == "", tasks.c.done_at.is_(None), tasks.c.kind.in_(places))
        .order_by(tasks.c.lane, tasks.c.id)
    )
    rows = (await connection.execute(found)).all()
    for id_, kind, lane in rows:
        values: dict[str, Any] = {"place": places[kind]}
        if lane is not None:
            await lanes.lock(connection, lane)
            values["waiting"] = lanes.head() != id_
        placed = update(tasks).where(tasks.c.id == id_).values(**values)
        await connection.execute(placed, {"of_lane": lane} if lane is not None else {})
    return len(rows)


async def forget(connection: AsyncConnection, older_than: float, most: int) -> int:
    """Delete up to `most` tasks that were done more than `older_than` seconds ago; how many."""
    old = select(tasks.c.id).where(tasks.c.done_at < now() - older_than).limit(most)
    result = await connection.execute(tasks.delete().where(tasks.c.id.in_(old)))
    return result.rowcount


_FREE: dict[str, Any] = {"lease_owner": None, "lease_until": None}
_UNTRIED: dict[str, Any] = {"attempts": 0, "lost": 0, "failing_since": None}
_RETURNED = [
    (now() - tasks.c.failing_since).label(field.name)
    if field.name == "failing_for"
    else tasks.c[field.name]
    for field in fields(Task)
]


_LEASE = bindparam("lease", type_=Float)
_held = update(tasks).where(
    tasks.c.id == bindparam("held_id"),
    tasks.c.fence == bindparam("held_fence"),
    tasks.c.done_at.is_(None),
)
_EXTENDED = _held.values(lease_until=now() + _LEASE)
_wanted_again = tasks.c.not_before > bindparam("claimed_at", type_=Float)
_FINISHED = _held.values(
    **_FREE,
    done_at=case((_wanted_again, null()), else_=now()),
    error=case((_wanted_again, null()), else_=bindparam("why", type_=String)),
    **{
        name: case((_wanted_again, value), else_=tasks.c[name])
        for name, value in {**_UNTRIED, "given_up": None}.items()
    },
)


def _again_in(task: Task, delay: float) -> ColumnElement[float]:
    """In `delay` seconds, or at once where `make_due` has met the task since it was claimed."""
    return case((tasks.c.not_before > task.not_before, now()), else_=now() + delay)


async def _change(connection: AsyncConnection, task: Task, **values: Any) -> bool:
    given = {"held_id": task.id, "held_fence": task.fence}
    return (await connection.execute(_held.values(**values), given)).rowcount == 1
