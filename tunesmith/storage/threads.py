"""The threads table: the language that is spoken in each."""

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.storage.clock import now
from tunesmith.storage.database import insert
from tunesmith.storage.tables import threads

_LOCALE = select(threads.c.locale).where(
    threads.c.channel == bindparam("of_channel"), threads.c.ts == bindparam("of_ts")
)


async def locale(connection: AsyncConnection, channel: str, ts: str) -> str | None:
    """The locale of a thread, or None where none was set."""
    return (await connection.execute(_LOCALE, {"of_channel": channel, "of_ts": ts})).scalar()


async def set_locale(connection: AsyncConnection, channel: str, ts: str, locale: str) -> None:
    """Set the locale of a thread; one that has a locale keeps it."""
    statement = insert(connection, threads).values(
        channel=channel, ts=ts, locale=locale, created_at=now()
    )
    await connection.execute(statement.on_conflict_do_nothing(index_elements=["channel", "ts"]))
