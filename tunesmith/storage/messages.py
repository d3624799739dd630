"""The messages table: which of our messages was posted where. Postings are messages on their way:
one is noted before it is posted, and gone once that is known to have succeeded or failed.
"""

from sqlalchemy import exists, select, update
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


async def state(connection: AsyncConnection, key: str) -> tuple[str | None, bool]:
    """The `ts` of the message of that key, where it was posted; and whether it may have been, but
    nobody knows.
    """
    ts = select(messages.c.ts).where(messages.c.key == key).scalar_subquery()
    begun = exists().where(postings.c.key == key)
    row = (await connection.execute(select(ts, begun))).one()
    return row[0], row[0] is None and row[1]


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
