"""The files in Slack that datasets and schemas were made from, or are kept as."""

from sqlalchemy import select, union
from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.storage.tables import datasets, schemas


async def kept(connection: AsyncConnection, team: str, after: str, most: int) -> list[str]:
    """The ids of a team's files that were not deleted here, in order: `most` of them, from the one
    behind `after` on.
    """
    parts = [
        select(table.c.file_id).where(
            table.c.team == team, table.c.file_id > after, table.c.deleted_at.is_(None)
        )
        for table in (datasets, schemas)
    ]
    found = union(*parts).subquery()
    statement = select(found.c.file_id).order_by(found.c.file_id).limit(most)
    return list((await connection.execute(statement)).scalars())
