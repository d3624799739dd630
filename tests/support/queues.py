"""A running queue, and tasks for it."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.support.waiting import PATIENCE
from tunesmith.bot.messages import Message
from tunesmith.bot.queue import Kinds, Payload, Place, Queue, Work
from tunesmith.storage import tasks
from tunesmith.storage.database import Database
from tunesmith.storage.tables import tasks as table

AnyWork = Work[Payload]


def serve(
    queue: Queue,
    run: Callable[[AnyWork], Awaitable[None]],
    *,
    name: str = "k",
    place: Place = Place.CHECK,
    give_up: Callable[[AnyWork, Message], Awaitable[None]] | None = None,
    delayed: Callable[[AnyWork, Message], Awaitable[None]] | None = None,
    **how: Any,
) -> None:
    """Let `run` do the tasks of a kind."""
    kinds = Kinds[None]()

    @kinds.task(name, Payload, place=place, **how)
    async def kind(_: None, work: AnyWork) -> None:
        await run(work)

    if give_up is not None:

        @kind.when_given_up
        async def _say(_: None, work: AnyWork, reason: Message) -> None:
            await give_up(work, reason)

    if delayed is not None:

        @kind.when_delayed
        async def _tell(_: None, work: AnyWork, reason: Message) -> None:
            await delayed(work, reason)

    queue.serve(kinds, None)


@asynccontextmanager
async def running(queue: Queue) -> AsyncGenerator[None]:
    """The queue runs inside of the block."""
    runner = asyncio.create_task(queue.run())
    try:
        yield
    finally:
        runner.cancel()
        await asyncio.gather(runner, return_exceptions=True)


async def add(
    database: Database,
    key: str,
    kind: str = "k",
    lane: str | None = None,
    place: Place = Place.CHECK,
) -> None:
    """Write a task, due now."""
    async with database.write() as connection:
        await tasks.add(connection, key=key, kind=kind, place=place.label, payload={}, lane=lane)


async def claim(database: Database, owner: str = "o", lease: float = 60) -> list[tasks.Task]:
    """Take one task of the kind `k`."""
    async with database.write() as connection:
        return await _claim(connection, owner, lease)


async def _claim(connection: AsyncConnection, owner: str, lease: float) -> list[tasks.Task]:
    return await tasks.claim(
        connection, owner=owner, lease=lease, kinds=["k"], places={Place.CHECK.label: 1}
    )


async def steal(database: Database, task: tasks.Task, lease: float = 60) -> tasks.Task:
    """Let a running task's lease run out, and somebody else take it before anyone can; the task as
    they hold it.
    """
    async with database.write(wake=False) as connection:
        await tasks.extend(connection, task, -1)
        [stolen] = await _claim(connection, "thief", lease)
    assert stolen.fence > task.fence
    return stolen


async def fail_longer(database: Database, seconds: float) -> None:
    """Let so much time pass for a task that waits an outage out, and comes due by it.

    It is waited for until it has met the outage.
    """
    waiting = update(table).where(
        table.c.failing_since.is_not(None), table.c.lease_owner.is_(None), table.c.done_at.is_(None)
    )
    earlier = waiting.values(failing_since=table.c.failing_since - seconds, not_before=0)
    async with asyncio.timeout(PATIENCE):
        while True:
            async with database.write() as connection:
                if (await connection.execute(earlier)).rowcount:
                    return
            await asyncio.sleep(0.02)


async def until(condition: Callable[[], object], seconds: float = PATIENCE) -> None:
    """Wait until it holds."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.01)
