"""The queue: tasks run once, in order and at their pace, are retried, given up and given back."""

import asyncio
import itertools

import pytest
from sqlalchemy import func, select

from tests.support.queues import AnyWork, add, running, serve, steal, until
from tests.support.waiting import PATIENCE
from tunesmith.bot.errors import JobError, ProviderBusyError, WorkerError
from tunesmith.bot.messages import Message, say, text_for
from tunesmith.bot.queue import LeaseLost, Queue, Retry, Wait
from tunesmith.storage import messages, tasks
from tunesmith.storage.database import Database
from tunesmith.storage.tables import tasks as table


async def test_a_task_runs_once_and_at_once(database: Database) -> None:
    ran: list[str] = []

    async def run(work: AnyWork) -> None:
        ran.append(work.task.key)

    queue = Queue(database)
    serve(queue, run)
    async with running(queue):
        await add(database, "a")
        await until(lambda: ran)
        await add(database, "b")
        await until(lambda: len(ran) == 2)
    assert ran == ["a", "b"]


async def test_a_failing_task_is_tried_again_and_counts_its_attempts(database: Database) -> None:
    attempts: list[int] = []

    async def run(work: AnyWork) -> None:
        attempts.append(work.task.attempts)
        if len(attempts) < 3:
            raise WorkerError(say("common.as_is", text="not yet"))

    queue = Queue(database)
    serve(queue, run)
    async with running(queue):
        await add(database, "a")
        await until(lambda: len(attempts) == 3)
    assert attempts == [0, 1, 2]


async def test_a_busy_provider_is_asked_again_after_its_own_time(database: Database) -> None:
    ran: list[int] = []

    async def run(work: AnyWork) -> None:
        ran.append(work.task.attempts)
        if len(ran) == 1:
            raise ProviderBusyError(say("common.as_is", text="busy"), retry_after=0)

    queue = Queue(database)
    serve(queue, run)
    async with running(queue):
        await add(database, "a")
        await until(lambda: len(ran) == 2)


async def test_after_the_last_attempt_people_are_told_and_the_task_ends(
    database: Database,
) -> None:
    told: list[str] = []

    async def run(work: AnyWork) -> None:
        raise WorkerError(say("common.as_is", text="it is down"))

    async def give_up(work: AnyWork, reason: Message) -> None:
        told.append(text_for("en")(reason))

    queue = Queue(database)
    serve(queue, run, attempts=2, give_up=give_up)
    async with running(queue):
        await add(database, "a")
        await until(lambda: told)
        await asyncio.sleep(0.1)
    assert told == ["it is down"]


async def test_an_error_for_people_is_not_tried_again(database: Database) -> None:
    ran: list[int] = []
    told: list[str] = []

    async def run(work: AnyWork) -> None:
        ran.append(1)
        raise JobError(say("common.as_is", text="This job is not known here."))

    async def give_up(work: AnyWork, reason: Message) -> None:
        told.append(text_for("en")(reason))

    queue = Queue(database)
    serve(queue, run, give_up=give_up)
    async with running(queue):
        await add(database, "a")
        await until(lambda: told)
    assert (ran, told) == ([1], ["This job is not known here."])


