"""The schemas table: DDL files that were attached and read.

One that was attached before there was this table has no row, and is kept as long as it is there.
"""

from dataclasses import asdict, dataclass

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.storage.clock import now
from tunesmith.storage.database import insert
from tunesmith.storage.tables import schemas


@dataclass(frozen=True, slots=True)
class AttachedSchema:
    """A DDL file. The columns are as those of a `Dataset`."""

    id: str
    team: str
    channel: str
    thread: str
    file_id: str
    name: str
    sha256: str
    created_by: str
    deleted_at: float | None = None


_columns = [schemas.c[name] for name in AttachedSchema.__dataclass_fields__]
_IS_KEPT = schemas.c.deleted_at.is_(None)


async def add(connection: AsyncConnection, schema: AttachedSchema) -> None:
    """Write a schema; one that is known stays as it is."""
    statement = insert(connection, schemas).on_conflict_do_nothing()
    await connection.execute(statement.values(**asdict(schema), created_at=now()))


async def get(connection: AsyncConnection, schema_id: str) -> AttachedSchema | None:
    """The schema of that id, or None."""
    found = select(*_columns).where(schemas.c.id == schema_id)
    row = (await connection.execute(found)).mappings().one_or_none()
    return AttachedSchema(**row) if row else None


async def of_file(
    connection: AsyncConnection, team: str, file_id: str, **match: str
) -> list[AttachedSchema]:
    """The schemas of a file in Slack that were not deleted, whose columns equal `match`."""
    statement = select(*_columns).filter_by(team=team, file_id=file_id, **match).where(_IS_KEPT)
    return [AttachedSchema(**row) for row in (await connection.execute(statement)).mappings()]


async def named(
    connection: AsyncConnection, team: str, channel: str, name: str
) -> AttachedSchema | None:
    """A channel's newest schema that was not deleted and has that name, or else that id."""
    here = select(*_columns).filter_by(team=team, channel=channel).where(_IS_KEPT)
    newest = here.order_by(schemas.c.created_at.desc()).limit(1)
    for is_it in (schemas.c.name == name, schemas.c.id == name):
        if row := (await connection.execute(newest.where(is_it))).mappings().one_or_none():
            return AttachedSchema(**row)
    return None


async def with_bytes(connection: AsyncConnection, sha256: str) -> list[AttachedSchema]:
    """All schemas of these bytes, in any channel, deleted ones too."""
    statement = select(*_columns).where(schemas.c.sha256 == sha256)
    return [AttachedSchema(**row) for row in (await connection.execute(statement)).mappings()]


async def delete(connection: AsyncConnection, schema_id: str) -> bool:
    """Let nothing new be made of a schema. False where it was so before."""
    statement = update(schemas).where(schemas.c.id == schema_id, _IS_KEPT)
    return (await connection.execute(statement.values(deleted_at=now()))).rowcount == 1
