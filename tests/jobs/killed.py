"""Processes that are killed while they work on a job."""

import asyncio
import multiprocessing
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple, TypeVarTuple

from sqlalchemy import update

from tests.jobs.conftest import Bench, opened_bench
from tests.support.provider_server import ProviderServer
from tunesmith.bot.jobs import JobRequest, start
from tunesmith.storage.database import Database
from tunesmith.storage.tables import tasks

Values = TypeVarTuple("Values")

# What `connect` imports: the program that processes are forked from has it before they need it.
_LATER = ("tunesmith.bot.providers.openai_client", "openai.resources.fine_tuning")


class Place(NamedTuple):
    """Where a process works: the database's URL, the data folder, and what it trains where."""

    database_url: str
    folder: Path
    provider_url: str
    name: str
    base_model: str


async def work(bench: Bench) -> None:
    """Do what the queue holds."""
    await bench.services.queue.run()


async def press(bench: Bench, request: JobRequest) -> None:
    """Start a job, and do nothing more."""
    await start(bench.services, request)


@asynccontextmanager
async def process(
    place: Place, do: Callable[[Bench, *Values], Awaitable[None]], *args: *Values
) -> AsyncGenerator[None]:
    """Another process does it inside of the block, and is killed at its end."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__, *_LATER])
    running = context.Process(target=_main, args=(place, do, args))
    await asyncio.to_thread(running.start)
    try:
        yield
    finally:
        running.kill()
        await asyncio.to_thread(running.join)
        running.close()


def _main(place: Place, do: Callable[..., Awaitable[None]], args: tuple[object, ...]) -> None:
    asyncio.run(_open(place, do, args))


async def _open(place: Place, do: Callable[..., Awaitable[None]], args: tuple[object, ...]) -> None:
    database, provider = Database(place.database_url), ProviderServer(url=place.provider_url)
    opened = opened_bench(database, place.folder, provider, place.name, place.base_model)
    async with opened as bench:
        await do(bench, *args)


async def leases_run_out(database: Database) -> None:
    """As if so much time had passed that what a killed process did can be taken over."""
    async with database.write() as connection:
        await connection.execute(update(tasks).values(lease_until=0))
