"""The queue: tasks run once, are retried, given up, taken over and paced."""

import asyncio
import itertools
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from tunesmith.bot.errors import JobError, ProviderBusyError
from tunesmith.bot.queue import LeaseLost, Queue, Retry, Work
from tunesmith.storage import messages, tasks
from tunesmith.storage.database import Database


@asynccontextmanager
async def _running(queue: Queue) -> AsyncGenerator[None]:
    runner = asyncio.create_task(queue.run())
    try:
        yield
    finally:
        runner.cancel()
        await asyncio.gather(runner, return_exceptions=True)


async def _add(database: Database, key: str, kind: str = "k", lane: str | None = None) -> None:
    async with database.write() as connection:
        await tasks.add(connection, key=key, kind=kind, payload={}, lane=lane)


async def _until(condition: Callable[[], object], seconds: float = 10) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.01)


async def test_a_task_runs_once_and_at_once(database: Database) -> None:
    ran: list[str] = []

    async def run(work: Work) -> None:
        ran.append(work.task.key)

    queue = Queue(database)
    queue.handle("k", run)
    async with _running(queue):
        await _add(database, "a")
        await _until(lambda: ran)
        await _add(database, "b")
        await _until(lambda: len(ran) == 2)
    assert ran == ["a", "b"]


async def test_a_failing_task_is_tried_again_and_counts_its_attempts(database: Database) -> None:
    attempts: list[int] = []

    async def run(work: Work) -> None:
        attempts.append(work.task.attempts)
        if len(attempts) < 3:
            raise Retry("not yet", 0)

    queue = Queue(database)
    queue.handle("k", run)
    async with _running(queue):
        await _add(database, "a")
        await _until(lambda: len(attempts) == 3)
    assert attempts == [1, 2, 3]


async def test_a_busy_provider_is_asked_again_after_its_own_time(database: Database) -> None:
    ran: list[int] = []

    async def run(work: Work) -> None:
        ran.append(work.task.attempts)
        if len(ran) == 1:
            raise ProviderBusyError("busy", retry_after=0)

    queue = Queue(database)
    queue.handle("k", run)
    async with _running(queue):
        await _add(database, "a")
        await _until(lambda: len(ran) == 2)


async def test_after_the_last_attempt_people_are_told_and_the_task_ends(
    database: Database,
) -> None:
    told: list[str] = []

    async def run(work: Work) -> None:
        raise Retry("it is down", 0)

    async def give_up(work: Work, reason: str) -> None:
        told.append(reason)

    queue = Queue(database)
    queue.handle("k", run, attempts=2, give_up=give_up)
    async with _running(queue):
        await _add(database, "a")
        await _until(lambda: told)
        await asyncio.sleep(0.1)
    assert told == ["it is down"]


async def test_an_error_for_people_is_not_tried_again(database: Database) -> None:
    ran: list[int] = []
    told: list[str] = []

    async def run(work: Work) -> None:
        ran.append(1)
        raise JobError("This job is not known here.")

    async def give_up(work: Work, reason: str) -> None:
        told.append(reason)

    queue = Queue(database)
    queue.handle("k", run, give_up=give_up)
    async with _running(queue):
        await _add(database, "a")
        await _until(lambda: told)
    assert (ran, told) == ([1], ["This job is not known here."])


