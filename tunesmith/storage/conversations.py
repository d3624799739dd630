"""The conversations table: in which threads somebody talks with a model, without a mention."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.storage.clock import now
from tunesmith.storage.database import insert_of
from tunesmith.storage.tables import conversations

_THREAD = (
    conversations.c.channel == bindparam("of_channel"),
    conversations.c.thread == bindparam("of_thread"),
)


@dataclass(frozen=True, slots=True)
class Conversation:
    """What somebody asks in a thread since the message `since`; `key` is that of the first
    question's task. A thread has one at a time.
    """

    channel: str
    thread: str
    asked_by: str
    key: str
    since: float


_GET = select(
    *(conversations.c[name] for name in Conversation.__dataclass_fields__),
).where(*_THREAD)
_END = conversations.delete().where(*_THREAD)


async def get(connection: AsyncConnection, channel: str, thread: str) -> Conversation | None:
    """The conversation of a thread."""
    given = {"of_channel": channel, "of_thread": thread}
    row = (await connection.execute(_GET, given)).mappings().first()
    return Conversation(**row) if row else None


async def begin(connection: AsyncConnection, begun: Conversation) -> None:
    """Begin a conversation; it takes the place of one that began in this thread before.

    One that began later stays: a message may be delivered a second time.
    """
    given = {name: getattr(begun, name) for name in Conversation.__dataclass_fields__}
    await connection.execute(_begun(connection.dialect.name), given)


@cache
def _begun(dialect: str) -> Any:
    statement = insert_of(dialect, conversations).values(created_at=now())
    return statement.on_conflict_do_update(
        index_elements=["channel", "thread"],
        set_={name: statement.excluded[name] for name in ("asked_by", "key", "since")},
        where=conversations.c.since < statement.excluded.since,
    )


async def end(connection: AsyncConnection, channel: str, thread: str) -> None:
    """End the conversation of a thread."""
    await connection.execute(_END, {"of_channel": channel, "of_thread": thread})
