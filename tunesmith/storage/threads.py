"""The threads table: the language that is spoken in each."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.storage.clock import now
from tunesmith.storage.database import insert
from tunesmith.storage.tables import threads


async def locale(connection: AsyncConnection, channel: str, ts: str) -> str | None:
    """The locale of a thread, or None where none was set."""
    statement = select(threads.c.locale).where(threads.c.channel == channel, threads.c.ts == ts)
    return (await connection.execute(statement)).scalar()


async def set_locale(connection: AsyncConnection, channel: str, ts: str, locale: str) -> None:
    """Set the locale of a thread; one that has a locale keeps it."""
    statement = insert(connection, threads).values(
        channel=channel, ts=ts, locale=locale, created_at=now()
    )
    await connection.execute(statement.on_conflict_do_nothing(index_elements=["channel", "ts"]))