async def test_an_unforeseen_error_is_told_by_reference_without_its_text(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    told: list[str] = []

    async def run(work: Work) -> None:
        raise RuntimeError("xoxb-secret in /var/lib")

    async def give_up(work: Work, reason: str) -> None:
        told.append(reason)

    queue = Queue(database)
    queue.handle("k", run, attempts=1, give_up=give_up)
    async with _running(queue):
        await _add(database, "a")
        await _until(lambda: told)
    assert "xoxb" not in told[0]
    assert "reference" in told[0]
    assert told[0].split("reference ")[1][:8] in caplog.text


async def test_what_a_task_writes_and_its_end_are_one_transaction(database: Database) -> None:
    attempts: list[int] = []

    async def run(work: Work) -> None:
        attempts.append(work.task.attempts)
        async with work.finish() as connection:
            await messages.add(connection, f"m{len(attempts)}", "C1", "1.0")
            if len(attempts) == 1:
                raise Retry("after the write", 0)

    queue = Queue(database)
    queue.handle("k", run)
    async with _running(queue):
        await _add(database, "a")
        await _until(lambda: len(attempts) == 2)
        await asyncio.sleep(0.1)
    async with database.read() as connection:
        assert await messages.posted(connection, "m1") is None
        assert await messages.posted(connection, "m2") == "1.0"


async def test_a_worker_that_lost_its_lease_writes_nothing(database: Database) -> None:
    lost: list[bool] = []

    async def run(work: Work) -> None:
        if work.task.attempts > 1:
            return
        async with database.write() as connection:
            await tasks.claim(connection, owner="x", lease=0, kinds={"none": 0}, most=1)
            await tasks.extend(connection, work.task, -1)
            [stolen] = await tasks.claim(
                connection, owner="thief", lease=60, kinds={"k": 0}, most=1
            )
            assert stolen.fence > work.task.fence
        try:
            async with work.step() as connection:
                await messages.add(connection, "m", "C1", "1.0")
        except LeaseLost:
            lost.append(True)
            raise

    queue = Queue(database)
    queue.handle("k", run)
    async with _running(queue):
        await _add(database, "a")
        await _until(lambda: lost)
    async with database.read() as connection:
        assert await messages.posted(connection, "m") is None


async def test_a_lease_is_extended_while_its_task_runs(database: Database) -> None:
    ran: list[int] = []

    async def run(work: Work) -> None:
        ran.append(work.task.attempts)
        await asyncio.sleep(1.2)

    first, second = Queue(database, lease=0.3), Queue(database, lease=0.3)
    first.handle("k", run)
    second.handle("k", run)
    async with _running(first), _running(second):
        await _add(database, "a")
        await asyncio.sleep(1.6)
    assert ran == [1]


async def test_stopping_gives_tasks_back_for_the_next_worker(database: Database) -> None:
    started: list[int] = []

    async def hang(work: Work) -> None:
        started.append(work.task.attempts)
        await asyncio.sleep(60)

    async def quick(work: Work) -> None:
        started.append(work.task.attempts)

    first = Queue(database)
    first.handle("k", hang)
    async with _running(first):
        await _add(database, "a")
        await _until(lambda: started)
    second = Queue(database)
    second.handle("k", quick)
    async with _running(second):
        await _until(lambda: len(started) == 2, seconds=3)


async def test_a_task_that_comes_back_runs_until_it_stops_coming(database: Database) -> None:
    ran: list[int] = []

    async def run(work: Work) -> None:
        ran.append(work.task.attempts)
        async with work.finish() as connection:
            if len(ran) < 3:
                await work.come_back(connection, 0)

    queue = Queue(database)
    queue.handle("k", run)
    async with _running(queue):
        await _add(database, "a")
        await _until(lambda: len(ran) == 3)
        await asyncio.sleep(0.8)
    assert ran == [1, 1, 1]


async def test_a_paced_lane_rests_between_its_tasks(database: Database) -> None:
    loop = asyncio.get_running_loop()
    began: list[float] = []

    async def run(work: Work) -> None:
        began.append(loop.time())

    queue = Queue(database)
    queue.handle("k", run, pace=0.5)
    for key in ("a", "b", "c"):
        await _add(database, key, lane="slack:C1")
    async with _running(queue):
        await _until(lambda: len(began) == 3)
    assert all(later - earlier >= 0.45 for earlier, later in itertools.pairwise(began))


async def test_a_paced_lane_rests_also_before_a_task_that_was_written_later(
    database: Database,
) -> None:
    loop = asyncio.get_running_loop()
    began: list[float] = []

    async def run(work: Work) -> None:
        began.append(loop.time())

    queue = Queue(database)
    queue.handle("k", run, pace=0.8)
    async with _running(queue):
        await _add(database, "a", lane="slack:C1")
        await _until(lambda: began)
        await asyncio.sleep(0.1)
        await _add(database, "b", lane="slack:C1")
        await _add(database, "elsewhere", lane="slack:C2")
        await _until(lambda: len(began) == 3)
    first, elsewhere, second = began
    assert second - first >= 0.75
    assert elsewhere - first < 0.75


async def test_a_worker_whose_task_was_taken_over_stops(database: Database) -> None:
    ran: list[int] = []
    stopped: list[int] = []

    async def run(work: Work) -> None:
        ran.append(work.task.attempts)
        if work.task.attempts > 1:
            return
        async with database.write() as connection:
            await tasks.extend(connection, work.task, -1)
            await tasks.claim(connection, owner="thief", lease=0.5, kinds={"k": 0}, most=1)
        try:
            await asyncio.sleep(30)
        except asyncio.CancelledError:
            stopped.append(work.task.attempts)
            raise

    queue = Queue(database, lease=0.3)
    queue.handle("k", run)
    async with _running(queue):
        await _add(database, "a")
        await _until(lambda: stopped)
        await _until(lambda: len(ran) == 2)
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

    async def run(work: Work) -> None:
        ran.append(work.task.attempts)
        await asyncio.sleep(1.8)

    monkeypatch.setattr(tasks, "extend", fail_once)
    queue = Queue(database, lease=0.9)
    queue.handle("k", run)
    async with _running(queue):
        await _add(database, "a")
        await asyncio.sleep(2.2)
    assert (ran, failures) == ([1], [1])


async def test_a_task_that_ends_its_worker_each_time_is_given_up(database: Database) -> None:
    ran: list[int] = []
    told: list[str] = []

    async def run(work: Work) -> None:
        ran.append(work.task.attempts)

    async def give_up(work: Work, reason: str) -> None:
        told.append(reason)

    await _add(database, "a")
    for _ in range(2):  # a worker that dies says nothing: its lease runs out
        async with database.write() as connection:
            assert await tasks.claim(connection, owner="dead", lease=-1, kinds={"k": 0}, most=1)
    queue = Queue(database)
    queue.handle("k", run, attempts=2, give_up=give_up)
    async with _running(queue):
        await _until(lambda: told)
    assert ran == []


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

    async def run(work: Work) -> None:
        ran.append(work.task.key)

    failing_once("forget")
    failing_once("claim")
    queue = Queue(database)
    queue.handle("k", run)
    await _add(database, "a")
    async with _running(queue):
        await _until(lambda: ran)
    assert missed == ["forget", "claim"]
