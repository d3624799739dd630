"""SQLite on the event loop's own thread, and one fsync for all who wait for the disk.

A statement takes some ten microseconds, and to hand it to another thread and back ten times that:
statements run where they are called. What may take longer does not hold the loop up: another
process's lock is looked for again and again, and the disk is waited for in a thread.
"""

import asyncio
import os
import sqlite3
import time
from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager, closing, suppress
from typing import Any

from sqlalchemy import URL, Connection, NullPool, event
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.util.concurrency import await_only

BUSY_SECONDS = 30.0
"""How long a statement waits for another process."""
_LOOK_AGAIN_SECONDS = 0.01
_READS = "tunesmith_reads"
_CHECKPOINT_COMMITS = 250  # some five pages each; SQLite's own default is every 1,000 pages


class Dialect(SQLiteDialect_pysqlite):
    """SQLAlchemy's SQLite with Python's driver, for an AsyncEngine."""

    driver = "tunesmith"
    is_async = True
    supports_statement_cache = True


registry.register("sqlite.tunesmith", __name__, "Dialect")


class _Connection(sqlite3.Connection):
    """A connection whose statements wait for other processes without holding the loop up."""

    def cursor(self, factory: Any = None) -> sqlite3.Cursor:
        """A cursor of ours."""
        return super().cursor(factory or _Cursor)


class _Cursor(sqlite3.Cursor):
    def execute(self, sql: str, parameters: Any = (), /) -> "_Cursor":
        # SQLAlchemy takes a driver that never awaits for one that holds the loop up.
        await_only(_at_once())
        until = time.monotonic() + BUSY_SECONDS
        while True:
            try:
                return super().execute(sql, parameters)
            except sqlite3.OperationalError as error:
                # The lower byte is the result code that an extended one belongs to.
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                    raise
            await_only(asyncio.sleep(_LOOK_AGAIN_SECONDS))

    def executemany(self, sql: str, parameters: Iterable[Any], /) -> "_Cursor":
        await_only(_at_once())
        return super().executemany(sql, parameters)

    async def _async_soft_close(self) -> None:
        """SQLAlchemy calls it for every result that is read at once."""


async def _at_once() -> None:
    pass


class _Disk:
    """Brings to the disk what was committed to a database.

    With `synchronous = NORMAL` in WAL mode, SQLite itself waits for the disk at checkpoints only
    (sqlite.org/pragma.html#pragma_synchronous): a power cut may take the last commits back, though
    never one without all that came after it. `sync` makes a commit last, as `FULL` would, but one
    fsync serves all that were made before it began, and no writer waits for another's.
    """

    def __init__(self) -> None:
        self._path = ""
        self._running: asyncio.Task[None] | None = None
        self._next: asyncio.Task[None] | None = None
        self._commits = 0
        self._distrusted = False

    def prepare(self, connection: sqlite3.Connection, _record: object) -> None:
        """Set a new connection up, inside of a greenlet of SQLAlchemy's."""
        connection.isolation_level = None  # transactions are begun by us
        with closing(connection.cursor()) as cursor:
            (mode,) = cursor.execute("PRAGMA journal_mode = WAL").fetchone()
            # Some file systems have no WAL mode: there, each commit waits for the disk itself.
            for pragma in (
                f"synchronous = {'NORMAL' if mode == 'wal' else 'FULL'}",
                "wal_autocheckpoint = 0",  # a checkpoint waits for the disk
                "foreign_keys = ON",
            ):
                cursor.execute(f"PRAGMA {pragma}")
            if mode == "wal":
                self._path = cursor.execute("PRAGMA database_list").fetchone()[2]

    async def sync(self) -> None:
        """Wait until all that was committed by now is on the disk. Raises OSError or sqlite3.Error
        where it may not be.
        """
        if not self._path:
            return
        self._commits += 1
        if self._next is None:
            self._next = asyncio.create_task(self._sync_after(self._running))
        await asyncio.shield(self._next)

    async def rest(self) -> None:
        """Wait until nothing is being brought to the disk any more."""
        tasks = [task for task in (self._running, self._next) if task is not None]
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _sync_after(self, before: "asyncio.Task[None] | None") -> None:
        if before is not None:
            await asyncio.wait([before])
        # What is committed from here on may be missed: it waits for the next one.
        self._running, self._next = self._next, None
        if self._distrusted:
            # After an fsync that failed, the next one may say that it wrote what it did not
            # (wiki.postgresql.org/wiki/Fsync_Errors): all is written once more, to the main file.
            await asyncio.to_thread(self._checkpoint, "RESTART")
        self._distrusted = True
        # SQLite locks neither this file nor its parts, so closing it here takes no lock away.
        log = os.open(f"{self._path}-wal", os.O_RDWR)
        try:
            # Nothing but the fsync itself runs in the thread: its Python would wait for the loop's.
            await asyncio.get_running_loop().run_in_executor(None, os.fsync, log)
        finally:
            os.close(log)
        self._distrusted = False
        if self._commits >= _CHECKPOINT_COMMITS:
            self._commits = 0
            await asyncio.to_thread(self._checkpoint, "PASSIVE")

    def _checkpoint(self, mode: str) -> None:
        """Write the log into the main file. Raises where that is incomplete and `mode` RESTART."""
        with closing(sqlite3.connect(self._path, timeout=BUSY_SECONDS)) as connection:
            busy, _, _ = connection.execute(f"PRAGMA wal_checkpoint({mode})").fetchone()
        if busy and mode == "RESTART":
            raise OSError("the log could not be written into the main file")


