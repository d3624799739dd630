"""The budgets table: a row for each team that is locked while a job of the team is reserved."""

from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.storage.database import insert
from tunesmith.storage.tables import budgets


async def lock(connection: AsyncConnection, team: str) -> None:
    """Hold the team's row until the transaction ends; whoever else wants it waits.

    Statements after this one see what earlier holders committed.
    """
    statement = insert(connection, budgets).values(team=team)
    await connection.execute(
        statement.on_conflict_do_update(index_elements=["team"], set_={"team": team})
    )
