"""The queue where workers die, lose their lease, or cannot reach the database."""

import asyncio
import errno
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from tests.support.queues import AnyWork, add, claim, running, serve, steal, until
from tests.support.waiting import PATIENCE
from tunesmith.bot.messages import Message, text_for
from tunesmith.bot.queue import Queue
from tunesmith.storage import tasks
from tunesmith.storage.database import Database


async def test_a_worker_whose_task_was_taken_over_stops(database: Database) -> None:
    ran: list[int] = []
    stopped: list[int] = []

    async def run(work: AnyWork) -> None:
        ran.append(work.task.fence)
        if work.task.lost:
            return
        try:
            await steal(database, work.task, lease=3)
            await asyncio.sleep(30)
        except asyncio.CancelledError:
            stopped.append(work.task.fence)
            raise

    queue = Queue(database, lease=3)
    serve(queue, run)
    async with running(queue):
        await add(database, "a")
        await until(lambda: stopped)
        await until(lambda: len(ran) == 2)
    assert ran == [1, 3]


async def test_a_lease_outlives_a_database_that_fails_for_a_moment(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[int] = []
    failures: list[int] = []
    extend = tasks.extend

    async def fail_once(*arguments: Any) -> bool:
        if not failures:
            failures.append(1)
            raise OperationalError("UPDATE tasks", {}, Exception("database is locked"))
        return await extend(*arguments)

    async def run(work: AnyWork) -> None:
        ran.append(work.task.attempts)
        await asyncio.sleep(4)

    monkeypatch.setattr(tasks, "extend", fail_once)
    queue = Queue(database, lease=3)
    serve(queue, run)
    async with running(queue):
        await add(database, "a")
        await asyncio.sleep(4.5)
    assert (ran, failures) == ([0], [1])


async def test_a_task_that_ends_its_worker_each_time_is_given_up(database: Database) -> None:
    ran: list[int] = []
    told: list[str] = []

    async def run(work: AnyWork) -> None:
        ran.append(work.task.attempts)

    async def give_up(work: AnyWork, reason: Message) -> None:
        told.append(text_for("en")(reason))

    await add(database, "a")
    for _ in range(50):  # a worker that dies says nothing: its lease runs out
        assert await claim(database, owner="dead", lease=-1)
    queue = Queue(database)
    serve(queue, run, give_up=give_up)
    async with running(queue):
        await until(lambda: told)
    assert ran == []


async def test_a_task_that_ends_its_worker_each_time_lets_the_others_go_first(
    database: Database,
) -> None:
    for key in "abc":
        await add(database, key)
    taken: list[str] = []
    for _ in range(9):
        taken += [task.key for task in await claim(database, "dead", lease=-1)]
        await asyncio.sleep(0.005)  # SQLite's clock counts milliseconds
    assert sorted(taken[-3:]) == ["a", "b", "c"]


async def test_a_task_that_lives_through_a_try_is_not_the_one_that_ends_its_workers(
    database: Database,
) -> None:
    await add(database, "a")
    for _ in range(2):
        for _ in range(49):
            assert await claim(database, owner="dead", lease=-1)
        [task] = await claim(database)
        assert task.lost == 49
        async with database.write() as connection:
            assert await tasks.release(connection, task, delay=0)


async def test_the_queue_outlives_a_database_that_cannot_be_reached(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[str] = []
    missed: list[str] = []

    def failing_once(name: str) -> None:
        works = getattr(tasks, name)

        async def fail_once(*arguments: Any, **options: Any) -> Any:
            if name in missed:
                return await works(*arguments, **options)
            missed.append(name)
            raise ConnectionRefusedError(111, "Connect call failed")  # asyncpg's, as it is

        monkeypatch.setattr(tasks, name, fail_once)

    async def run(work: AnyWork) -> None:
        ran.append(work.task.key)

    failing_once("forget")
    failing_once("claim")
    queue = Queue(database)
    serve(queue, run)
    await add(database, "a")
    async with running(queue):
        await until(lambda: ran)
    assert sorted(missed) == ["claim", "forget"]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS])
async def test_a_disk_that_takes_nothing_is_waited_out(database: Database, number: int) -> None:
    failures: list[int] = []

    async def run(work: AnyWork) -> None:
        if len(failures) < 2:
            failures.append(work.task.attempts)
            raise OSError(number, "the disk's own words")
        failures.append(work.task.attempts)

    queue = Queue(database)
    serve(queue, run, attempts=1)
    async with running(queue):
        await add(database, "a")
        await until(lambda: len(failures) == 3)
    assert failures == [0, 0, 0]


@pytest.mark.databases("sqlite")
async def test_a_queue_that_is_stopped_at_any_moment_leaves_no_lock_behind(
    database: Database,
) -> None:
    async def run(_work: AnyWork) -> None:
        await asyncio.sleep(0.005)

    for number in range(60):
        queue = Queue(database)
        serve(queue, run)
        for name in ("a", "b", "c"):
            await add(database, f"{name}{number}")
        async with running(queue):
            await asyncio.sleep(number / 1_000)
        async with asyncio.timeout(PATIENCE):
            await add(database, f"after{number}")
