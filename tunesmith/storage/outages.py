"""The outages table: providers that can't be asked just now."""

from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.storage.clock import now
from tunesmith.storage.database import insert
from tunesmith.storage.tables import outages


@dataclass(frozen=True, slots=True)
class Outage:
    """`said` is why, as a stored message; times are seconds since 1970 UTC."""

    provider: str
    since: float
    said: str
    told: bool


async def note(connection: AsyncConnection, provider: str, said: str) -> None:
    """Write down that a provider can't be asked; its beginning stays as it is."""
    statement = insert(connection, outages).values(provider=provider, since=now(), said=said)
    await connection.execute(
        statement.on_conflict_do_update(index_elements=["provider"], set_={"said": said})
    )


async def get(connection: AsyncConnection, provider: str) -> Outage | None:
    """The provider's outage, or None."""
    found = await connection.execute(select(outages).where(outages.c.provider == provider))
    row = found.mappings().one_or_none()
    return Outage(**row) if row else None


async def tell(connection: AsyncConnection, provider: str, older_than: float) -> bool:
    """Note that people are told of an outage of that age; False where they were, or it is none."""
    result = await connection.execute(
        update(outages)
        .where(
            outages.c.provider == provider,
            outages.c.told.is_(False),
            outages.c.since <= now() - older_than,
        )
        .values(told=True)
    )
    return result.rowcount == 1


async def end(connection: AsyncConnection, provider: str) -> bool:
    """The provider answers again. False where that is known."""
    result = await connection.execute(outages.delete().where(outages.c.provider == provider))
    return result.rowcount == 1
