"""The connection to SQLite or PostgreSQL, and its transactions."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Table, event
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

_BUSY_SECONDS = 30


class Database:
    """One pool of connections. `url` is SQLAlchemy's: `sqlite+aiosqlite:///…` or
    `postgresql+asyncpg://…`.
    """

    def __init__(self, url: str) -> None:
        self._after_commit: list[Callable[[], None]] = []
        sqlite = url.startswith("sqlite")
        self._engine = create_async_engine(
            url, connect_args={"timeout": _BUSY_SECONDS} if sqlite else {}
        )
        # SQLite has one writer, and one that finds the file busy sleeps before it looks again: in
        # a line of our own the next one goes on at once.
        self._writer = asyncio.Lock() if sqlite else contextlib.nullcontext()
        if sqlite:
            event.listen(self._engine.sync_engine, "connect", _prepare_sqlite)
            event.listen(self._engine.sync_engine, "begin", _begin_sqlite)

    def after_commit(self, callback: Callable[[], None]) -> None:
        """Call `callback` after each transaction that `write` commits."""
        self._after_commit.append(callback)

    @asynccontextmanager
    async def write(self, *, wake: bool = True) -> AsyncGenerator[AsyncConnection]:
        """A transaction that is committed at the end of the block, or rolled back if it raises.

        `wake` tells the listeners of `after_commit`, who look for new tasks.
        """
        async with self._writer, self._engine.begin() as connection:
            yield connection
        if wake:
            for callback in self._after_commit:
                callback()

    @asynccontextmanager
    async def read(self) -> AsyncGenerator[AsyncConnection]:
        """A connection that only reads, and waits for no writer."""
        async with self._engine.connect() as connection:
            await connection.execution_options(isolation_level="AUTOCOMMIT")
            yield connection

    async def migrate(self) -> None:
        """Bring the tables to the newest version; does nothing where they are."""
        async with self._engine.begin() as connection:
            await connection.run_sync(_upgrade)

    async def close(self) -> None:
        """Close every connection."""
        await self._engine.dispose()


def insert(connection: AsyncConnection, table: Table) -> Any:
    """An INSERT of the connected dialect, which can say ON CONFLICT."""
    if connection.dialect.name == "postgresql":
        return postgresql_insert(table)
    return sqlite_insert(table)


def _upgrade(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver's own BEGIN is deferred, and a deferred transaction that turns to writing fails
    # at once when another writes: `_begin_sqlite` takes the write lock first instead.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    if connection.get_execution_options().get("isolation_level") != "AUTOCOMMIT":
        connection.exec_driver_sql("BEGIN IMMEDIATE")