class _Kept:
    """A connection that stays open: fetching one from a pool costs more than a statement."""

    def __init__(self, engine: AsyncEngine, **options: Any) -> None:
        self._engine = engine
        self._options = options
        self._opening = asyncio.Lock()
        self._connection: AsyncConnection | None = None

    async def get(self) -> AsyncConnection:
        """The connection, opened anew where it broke off."""
        async with self._opening:
            if self._connection is not None and self._connection.invalidated:
                await self.close()
            if self._connection is None:
                connection = await self._engine.connect()
                self._connection = await connection.execution_options(**self._options)
        return self._connection

    async def close(self) -> None:
        """Close it where it is open."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()


class Sqlite:
    """An SQLite file: one connection that writes, and one that all who read share.

    SQLite has one writer, and who finds the file busy has to look again: within this process there
    is a line, in which the next one goes on at once.
    """

    def __init__(self, url: URL) -> None:
        self._url = url.set(drivername=f"sqlite+{Dialect.driver}")
        self._disk = _Disk()
        engine = self.engine()
        self._writer, self._reader = _Kept(engine), _Kept(engine, **{_READS: True})
        self._line = asyncio.Lock()

    def engine(self) -> AsyncEngine:
        """An engine without a pool."""
        # No waiting inside of SQLite, which would hold the loop up.
        arguments = {"timeout": 0, "factory": _Connection}
        engine = create_async_engine(self._url, poolclass=NullPool, connect_args=arguments)
        event.listen(engine.sync_engine, "connect", self._disk.prepare)
        event.listen(engine.sync_engine, "begin", _begin)
        event.listen(engine.sync_engine, "invalidate", _roll_back)
        return engine

    @asynccontextmanager
    async def write(self) -> AsyncGenerator[AsyncConnection]:
        """A transaction that is alone from its beginning."""
        async with self._line:
            connection = await self._writer.get()
            try:
                async with connection.begin():
                    yield connection
            finally:
                if connection.in_transaction():  # even the rollback failed
                    await self._writer.close()

    @asynccontextmanager
    async def read(self) -> AsyncGenerator[AsyncConnection]:
        """A connection without transactions: each statement sees what is committed by then."""
        yield await self._reader.get()

    async def reach_disk(self) -> None:
        """Wait until all that was committed by now is on the disk."""
        try:
            await self._disk.sync()
        except (OSError, sqlite3.Error) as error:
            raise OperationalError("fsync", {}, error) from error

    async def close(self) -> None:
        """Close both connections."""
        await self._disk.rest()
        for kept in (self._writer, self._reader):
            await kept.close()


def _begin(connection: Connection) -> None:
    # A deferred transaction that turns to writing fails at once when another writes: the write
    # lock is taken first.
    if not connection.get_execution_options().get(_READS):
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _roll_back(connection: Any, _record: Any, _error: BaseException | None) -> None:
    # A connection whose statement was cancelled is closed; SQLite keeps it open, and the write lock
    # with it, as long as anybody holds a cursor of it (sqlite.org/c3ref/close.html).
    with suppress(Exception):
        connection.rollback()
