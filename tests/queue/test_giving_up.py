"""Giving up is a step like any other: noted, told, and ended where it can't be told."""

import pytest
from sqlalchemy import RowMapping, select
from sqlalchemy.exc import OperationalError

from tests.support.queues import AnyWork, add, claim, running, serve, until
from tunesmith.bot.errors import JobError, SlackError
from tunesmith.bot.messages import Message, from_stored, say, text_for, to_stored
from tunesmith.bot.queue import Queue, Retry, Wait
from tunesmith.storage import tasks
from tunesmith.storage.database import Database
from tunesmith.storage.tables import tasks as table


async def test_telling_is_tried_again_for_the_same_reason_without_the_task_itself(
    database: Database,
) -> None:
    ran: list[int] = []
    told: list[str] = []

    async def run(work: AnyWork) -> None:
        ran.append(work.task.fence)
        await _refuse(work)

    async def give_up(work: AnyWork, reason: Message) -> None:
        told.append(text_for("en")(reason))
        if len(told) < 3:
            raise Retry(say("common.as_is", text="nobody listens"), 0)

    queue = Queue(database)
    serve(queue, run, give_up=give_up)
    await add(database, "a")
    async with running(queue):
        await until(lambda: len(told) == 3)
        await add(database, "b")
        await until(lambda: len(told) == 4)
    assert told == ["no such job"] * 4
    assert len(ran) == 2
    row = await _row(database, "a")
    assert row["done_at"] is not None
    assert row["error"] is None


async def test_a_task_whose_worker_died_while_it_was_given_up_is_told_and_not_done(
    database: Database,
) -> None:
    ran: list[int] = []
    told: list[str] = []

    async def run(work: AnyWork) -> None:
        ran.append(work.task.fence)

    async def give_up(work: AnyWork, reason: Message) -> None:
        told.append(text_for("en")(reason))

    await add(database, "a")
    [task] = await claim(database)
    async with database.write() as connection:
        await tasks.give_up(connection, task, to_stored(say("common.as_is", text="it broke off")))
    assert await claim(database, owner="dies", lease=-1)
    queue = Queue(database)
    serve(queue, run, give_up=give_up)
    async with running(queue):
        await until(lambda: told)
    assert (ran, told) == ([], ["it broke off"])


async def test_what_cannot_be_told_ends_with_the_reason_and_holds_up_no_lane(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    ran: list[str] = []

    async def tell(work: AnyWork) -> None:
        if work.task.key == "first":
            raise SlackError("not_in_channel")
        ran.append(work.task.key)

    async def cannot(work: AnyWork, reason: Message) -> None:
        raise SlackError("is_archived")

    queue = Queue(database)
    serve(queue, tell)
    serve(queue, _refuse, name="refused", give_up=cannot)
    await add(database, "first", lane="slack:C1")
    await add(database, "refused", kind="refused", lane="slack:C1")
    await add(database, "second", lane="slack:C1")
    async with running(queue):
        await until(lambda: ran)
    first, refused = await _row(database, "first"), await _row(database, "refused")
    assert from_stored(first["error"]) == SlackError("not_in_channel").message
    assert from_stored(refused["error"]) == SlackError("is_archived").message
    assert from_stored(refused["given_up"]) == say("common.as_is", text="no such job")
    assert caplog.text.count("nobody was told") == 2


async def test_a_database_that_fails_within_a_task_is_an_outage_and_no_failed_attempt(
    database: Database,
) -> None:
    attempts: list[int] = []

    async def run(work: AnyWork) -> None:
        attempts.append(work.task.attempts)
        if len(attempts) < 3:
            raise OperationalError("UPDATE", {}, Exception("database or disk is full"))

    queue = Queue(database)
    serve(queue, run, attempts=1)
    await add(database, "a")
    async with running(queue):
        await until(lambda: len(attempts) == 3)
    assert attempts == [0, 0, 0]


async def test_being_told_to_wait_ends_an_outage(database: Database) -> None:
    failing: list[float | None] = []

    async def run(work: AnyWork) -> None:
        failing.append(work.task.failing_for)
        if len(failing) < 4:
            kind = Wait if len(failing) == 2 else Retry
            raise kind(say("common.as_is", text="not now"), 0)

    queue = Queue(database)
    serve(queue, run)
    await add(database, "a")
    async with running(queue):
        await until(lambda: len(failing) == 4)
    assert [seconds is not None for seconds in failing] == [False, True, False, True]


async def _row(database: Database, key: str) -> RowMapping:
    async with database.read() as connection:
        found = await connection.execute(select(table).where(table.c.key == key))
        return found.mappings().one()


async def _refuse(work: AnyWork) -> None:
    raise JobError(say("common.as_is", text="no such job"))
