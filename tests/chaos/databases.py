"""The bot's database, and how it goes away for a while."""

import asyncio
import contextlib
import sqlite3
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.support.databases import LocalServer, local_server


@dataclass(frozen=True)
class Stored:
    """A database's URL, and what interrupts it for some seconds."""

    url: str
    interrupt: Callable[[float], Awaitable[None]]


def sqlite_in(folder: Path) -> Stored:
    """The file that the bot makes in its data folder, held locked by somebody else."""
    path = folder / "tunesmith.db"
    return Stored(
        f"sqlite+aiosqlite:///{path}", lambda seconds: asyncio.to_thread(_lock, path, seconds)
    )


@asynccontextmanager
async def postgresql() -> AsyncGenerator[Stored]:
    """A database on a server of our own, which is killed and started again.

    Raises RuntimeError where PostgreSQL is not installed.
    """
    with local_server() as server:
        if server is None:
            raise RuntimeError("PostgreSQL 15 or newer is not installed here")
        async with server.database(migrated=False) as url:
            yield Stored(url, partial(_restart, server))


def _lock(path: Path, seconds: float) -> None:
    with contextlib.closing(sqlite3.connect(path, timeout=30)) as connection:
        connection.isolation_level = None
        connection.execute("BEGIN IMMEDIATE")
        time.sleep(seconds)
        connection.execute("ROLLBACK")


async def _restart(server: LocalServer, seconds: float) -> None:
    await asyncio.to_thread(server.stop)
    await asyncio.sleep(seconds)
    await asyncio.to_thread(server.start)
