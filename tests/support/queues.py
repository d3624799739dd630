"""A running queue, and tasks for it."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.bot.messages import Message
from tunesmith.bot.queue import Kinds, Payload, Place, Queue, Work
from tunesmith.storage import tasks
from tunesmith.storage.database import Database

AnyWork = Work[Payload]


def serve(
    queue: Queue,
    run: Callable[[AnyWork], Awaitable[None]],
    *,
    name: str = "k",
    place: Place = Place.CHECK,
    give_up: Callable[[AnyWork, Message], Awaitable[None]] | None = None,
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


async def add(database: Database, key: str, kind: str = "k", lane: str | None = None) -> None:
    """Write a task, due now."""
    async with database.write() as connection:
        await tasks.add(connection, key=key, kind=kind, payload={}, lane=lane)


async def claim(database: Database, owner: str = "o", lease: float = 60) -> list[tasks.Task]:
    """Take one task of the kind `k`."""
    async with database.write() as connection:
        return await claim_in(connection, owner, lease)


async def claim_in(
    connection: AsyncConnection, owner: str = "o", lease: float = 60
) -> list[tasks.Task]:
    """As `claim`, in a transaction that does more, so that no worker is in between."""
    return await tasks.claim(connection, owner=owner, lease=lease, kinds=["k"], rests={}, most=1)


async def until(condition: Callable[[], object], seconds: float = 10) -> None:
    """Wait until it holds."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.01)
