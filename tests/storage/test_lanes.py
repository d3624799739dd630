"""Lanes: one task at a time, in the order of commit, at the lane's pace."""

import asyncio

import pytest
from sqlalchemy import select

from tunesmith.storage import lanes, tasks
from tunesmith.storage.database import Database
from tunesmith.storage.outage import is_outage
from tunesmith.storage.tables import lanes as lanes_table
from tunesmith.storage.tasks import Task


async def _add(database: Database, key: str, lane: str | None = None) -> None:
    async with database.write() as connection:
        await tasks.add(connection, key=key, kind="k", place="check", payload={}, lane=lane)


async def _claim(database: Database) -> list[Task]:
    async with database.write() as connection:
        return await tasks.claim(connection, owner="w", lease=60, kinds=["k"], places={"check": 10})


async def _finish(database: Database, task: Task, rest: float = 0) -> None:
    async with database.write() as connection:
        assert await tasks.finish(connection, task)
        if task.lane is not None:
            await lanes.let_next(connection, task.lane, rest)


async def test_a_lane_gives_out_its_tasks_one_at_a_time_and_in_order(database: Database) -> None:
    for key in ("first", "second", "third"):
        await _add(database, key, lane="c1")
    await _add(database, "elsewhere", lane="c2")
    seen: list[str] = []
    while claimed := [task for task in await _claim(database) if task.lane == "c1"]:
        [task] = claimed
        seen.append(task.key)
        await _finish(database, task)
    assert seen == ["first", "second", "third"]


async def test_a_head_that_is_put_off_holds_back_its_lane(database: Database) -> None:
    await _add(database, "first", lane="c1")
    await _add(database, "second", lane="c1")
    [task] = await _claim(database)
    async with database.write() as connection:
        await tasks.release(connection, task, delay=60)
    assert await _claim(database) == []


async def test_a_head_that_repeats_itself_keeps_its_lane(database: Database) -> None:
    await _add(database, "first", lane="c1")
    await _add(database, "second", lane="c1")
    [task] = await _claim(database)
    async with database.write() as connection:
        await tasks.finish(connection, task)
        await tasks.reopen(connection, task, delay=0)
        await lanes.let_next(connection, "c1")
    assert [task.key for task in await _claim(database)] == ["first"]


async def test_a_lane_rests_before_the_next_task_whenever_that_is_written(
    database: Database,
) -> None:
    for key in ("before", "written before"):
        await _add(database, key, lane="c1")
    await _add(database, "alone", lane="c2")
    for task in await _claim(database):
        async with database.write() as connection:
            await tasks.finish(connection, task)
            await tasks.add(
                connection,
                key=f"with {task.key}",
                kind="k",
                place="check",
                payload={},
                lane=task.lane,
            )
            await lanes.let_next(connection, task.lane or "", rest=60)
    await _add(database, "written after", lane="c2")
    await _add(database, "elsewhere", lane="c3")
    assert [task.key for task in await _claim(database)] == ["elsewhere"]


async def test_in_a_lane_the_order_is_that_of_commits(database: Database) -> None:
    began, may_commit = asyncio.Event(), asyncio.Event()

    async def slowly() -> None:
        async with database.write() as connection:
            await tasks.add(connection, key="first", kind="k", place="check", payload={}, lane="c1")
            began.set()
            await may_commit.wait()

    first = asyncio.create_task(slowly())
    await began.wait()
    second = asyncio.create_task(_add(database, "second", lane="c1"))
    await asyncio.wait([second], timeout=0.2)
    may_commit.set()
    await asyncio.gather(first, second)
    for key in ("first", "second"):
        [task] = await _claim(database)
        assert task.key == key
        await _finish(database, task)


@pytest.mark.databases("postgresql")
async def test_of_two_writers_that_lock_lanes_the_other_way_round_one_tries_again(
    database: Database,
) -> None:
    locked = asyncio.Barrier(2)

    async def write(*in_order: str) -> None:
        async with database.write() as connection:
            for lane in in_order:
                key = f"{lane} after {in_order[0]}"
                await tasks.add(connection, key=key, kind="k", place="check", payload={}, lane=lane)
                if lane == in_order[0]:
                    await locked.wait()

    ended = await asyncio.gather(write("a", "b"), write("b", "a"), return_exceptions=True)
    [refused] = [error for error in ended if isinstance(error, Exception)]
    assert is_outage(refused)
    assert len(await _claim(database)) == 2


async def test_a_task_that_is_written_as_the_one_before_it_ends_is_not_left_waiting(
    database: Database,
) -> None:
    await _add(database, "0", lane="c1")
    done: list[str] = []
    for number in range(1, 30):
        [task] = await _claim(database)
        await asyncio.gather(_finish(database, task), _add(database, str(number), lane="c1"))
        done.append(task.key)
    assert done == [str(number) for number in range(29)]


async def test_a_lane_whose_last_task_an_earlier_version_ended_is_found(
    database: Database,
) -> None:
    for key in ("first", "second", "third"):
        await _add(database, key, lane="c1")
    await _add(database, "only", lane="c2")
    [first, only] = await _claim(database)
    async with database.read() as connection:
        assert list(await lanes.stuck(connection)) == []
    async with database.write() as connection:
        await tasks.finish(connection, first)
        await tasks.finish(connection, only)
    assert await _claim(database) == []
    async with database.read() as connection:
        assert list(await lanes.stuck(connection)) == ["c1"]
    async with database.write() as connection:
        await lanes.let_next(connection, "c1")
    assert [task.key for task in await _claim(database)] == ["second"]


async def test_only_lanes_that_are_empty_and_rested_are_forgotten(database: Database) -> None:
    for lane in ("empty", "resting", "used"):
        await _add(database, lane, lane=lane)
    for task in await _claim(database):
        if task.lane != "used":
            await _finish(database, task, rest=60 if task.lane == "resting" else 0)
    async with database.write() as connection:
        assert await lanes.forget(connection, most=10) == 1
        left = (await connection.execute(select(lanes_table.c.lane))).scalars()
        assert sorted(left) == ["resting", "used"]
