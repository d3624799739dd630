"""Whatever happens in whatever order: each task once, lanes in order, one at a time, rested."""

import contextlib
import itertools
from dataclasses import dataclass, field

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.storage import lanes, tasks
from tunesmith.storage.database import Database
from tunesmith.storage.tables import lanes as lanes_table
from tunesmith.storage.tables import tasks as table
from tunesmith.storage.tasks import Task

_LANES = ("a", "a", "b", None)
_HOUR = 3_600.0

_WHICH = st.integers(0, 9)
_STEPS = st.one_of(
    st.tuples(st.just("add"), st.integers(0, len(_LANES) - 1)),
    st.tuples(st.just("add"), st.integers(0, len(_LANES) - 1)),
    st.tuples(st.just("claim"), st.integers(1, 4)),
    st.tuples(st.sampled_from(["finish", "finish and rest"]), _WHICH),
    st.tuples(st.sampled_from(["repeat", "release", "put off", "give up"]), _WHICH),
    st.tuples(st.sampled_from(["lose", "late finish", "an hour passes"]), _WHICH),
)


@dataclass
class _Known:
    """A task as the model sees it."""

    key: str
    lane: str | None
    put_off: bool = False
    held: bool = False
    done: bool = False


@dataclass
class _Model:
    """What should be, kept in the plainest way."""

    known: list[_Known] = field(default_factory=list[_Known])
    resting: set[str | None] = field(default_factory=set[str | None])

    def claimable(self) -> set[str]:
        """The tasks that anybody may take now."""
        heads: dict[str, _Known] = {}
        for task in self.known:
            if not task.done:
                heads.setdefault(task.lane or task.key, task)
        return {
            task.key
            for task in heads.values()
            if not (task.held or task.put_off or task.lane in self.resting)
        }

    def get(self, key: str) -> _Known:
        """A task."""
        return next(task for task in self.known if task.key == key)


class _Run:
    """The steps of one example, done to the database and to the model."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.model = _Model()
        self.held: list[Task] = []
        self.stale: list[Task] = []
        self.ended: list[str] = []

    async def add(self, lane: str | None) -> None:
        key = str(len(self.model.known))
        async with self.database.write() as connection:
            await tasks.add(connection, key=key, kind="k", place="p", payload={}, lane=lane)
        self.model.known.append(_Known(key, lane))

    async def claim(self, most: int) -> None:
        async with self.database.write() as connection:
            claimed = await _claim(connection, most)
        assert len(claimed) == min(most, len(self.model.claimable()))
        for task in claimed:
            self.model.get(task.key).held = True
            self.held.append(task)

    async def check(self) -> None:
        """What anybody may take now is what the model says."""
        found: set[str] = set()
        with contextlib.suppress(_Undo):
            async with self.database.write() as connection:
                found = {task.key for task in await _claim(connection, 100)}
                raise _Undo
        assert found == self.model.claimable()

    async def end(self, task: Task, how: str) -> None:
        rest = _HOUR / 2 if how == "finish and rest" else 0
        known = self.model.get(task.key)
        async with self.database.write() as connection:
            assert await tasks.finish(connection, task)
            if how == "repeat":
                await tasks.reopen(connection, task, delay=0)
            if task.lane is not None:
                await lanes.let_next(connection, task.lane, rest)
        known.held = False
        if how != "repeat":
            known.done = True
            self.ended.append(task.key)
        if rest and task.lane is not None:
            self.model.resting.add(task.lane)

    async def leave(self, task: Task, how: str) -> None:
        known = self.model.get(task.key)
        async with self.database.write() as connection:
            if how == "lose":
                assert await tasks.extend(connection, task, -1)
                self.stale.append(task)
            elif how == "give up":
                assert await tasks.give_up(connection, task, "why")
            else:
                delay = _HOUR / 2 if how == "put off" else 0
                assert await tasks.release(connection, task, delay=delay)
        known.held, known.put_off = False, how == "put off"

    async def pass_time(self) -> None:
        async with self.database.write() as connection:
            earlier = update(table).values(not_before=table.c.not_before - _HOUR)
            await connection.execute(earlier)
            rested = update(lanes_table).values(rest_until=lanes_table.c.rest_until - _HOUR)
            await connection.execute(rested)
        self.model.resting.clear()
        for known in self.model.known:
            known.put_off = False

    async def late_finish(self, task: Task) -> None:
        """A worker that lost its lease, which somebody else has taken since, ends its task."""
        if any(task.id == other.id for other in self.held):
            async with self.database.write() as connection:
                assert not await tasks.finish(connection, task)

    async def step(self, what: str, number: int) -> None:
        match what:
            case "add":
                await self.add(_LANES[number])
            case "claim":
                await self.claim(number)
            case "an hour passes":
                await self.pass_time()
            case "late finish":
                if self.stale:
                    await self.late_finish(self.stale[number % len(self.stale)])
            case _:
                if not self.held:
                    await self.claim(1 + number % 3)
                if not self.held:
                    return
                task = self.held.pop(number % len(self.held))
                ends = what in ("finish", "finish and rest", "repeat")
                await (self.end(task, what) if ends else self.leave(task, what))

    async def drain(self) -> None:
        """Work off what is left: nothing is stuck."""
        for _ in range(2 * len(self.model.known) + 1):
            while self.held:
                await self.end(self.held.pop(), "finish")
            await self.pass_time()
            await self.claim(100)
        assert not self.held


class _Undo(Exception):  # noqa: N818 - nothing is wrong
    """Rolls a transaction back."""


async def _claim(connection: AsyncConnection, most: int) -> list[Task]:
    return await tasks.claim(connection, owner="w", lease=60, kinds=["k"], places={"p": most})


@given(st.lists(_STEPS, min_size=10, max_size=30))
@settings(
    max_examples=10,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
async def test_tasks_are_done_once_and_in_their_lanes_order_whatever_happens(
    database: Database, steps: list[tuple[str, int]]
) -> None:
    async with database.write() as connection:
        await connection.execute(table.delete())
        await connection.execute(lanes_table.delete())
    run = _Run(database)
    for what, number in steps:
        await run.step(what, number)
        await run.check()
    await run.drain()
    keys = [known.key for known in run.model.known]
    assert sorted(run.ended, key=int) == keys
    for lane in ("a", "b"):
        in_lane = [int(key) for key in run.ended if run.model.get(key).lane == lane]
        assert all(earlier < later for earlier, later in itertools.pairwise(in_lane))
