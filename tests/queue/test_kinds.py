"""What a kind of task declares: attempts, place, payload."""

import asyncio
from typing import Any

import pytest

from tests.support.queues import AnyWork, add, running, serve, until
from tunesmith.bot.errors import ProviderBusyError
from tunesmith.bot.messages import Message, say, text_for
from tunesmith.bot.queue import Kinds, Payload, Place, Queue, Wait, Work
from tunesmith.storage import tasks
from tunesmith.storage.database import Database
from tunesmith.storage.tables import tasks as table


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


@pytest.mark.parametrize(
    ("full", "due"), [(Place.ASK, 100), (Place.FOLLOW, 10_000), (Place.TELL, 10_000)]
)
async def test_a_place_with_more_than_it_can_do_holds_up_no_other(
    database: Database, full: Place, due: int
) -> None:
    slow: list[str] = []
    ran: list[str] = []

    async def hang(work: AnyWork) -> None:
        slow.append(work.task.key)
        await asyncio.Event().wait()

    async def quick(work: AnyWork) -> None:
        ran.append(work.task.place)

    queue = Queue(database)
    serve(queue, hang, name="slow", place=full)
    others = [place for place in Place if place is not full]
    for place in others:
        serve(queue, quick, name=f"quick {place.label}", place=place)
    rows: list[dict[str, Any]] = [
        {
            "key": str(number),
            "kind": "slow",
            "place": full.label,
            "payload": {},
            "not_before": 1.0,
            "created_at": 1.0,
        }
        for number in range(due)
    ]
    async with database.write() as connection:
        await connection.execute(table.insert(), rows)
    async with running(queue):
        await until(lambda: len(slow) == full.at_once)
        for place in others:
            await add(database, f"q {place.label}", kind=f"quick {place.label}", place=place)
        await until(lambda: len(ran) == len(others))
        assert len(slow) == full.at_once


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
