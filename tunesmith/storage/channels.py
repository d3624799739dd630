"""The channels table: what was chosen for a channel."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.storage.database import insert
from tunesmith.storage.tables import channels


async def default_provider(connection: AsyncConnection, *, team: str, channel: str) -> str | None:
    """The provider, by its name in the catalogue, that a channel's form begins with; or None."""
    statement = select(channels.c.provider).filter_by(team=team, channel=channel)
    return (await connection.execute(statement)).scalar_one_or_none()


async def set_default_provider(
    connection: AsyncConnection, *, team: str, channel: str, provider: str
) -> None:
    """Let a channel's form begin with this provider."""
    statement = insert(connection, channels).values(team=team, channel=channel, provider=provider)
    place = ["team", "channel"]
    await connection.execute(
        statement.on_conflict_do_update(index_elements=place, set_={"provider": provider})
    )


async def set_default_model(
    connection: AsyncConnection, *, team: str, channel: str, ref: str | None
) -> None:
    """Let this model (`AskedModel.ref`) answer in a channel; None for its newest again."""
    statement = insert(connection, channels).values(team=team, channel=channel, default_model=ref)
    place = ["team", "channel"]
    await connection.execute(
        statement.on_conflict_do_update(index_elements=place, set_={"default_model": ref})
    )
