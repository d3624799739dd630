"""A running queue, and tasks for it."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

from tunesmith.bot.queue import Queue
from tunesmith.storage import tasks
from tunesmith.storage.database import Database


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


async def until(condition: Callable[[], object], seconds: float = 10) -> None:
    """Wait until it holds."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.01)
