"""The file_stores table: which files folder belongs with this database."""

from sqlalchemy import delete, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.storage.clock import now
from tunesmith.storage.tables import file_stores


async def lock(connection: AsyncConnection) -> None:
    """Let nobody else read or write the table with this lock until the transaction ends."""
    if connection.dialect.name == "postgresql":  # SQLite's writers are alone anyhow
        await connection.execute(text("LOCK TABLE file_stores IN EXCLUSIVE MODE"))


async def token(connection: AsyncConnection) -> str | None:
    """What the folder's token file holds, or None where no folder was ever used."""
    return (await connection.execute(select(file_stores.c.token))).scalar_one_or_none()


async def set_token(connection: AsyncConnection, new: str) -> None:
    """Let the folder of that token be the one."""
    await connection.execute(delete(file_stores))
    await connection.execute(file_stores.insert().values(token=new, created_at=now()))
