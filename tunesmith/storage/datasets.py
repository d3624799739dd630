"""The datasets table: training files that were attached and checked."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import bindparam, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.storage.clock import now
from tunesmith.storage.tables import datasets


class DatasetStatus(StrEnum):
    """What the check of a training file came to."""

    VALID = "valid"
    INVALID = "invalid"


@dataclass(frozen=True, slots=True)
class Dataset:
    """A checked training file: where it was attached, and what the check said.

    `channel` and `thread` are where its messages go, `file_id` is the workspace's name for the
    file, `report` the check's result as JSON; `schema_sha256` names the DDL file that it was made
    from, `validation_id` the dataset that was set aside from it.
    """

    id: str
    team: str
    channel: str
    thread: str
    file_id: str
    name: str
    sha256: str
    report: dict[str, Any]
    created_by: str
    schema_sha256: str | None = None
    validation_id: str | None = None

    @property
    def status(self) -> DatasetStatus:
        """Whether it can be trained on."""
        return DatasetStatus.VALID if self.report["valid"] else DatasetStatus.INVALID


_columns = [datasets.c[name] for name in Dataset.__dataclass_fields__]
_ADD = datasets.insert().values(created_at=now())
_GET = select(*_columns).where(datasets.c.id == bindparam("of_id"))


async def add(connection: AsyncConnection, dataset: Dataset) -> None:
    """Write a dataset."""
    # Not asdict, which copies all of the report.
    values = {name: getattr(dataset, name) for name in Dataset.__dataclass_fields__}
    await connection.execute(_ADD, values)


async def get(connection: AsyncConnection, dataset_id: str) -> Dataset | None:
    """The dataset of that id, or None."""
    row = (await connection.execute(_GET, {"of_id": dataset_id})).mappings().one_or_none()
    return Dataset(**row) if row else None


async def name_of(connection: AsyncConnection, dataset_id: str) -> str:
    """The name of a dataset's file; empty where it is not known."""
    statement = select(datasets.c.name).where(datasets.c.id == dataset_id)
    return (await connection.execute(statement)).scalar() or ""


async def in_channel(
    connection: AsyncConnection, team: str, channel: str, most: int = 20
) -> list[Dataset]:
    """The datasets of a channel, newest first."""
    statement = (
        select(*_columns)
        .where(datasets.c.team == team, datasets.c.channel == channel)
        .order_by(datasets.c.created_at.desc())
        .limit(most)
    )
    return [Dataset(**row) for row in (await connection.execute(statement)).mappings()]


async def first_copy(connection: AsyncConnection, dataset: Dataset) -> Dataset | None:
    """The first dataset with the same bytes in the same channel, attached earlier."""
    own = select(datasets.c.created_at).where(datasets.c.id == dataset.id).scalar_subquery()
    statement = (
        select(*_columns)
        .where(
            datasets.c.team == dataset.team,
            datasets.c.channel == dataset.channel,
            datasets.c.sha256 == dataset.sha256,
            tuple_(datasets.c.created_at, datasets.c.id) < tuple_(own, dataset.id),
        )
        .order_by(datasets.c.created_at, datasets.c.id)
        .limit(1)
    )
    row = (await connection.execute(statement)).mappings().one_or_none()
    return Dataset(**row) if row else None
