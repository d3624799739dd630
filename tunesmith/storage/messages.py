"""The messages table: which of our messages was posted where."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.storage.clock import now
from tunesmith.storage.database import insert
from tunesmith.storage.tables import messages


async def posted(connection: AsyncConnection, key: str) -> str | None:
    """The `ts` of the message of that key, or None where it was not posted."""
    return (
        await connection.execute(select(messages.c.ts).where(messages.c.key == key))
    ).scalar_one_or_none()


async def add(connection: AsyncConnection, key: str, channel: str, ts: str) -> None:
    """Note that the message of that key was posted."""
    statement = insert(connection, messages).values(
        key=key, channel=channel, ts=ts, created_at=now()
    )
    await connection.execute(statement.on_conflict_do_nothing(index_elements=["key"]))


async def known(connection: AsyncConnection, channel: str, ts: str) -> bool:
    """Whether a message of that `ts` was noted."""
    found = select(messages.c.key).where(messages.c.channel == channel, messages.c.ts == ts)
    return (await connection.execute(found.limit(1))).first() is not None
