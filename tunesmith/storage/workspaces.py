"""The workspaces table: up to when each one's events were heard.

`heard_at` is Slack's time, in seconds: what Slack sent before it is written down, or was refused so
long ago that Slack delivers it no more.
"""

from sqlalchemy import exists, select, union, update
from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.storage.clock import now
from tunesmith.storage.database import insert
from tunesmith.storage.tables import datasets, jobs, tasks, threads, workspaces


async def heard_at(connection: AsyncConnection, team: str) -> float | None:
    """Up to when events were heard; None where the bot has never run in this workspace."""
    found = select(workspaces.c.heard_at).where(workspaces.c.team == team)
    return (await connection.execute(found)).scalar()


async def begin(connection: AsyncConnection, team: str) -> None:
    """Note that the bot runs in this workspace from now on."""
    statement = insert(connection, workspaces).values(team=team, heard_at=now())
    await connection.execute(statement.on_conflict_do_nothing(index_elements=["team"]))


async def hear(connection: AsyncConnection, team: str, until: float, unless: str) -> None:
    """Note that events were heard up to `until`, unless a task of the key `unless` is unfinished,
    or the workspace is not known yet.
    """
    pending = select(tasks.c.id).where(tasks.c.key == unless, tasks.c.done_at.is_(None))
    await connection.execute(
        update(workspaces)
        .where(workspaces.c.team == team, workspaces.c.heard_at < until, ~exists(pending))
        .values(heard_at=until)
    )


async def known_channels(connection: AsyncConnection) -> list[str]:
    """The channels in which the bot has done anything."""
    columns = (datasets.c.channel, jobs.c.channel, threads.c.channel)
    found = await connection.execute(union(*(select(column) for column in columns)))
    return list(found.scalars())
