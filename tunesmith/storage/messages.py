"""The messages table: which of our messages was posted where. Postings are messages on their way:
one is noted before it is posted, and gone once that is known to have succeeded or failed.
"""

from functools import cache
from typing import Any

from sqlalchemy import bindparam, exists, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.storage.clock import now
from tunesmith.storage.database import insert_of
from tunesmith.storage.tables import messages, postings

_KEY = bindparam("of_key", type_=messages.c.key.type)
_POSTED = select(messages.c.ts).where(messages.c.key == _KEY)
_STATE = select(_POSTED.scalar_subquery(), exists().where(postings.c.key == _KEY))
_SHOWN = select(messages.c.shown).where(messages.c.key == _KEY)
_NOW_SHOWN = update(messages).where(messages.c.key == _KEY).values(shown=bindparam("digest"))
_TAKEN_BACK = postings.delete().where(postings.c.key == _KEY)


async def begin(connection: AsyncConnection, key: str) -> None:
    """Note that the message of that key is about to be posted."""
    await connection.execute(_begun(connection.dialect.name), {"key": key})


@cache
def _begun(dialect: str) -> Any:
    return insert_of(dialect, postings).on_conflict_do_nothing(index_elements=["key"])


async def take_back(connection: AsyncConnection, key: str) -> None:
    """The message of that key was not posted."""
    await connection.execute(_TAKEN_BACK, {"of_key": key})


async def state(connection: AsyncConnection, key: str) -> tuple[str | None, bool]:
    """The `ts` of the message of that key, where it was posted; and whether it may have been, but
    nobody knows.
    """
    row = (await connection.execute(_STATE, {"of_key": key})).one()
    return row[0], row[0] is None and row[1]


async def posted(connection: AsyncConnection, key: str) -> str | None:
    """The `ts` of the message of that key, or None where it was not posted."""
    return (await connection.execute(_POSTED, {"of_key": key})).scalar_one_or_none()


async def add(connection: AsyncConnection, key: str, channel: str, ts: str) -> bool:
    """Note that the message of that key was posted.

    False where it was noted already, or where the message at that `ts` is another key's.
    """
    given = {"key": key, "channel": channel, "ts": ts}
    added = await connection.execute(_added(connection.dialect.name), given)
    if added.rowcount != 1:
        return False
    await take_back(connection, key)
    return True


@cache
def _added(dialect: str) -> Any:
    return insert_of(dialect, messages).values(created_at=now()).on_conflict_do_nothing()


async def shown(connection: AsyncConnection, key: str) -> str | None:
    """The digest of what the message of that key says since its last edit, where that is known."""
    return (await connection.execute(_SHOWN, {"of_key": key})).scalar_one_or_none()


async def show(connection: AsyncConnection, key: str, digest: str | None) -> None:
    """Note what the message of that key says now."""
    await connection.execute(_NOW_SHOWN, {"of_key": key, "digest": digest})
