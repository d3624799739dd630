"""The connection to SQLite or PostgreSQL, and its transactions."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import Connection, Table, event
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from tunesmith.storage import migration

# How long a transaction waits for SQLite's one writer.
_BUSY_SECONDS = 30
# A statement takes milliseconds: the server ends one that takes so long, and the connection is
# given up where the server does not say so either.
_STATEMENT_SECONDS, _SILENCE_SECONDS = 30, 60
_READS = "tunesmith_reads"
_SQLITE: dict[str, Any] = {"connect_args": {"timeout": _BUSY_SECONDS}}
_POSTGRESQL: dict[str, Any] = {
    "connect_args": {
        "command_timeout": _SILENCE_SECONDS,
        "server_settings": {
            "application_name": "tunesmith",
            "idle_in_transaction_session_timeout": f"{_STATEMENT_SECONDS}s",
            "statement_timeout": f"{_STATEMENT_SECONDS}s",
        },
    },
    # As many tasks run at once; each holds a connection for the moment of a transaction.
    "pool_size": 10,
    "max_overflow": 10,
    # A connection that broke off while nobody used it is replaced before it is used.
    "pool_pre_ping": True,
}


class Database:
    """One pool of connections. `url` is SQLAlchemy's: `sqlite+aiosqlite:///…` or
    `postgresql+asyncpg://…`.
    """

    def __init__(self, url: str) -> None:
        self._after_commit: list[Callable[[], None]] = []
        self._url = url
        sqlite = url.startswith("sqlite")
        self._engine = create_async_engine(url, **(_SQLITE if sqlite else _POSTGRESQL))
        # SQLite has one writer, and one that finds the file busy sleeps before it looks again: in
        # a line of our own the next one goes on at once.
        self._writer = asyncio.Lock() if sqlite else contextlib.nullcontext()
        # SQLite's connections need no other isolation level to read without a transaction, and
        # changing it costs as much as three queries.
        self._reading = {_READS: True} if sqlite else {"isolation_level": "AUTOCOMMIT"}
        if sqlite:
            _prepare(self._engine)

    def after_commit(self, callback: Callable[[], None]) -> None:
        """Call `callback` after each transaction that `write` commits."""
        self._after_commit.append(callback)

    @asynccontextmanager
    async def write(self, *, wake: bool = True) -> AsyncGenerator[AsyncConnection]:
        """A transaction that is committed at the end of the block, or rolled back if it raises.

        `wake` tells the listeners of `after_commit`, who look for new tasks.
        """
        async with self._writer, self._connect() as connection, connection.begin():
            yield connection
        if wake:
            for callback in self._after_commit:
                callback()

    @asynccontextmanager
    async def read(self) -> AsyncGenerator[AsyncConnection]:
        """A connection that only reads, and waits for no writer."""
        async with self._connect() as connection:
            await connection.execution_options(**self._reading)
            yield connection

    @asynccontextmanager
    async def _connect(self) -> AsyncGenerator[AsyncConnection]:
        async with contextlib.AsyncExitStack() as stack:
            try:
                connection = await stack.enter_async_context(self._engine.connect())
            except OSError as error:  # asyncpg's own, where the server cannot be reached
                raise OperationalError("connect", {}, error) from error
            yield connection

    async def migrate(self) -> None:
        """Bring the tables to the newest version (`storage/migration.py` says what it raises)."""
        sqlite = self._url.startswith("sqlite")
        # A migration may take longer than any statement of the engine that everything else uses.
        engine = create_async_engine(self._url, poolclass=NullPool, **(_SQLITE if sqlite else {}))
        if sqlite:
            _prepare(engine)
        try:
            await migration.migrate(engine)
        finally:
            await engine.dispose()

    async def close(self) -> None:
        """Close every connection."""
        await self._engine.dispose()


def insert(connection: AsyncConnection, table: Table) -> Any:
    """An INSERT of the connected dialect, which can say ON CONFLICT."""
    if connection.dialect.name == "postgresql":
        return postgresql_insert(table)
    return sqlite_insert(table)


def _prepare(engine: AsyncEngine) -> None:
    event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    event.listen(engine.sync_engine, "begin", _begin_sqlite)
    event.listen(engine.sync_engine, "invalidate", _roll_back)


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver's own BEGIN is deferred, and a deferred transaction that turns to writing fails
    # at once when another writes: `_begin_sqlite` takes the write lock first instead.
    connection.isolation_level = None
    cursor = connection.cursor()
    # FULL: what is committed was written to the disk. With NORMAL a power cut may take back the
    # last seconds: an event that was acknowledged, or that a message was going to be posted.
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    if not connection.get_execution_options().get(_READS):
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _roll_back(connection: Any, _record: Any, _error: BaseException | None) -> None:
    # A connection whose statement was cancelled is closed; SQLite keeps it open, and the write lock
    # with it, as long as anybody holds a cursor of it (sqlite.org/c3ref/close.html).
    with contextlib.suppress(Exception):
        connection.rollback()
