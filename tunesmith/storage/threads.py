"""The threads table: the language that is spoken in each."""

from functools import cache
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.storage.clock import now
from tunesmith.storage.database import insert_of
from tunesmith.storage.tables import threads

_LOCALE = select(threads.c.locale).where(
    threads.c.channel == bindparam("of_channel"), threads.c.ts == bindparam("of_ts")
)


async def locale(connection: AsyncConnection, channel: str, ts: str) -> str | None:
    """The locale of a thread, or None where none was set."""
    return (await connection.execute(_LOCALE, {"of_channel": channel, "of_ts": ts})).scalar()


async def set_locale(connection: AsyncConnection, channel: str, ts: str, locale: str) -> None:
    """Set the locale of a thread; one that has a locale keeps it."""
    given = {"channel": channel, "ts": ts, "locale": locale}
    await connection.execute(_added(connection.dialect.name), given)


@cache
def _added(dialect: str) -> Any:
    statement = insert_of(dialect, threads).values(created_at=now())
    return statement.on_conflict_do_nothing(index_elements=["channel", "ts"])
