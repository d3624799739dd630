"""The reactions table: which reactions of ours are, or may be, on which message."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.storage.database import insert
from tunesmith.storage.tables import reactions


async def of_message(connection: AsyncConnection, channel: str, ts: str) -> set[str]:
    """The names of our reactions on a message."""
    found = select(reactions.c.name).where(reactions.c.channel == channel, reactions.c.ts == ts)
    return set((await connection.execute(found)).scalars())


async def add(connection: AsyncConnection, channel: str, ts: str, name: str) -> None:
    """Note that a reaction is about to be added."""
    statement = insert(connection, reactions).values(channel=channel, ts=ts, name=name)
    await connection.execute(statement.on_conflict_do_nothing())


async def remove(connection: AsyncConnection, channel: str, ts: str, name: str) -> None:
    """Note that a reaction is gone."""
    gone = reactions.delete().where(
        reactions.c.channel == channel, reactions.c.ts == ts, reactions.c.name == name
    )
    await connection.execute(gone)