async def test_an_unforeseen_error_is_told_by_reference_without_its_text(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    told: list[str] = []

    async def run(work: AnyWork) -> None:
        raise RuntimeError("xoxb-secret in /var/lib")

    async def give_up(work: AnyWork, reason: Message) -> None:
        told.append(text_for("en")(reason))

    queue = Queue(database)
    serve(queue, run, attempts=1, give_up=give_up)
    async with running(queue):
        await add(database, "a")
        await until(lambda: told)
    assert "xoxb" not in told[0]
    assert "reference" in told[0]
    assert told[0].split("reference ")[1][:8] in caplog.text


async def test_what_a_task_writes_and_its_end_are_one_transaction(database: Database) -> None:
    attempts: list[int] = []

    async def run(work: AnyWork) -> None:
        attempts.append(work.task.attempts)
        async with work.finish() as connection:
            await messages.add(connection, f"m{len(attempts)}", "C1", "1.0")
            if len(attempts) == 1:
                raise Retry(say("common.as_is", text="after the write"), 0)

    queue = Queue(database)
    serve(queue, run)
    async with running(queue):
        await add(database, "a")
        await until(lambda: len(attempts) == 2)
        await asyncio.sleep(0.1)
    async with database.read() as connection:
        assert await messages.posted(connection, "m1") is None
        assert await messages.posted(connection, "m2") == "1.0"


async def test_a_worker_that_lost_its_lease_writes_nothing(database: Database) -> None:
    lost: list[bool] = []

    async def run(work: AnyWork) -> None:
        if work.task.lost:
            return
        await steal(database, work.task)
        try:
            async with work.step() as connection:
                await messages.add(connection, "m", "C1", "1.0")
        except LeaseLost:
            lost.append(True)
            raise

    queue = Queue(database)
    serve(queue, run)
    async with running(queue):
        await add(database, "a")
        await until(lambda: lost)
    async with database.read() as connection:
        assert await messages.posted(connection, "m") is None


async def test_a_lease_is_extended_while_its_task_runs(database: Database) -> None:
    ran: list[int] = []

    async def run(work: AnyWork) -> None:
        ran.append(work.task.attempts)
        await asyncio.sleep(4)

    first, second = Queue(database, lease=3), Queue(database, lease=3)
    serve(first, run)
    serve(second, run)
    async with running(first), running(second):
        await add(database, "a")
        await asyncio.sleep(4.5)
    assert ran == [0]


async def test_stopping_gives_tasks_back_for_the_next_worker(database: Database) -> None:
    started: list[int] = []

    async def hang(work: AnyWork) -> None:
        started.append(work.task.attempts)
        await asyncio.sleep(60)

    async def quick(work: AnyWork) -> None:
        started.append(work.task.attempts)

    first = Queue(database, lease=10 * PATIENCE)  # the second need not wait for its end
    serve(first, hang)
    async with running(first):
        await add(database, "a")
        await until(lambda: started)
    second = Queue(database)
    serve(second, quick)
    async with running(second):
        await until(lambda: len(started) == 2)


async def test_a_task_repeats_itself_until_it_ends(database: Database) -> None:
    ran: list[int] = []

    async def run(work: AnyWork) -> None:
        ran.append(work.task.attempts)
        async with work.finish() as connection:
            if len(ran) < 3:
                await work.repeat(connection, 0)

    queue = Queue(database)
    serve(queue, run)
    async with running(queue):
        await add(database, "a")
        await until(lambda: len(ran) == 3)
        await asyncio.sleep(0.8)
    assert ran == [0, 0, 0]


async def test_a_paced_lane_rests_between_its_tasks(database: Database) -> None:
    loop = asyncio.get_running_loop()
    began: list[float] = []

    async def run(work: AnyWork) -> None:
        began.append(loop.time())

    queue = Queue(database)
    serve(queue, run, pace=0.5)
    for key in ("a", "b", "c"):
        await add(database, key, lane="slack:C1")
    async with running(queue):
        await until(lambda: len(began) == 3)
    assert all(later - earlier >= 0.45 for earlier, later in itertools.pairwise(began))


async def test_what_was_put_off_and_what_follows_in_a_lane_that_rests_begin_without_another_poll(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tunesmith.bot.queue.queue._POLL_SECONDS", 10 * PATIENCE)
    began: list[str] = []

    async def run(work: AnyWork) -> None:
        began.append(work.task.key)
        if len(began) == 1:
            raise Wait(say("common.slack_asks_to_wait"), 0.2)

    queue = Queue(database)
    serve(queue, run, pace=0.2)
    for key in ("a", "b", "c"):
        await add(database, key, lane="slack:C1")
    async with running(queue):
        await until(lambda: len(began) == 4)
    assert began == ["a", "a", "b", "c"]


async def test_a_paced_lane_rests_also_before_a_task_that_was_written_later(
    database: Database,
) -> None:
    began: list[str] = []

    async def run(work: AnyWork) -> None:
        began.append(work.task.key)

    queue = Queue(database)
    serve(queue, run, pace=10 * PATIENCE)
    async with running(queue):
        await add(database, "a", lane="slack:C1")
        await until(lambda: began)
        await add(database, "b", lane="slack:C1")
        await add(database, "elsewhere", lane="slack:C2")
        await until(lambda: len(began) == 2)
    assert began == ["a", "elsewhere"]


@pytest.mark.parametrize("how", ["add_again", "make_due"])
async def test_a_task_that_is_wanted_again_while_it_runs_is_run_once_more(
    database: Database, how: str
) -> None:
    ran: list[int] = []
    may_end = asyncio.Event()
    again = {"key": "a", "kind": "k", "place": "check"}

    async def run(work: AnyWork) -> None:
        ran.append(work.task.payload["number"])
        await may_end.wait()

    async def undone() -> int:
        left = select(func.count()).select_from(table).where(table.c.done_at.is_(None))
        async with database.read() as connection:
            return (await connection.execute(left)).scalar_one()

    queue = Queue(database)
    serve(queue, run)
    async with database.write() as connection:
        await tasks.add_again(connection, **again, payload={"number": 1})
    async with running(queue):
        await until(lambda: ran)
        async with database.write() as connection:
            if how == "add_again":
                await tasks.add_again(connection, **again, payload={"number": 2})
            else:
                await tasks.make_due(connection, "a")
        may_end.set()
        await until(lambda: len(ran) == 2)
        async with asyncio.timeout(PATIENCE):
            while await undone():
                await asyncio.sleep(0.02)
    assert ran == [1, 2 if how == "add_again" else 1]
