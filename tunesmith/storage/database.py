"""The connection to SQLite or PostgreSQL, and its transactions."""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import Table, make_url
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.storage import migration
from tunesmith.storage.postgresql import Postgresql
from tunesmith.storage.sqlite import Sqlite


class Database:
    """The bot's database. `url` is SQLAlchemy's: of SQLite, whatever driver it names, or
    `postgresql+asyncpg://…`.
    """

    def __init__(self, url: str) -> None:
        self._after_commit: list[Callable[[], None]] = []
        address = make_url(url)
        sqlite = address.get_backend_name() == "sqlite"
        self._server = Sqlite(address) if sqlite else Postgresql(address)

    def after_commit(self, callback: Callable[[], None]) -> None:
        """Call `callback` after each transaction that `write` commits."""
        self._after_commit.append(callback)

    @asynccontextmanager
    async def write(
        self, *, wake: bool = True, durable: bool = True
    ) -> AsyncGenerator[AsyncConnection]:
        """A transaction that is committed at the end of the block, or rolled back if it raises.

        Where the disk fails after the commit, that is an error too, though others may see what was
        written.

        `wake` tells the listeners of `after_commit`, who look for new tasks. One that is not
        `durable` may be lost with the machine's power (never with this process), and only where no
        durable one was committed after it: for what means nothing once the machine stands still. On
        PostgreSQL, whose server may stand still alone, all are durable.
        """
        async with self._server.write() as connection:
            yield connection
        # Others may begin with what was committed before it is on the disk: whatever they make
        # durable comes after it in the log, and so makes it durable too.
        if wake:
            for callback in self._after_commit:
                callback()
        if durable:
            await self._server.reach_disk()

    @asynccontextmanager
    async def read(self) -> AsyncGenerator[AsyncConnection]:
        """A connection that only reads, and waits for no writer."""
        async with self._server.read() as connection:
            yield connection

    async def migrate(self) -> None:
        """Bring the tables to the newest version (`storage/migration.py` says what it raises)."""
        engine = self._server.engine()
        try:
            await migration.migrate(engine)
        finally:
            await engine.dispose()

    async def close(self) -> None:
        """Close every connection."""
        await self._server.close()


def insert(connection: AsyncConnection, table: Table) -> Any:
    """An INSERT of the connected dialect, which can say ON CONFLICT."""
    return insert_of(connection.dialect.name, table)


def insert_of(dialect: str, table: Table) -> Any:
    """An INSERT of that dialect: for statements that are built once, because they are executed many
    times a second and building one costs as much as executing it.
    """
    return postgresql_insert(table) if dialect == "postgresql" else sqlite_insert(table)
