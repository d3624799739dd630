"""Database time: one clock for all replicas, never a machine's own."""

from typing import Any

from sqlalchemy import Float, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class now(FunctionElement[float]):  # noqa: N801 - it reads as an SQL function
    """The current time in seconds since 1970-01-01 UTC, as the database sees it."""

    type = Float()
    inherit_cache = True


@compiles(now, "sqlite")
def _sqlite_now(_element: now, _compiler: Any, **_: Any) -> str:
    return "((julianday('now') - 2440587.5) * 86400.0)"


@compiles(now, "postgresql")
def _postgresql_now(_element: now, _compiler: Any, **_: Any) -> str:
    return "CAST(EXTRACT(EPOCH FROM clock_timestamp()) AS DOUBLE PRECISION)"


_NOW = select(now())


async def read(connection: AsyncConnection) -> float:
    """The database's time, to compare the times in its rows with."""
    return (await connection.execute(_NOW)).scalar_one()
