"""What a kind of task declares: attempts, place, payload."""

import asyncio

import pytest

from tests.support.queues import AnyWork, add, running, serve, until
from tunesmith.bot.errors import ProviderBusyError
from tunesmith.bot.messages import Message, say, text_for
from tunesmith.bot.queue import Kinds, Payload, Place, Queue, Wait, Work
from tunesmith.storage import tasks
from tunesmith.storage.database import Database


async def test_being_told_to_wait_is_no_failed_attempt(database: Database) -> None:
    attempts: list[int] = []

    async def run(work: AnyWork) -> None:
        attempts.append(work.task.attempts)
        if len(attempts) < 8:
            raise Wait(say("common.as_is", text="not yet"), 0)

    queue = Queue(database)
    serve(queue, run, attempts=2)
    async with running(queue):
        await add(database, "a")
        await until(lambda: len(attempts) == 8)
    assert set(attempts) == {0}


async def test_an_outage_is_waited_out_for_the_kinds_patience_and_is_no_failed_attempt(
    database: Database,
) -> None:
    tried: list[str] = []
    told: list[str] = []

    async def run(work: AnyWork) -> None:
        tried.append(work.payload.__class__.__name__)
        raise ProviderBusyError(say("common.as_is", text="busy"), retry_after=0)

    async def give_up(work: AnyWork, reason: Message) -> None:
        told.append(text_for("en")(reason))

    queue = Queue(database)
    serve(queue, run, attempts=1, patience=0.5, give_up=give_up)
    async with running(queue):
        await add(database, "a")
        await until(lambda: told)
    assert len(tried) > 2
    assert told == ["busy"]


async def test_a_full_place_holds_up_no_other(database: Database) -> None:
    ran: list[str] = []
    answered = asyncio.Event()

    async def hang(work: AnyWork) -> None:
        ran.append(work.task.kind)
        await answered.wait()

    async def quick(work: AnyWork) -> None:
        ran.append(work.task.kind)

    queue = Queue(database)
    serve(queue, hang, name="slow", place=Place.ASK)
    serve(queue, quick, name="quick", place=Place.CHECK)
    for number in range(3 * Place.ASK.at_once):
        await add(database, f"s{number}", kind="slow", place=Place.ASK)
    async with running(queue):
        await until(lambda: len(ran) == Place.ASK.at_once)
        await add(database, "q", kind="quick")
        await until(lambda: "quick" in ran)
        assert ran.count("slow") == Place.ASK.at_once
        answered.set()
        await until(lambda: ran.count("slow") == 3 * Place.ASK.at_once)


async def test_a_payload_that_cannot_be_read_is_given_up_and_stops_nothing(
    database: Database,
) -> None:
    ran: list[str] = []

    class Numbered(Payload):
        number: int

    kinds = Kinds[None]()

    @kinds.task("k", Numbered, place=Place.CHECK)
    async def _run(_: None, work: Work[Numbered]) -> None:
        ran.append(work.task.key)

    queue = Queue(database)
    queue.serve(kinds, None)
    await add(database, "without a number")
    async with database.write() as connection:
        await tasks.add(
            connection, key="b", kind="k", place="check", payload={"number": 1, "new": "field"}
        )
    async with running(queue):
        await until(lambda: ran)
    assert ran == ["b"]


def test_a_kind_is_declared_once() -> None:
    kinds = Kinds[None]()

    async def run(_: None, work: AnyWork) -> None:
        pass

    kinds.task("k", Payload, place=Place.CHECK)(run)
    with pytest.raises(ValueError, match="declared twice"):
        kinds.task("k", Payload, place=Place.CHECK)(run)
