"""PostgreSQL, by a pool of connections."""

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from sqlalchemy import URL, NullPool
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

# A statement takes milliseconds: the server ends one that takes so long, and the connection is
# given up where the server does not say so either.
_STATEMENT_SECONDS, _SILENCE_SECONDS = 30, 60
_OPTIONS: dict[str, Any] = {
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


class Postgresql:
    """A database on a PostgreSQL server."""

    def __init__(self, url: URL) -> None:
        self._url = url
        self._engine = create_async_engine(url, **_OPTIONS)

    def engine(self) -> AsyncEngine:
        """An engine without a pool, whose statements may take as long as they need."""
        return create_async_engine(self._url, poolclass=NullPool)

    @asynccontextmanager
    async def write(self) -> AsyncGenerator[AsyncConnection]:
        """A transaction."""
        async with self._connect() as connection, connection.begin():
            yield connection

    @asynccontextmanager
    async def read(self) -> AsyncGenerator[AsyncConnection]:
        """A connection without transactions: each statement sees what is committed by then."""
        async with self._connect() as connection:
            yield await connection.execution_options(isolation_level="AUTOCOMMIT")

    @asynccontextmanager
    async def _connect(self) -> AsyncGenerator[AsyncConnection]:
        async with AsyncExitStack() as stack:
            try:
                connection = await stack.enter_async_context(self._engine.connect())
            except OSError as error:  # asyncpg's own, where the server cannot be reached
                raise OperationalError("connect", {}, error) from error
            yield connection

    async def reach_disk(self) -> None:
        """Nothing to wait for: the server has, with its default `synchronous_commit`."""

    async def close(self) -> None:
        """Close every connection."""
        await self._engine.dispose()
