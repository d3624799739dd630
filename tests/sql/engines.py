"""What PostgreSQL itself says of a statement."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

Plan = Callable[[str], Awaitable[str | None]]


@asynccontextmanager
async def postgresql(url: str, ddl: str) -> AsyncGenerator[Plan]:
    """The database with `ddl` in it; asked for a plan, it gives its error or None."""
    database = create_async_engine(url, isolation_level="AUTOCOMMIT")
    async with database.connect() as connection:
        for statement in ddl.split(";\n"):
            if statement.strip():
                await connection.exec_driver_sql(statement)

        async def plan(sql: str) -> str | None:
            try:
                await connection.exec_driver_sql(f"EXPLAIN {sql}")
            except DBAPIError as error:
                return str(error.orig)
            return None

        yield plan
    await database.dispose()
