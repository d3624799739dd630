"""The messages table: which of our messages was posted where. Postings are messages on their way:
one is noted before it is posted, and gone once that is known to have succeeded or failed.
"""

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.storage.clock import now
from tunesmith.storage.database import insert
from tunesmith.storage.tables import messages, postings


async def begin(connection: AsyncConnection, key: str) -> None:
    """Note that the message of that key is about to be posted."""
    statement = insert(connection, postings).values(key=key)
    await connection.execute(statement.on_conflict_do_nothing(index_elements=["key"]))


async def take_back(connection: AsyncConnection, key: str) -> None:
    """The message of that key was not posted."""
    await connection.execute(postings.delete().where(postings.c.key == key))


async def begun(connection: AsyncConnection, key: str) -> bool:
    """Whether the message of that key may have been posted, but nobody knows."""
    found = select(postings.c.key).where(postings.c.key == key)
    return (await connection.execute(found)).first() is not None


async def posted(connection: AsyncConnection, key: str) -> str | None:
    """The `ts` of the message of that key, or None where it was not posted."""
    return (
        await connection.execute(select(messages.c.ts).where(messages.c.key == key))
    ).scalar_one_or_none()


async def add(connection: AsyncConnection, key: str, channel: str, ts: str) -> bool:
    """Note that the message of that key was posted.

    False where it was noted already, or where the message at that `ts` is another key's.
    """
    statement = insert(connection, messages).values(
        key=key, channel=channel, ts=ts, created_at=now()
    )
    added = await connection.execute(statement.on_conflict_do_nothing())
    if added.rowcount != 1:
        return False
    await take_back(connection, key)
    return True


async def shown(connection: AsyncConnection, key: str) -> str | None:
    """The digest of what the message of that key says since its last edit, where that is known."""
    found = select(messages.c.shown).where(messages.c.key == key)
    return (await connection.execute(found)).scalar_one_or_none()


async def show(connection: AsyncConnection, key: str, digest: str | None) -> None:
    """Note what the message of that key says now."""
    await connection.execute(update(messages).where(messages.c.key == key).values(shown=digest))
