"""What PostgreSQL itself says of a statement."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

Plan = Callable[[str], Awaitable[str | None]]


@asynccontextmanager
async def postgresql(folder: str, name: str, ddl: str) -> AsyncGenerator[Plan]:
    """A database of that name with `ddl` in it; asked for a plan, it gives its error or None."""
    url = "postgresql+asyncpg://postgres@/{}?host=" + folder
    server = create_async_engine(url.format("postgres"), isolation_level="AUTOCOMMIT")
    async with server.connect() as connection:
        await connection.exec_driver_sql(f"CREATE DATABASE {name}")
    await server.dispose()
    database = create_async_engine(url.format(name), isolation_level="AUTOCOMMIT")
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
