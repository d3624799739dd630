"""The datasets table: training files that were attached and checked."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import bindparam, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.storage.clock import now
from tunesmith.storage.tables import datasets, jobs, row_losses


class DatasetStatus(StrEnum):
    """What the check of a training file came to."""

    VALID = "valid"
    INVALID = "invalid"


@dataclass(frozen=True, slots=True)
class Dataset:
    """A checked training file: where it was attached, and what the check said.

    `channel` and `thread` are where its messages go, `file_id` is the workspace's name for the
    file, `report` the check's result as JSON; `schema_sha256` names the DDL file that it was made
    from, `validation_id` the dataset that was set aside from it, `corrected_from` the one that it
    was made from with people's corrections. Since `deleted_at` nothing new is done with it.
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
    deleted_at: float | None = None
    corrected_from: str | None = None

    @property
    def status(self) -> DatasetStatus:
        """Whether it can be trained on."""
        return DatasetStatus.VALID if self.report["valid"] else DatasetStatus.INVALID


_columns = [datasets.c[name] for name in Dataset.__dataclass_fields__]
_IS_KEPT = datasets.c.deleted_at.is_(None)
_ADD = datasets.insert().values(created_at=now())
_GET = select(*_columns).where(datasets.c.id == bindparam("of_id"))


async def add(connection: AsyncConnection, dataset: Dataset) -> None:
    """Write a dataset."""
    # Not asdict, which copies all of the report.
    values = {name: getattr(dataset, name) for name in Dataset.__dataclass_fields__}
    await connection.execute(_ADD, values)


async def get(
    connection: AsyncConnection, dataset_id: str, *, lock: bool = False
) -> Dataset | None:
    """The dataset of that id, or None. With `lock` it stays as it is until the transaction ends."""
    statement = _GET.with_for_update() if lock else _GET
    row = (await connection.execute(statement, {"of_id": dataset_id})).mappings().one_or_none()
    return Dataset(**row) if row else None


async def name_of(connection: AsyncConnection, dataset_id: str) -> str:
    """The name of a dataset's file; empty where it is not known."""
    statement = select(datasets.c.name).where(datasets.c.id == dataset_id)
    return (await connection.execute(statement)).scalar() or ""


async def in_channel(
    connection: AsyncConnection, team: str, channel: str, most: int = 20
) -> list[Dataset]:
    """The datasets of a channel that were not deleted, newest first."""
    statement = (
        select(*_columns)
        .where(datasets.c.team == team, datasets.c.channel == channel, _IS_KEPT)
        .order_by(datasets.c.created_at.desc())
        .limit(most)
    )
    return [Dataset(**row) for row in (await connection.execute(statement)).mappings()]


async def first_copy(connection: AsyncConnection, dataset: Dataset) -> Dataset | None:
    """The first dataset with the same bytes in the same channel, attached earlier and kept."""
    own = select(datasets.c.created_at).where(datasets.c.id == dataset.id).scalar_subquery()
    statement = (
        select(*_columns)
        .where(
            datasets.c.team == dataset.team,
            datasets.c.channel == dataset.channel,
            datasets.c.sha256 == dataset.sha256,
            _IS_KEPT,
            tuple_(datasets.c.created_at, datasets.c.id) < tuple_(own, dataset.id),
        )
        .order_by(datasets.c.created_at, datasets.c.id)
        .limit(1)
    )
    row = (await connection.execute(statement)).mappings().one_or_none()
    return Dataset(**row) if row else None


async def of_file(
    connection: AsyncConnection, team: str, file_id: str, **match: str
) -> list[Dataset]:
    """The datasets of a file in Slack that were not deleted, whose columns equal `match`."""
    statement = select(*_columns).filter_by(team=team, file_id=file_id, **match).where(_IS_KEPT)
    return [Dataset(**row) for row in (await connection.execute(statement)).mappings()]


async def with_bytes(connection: AsyncConnection, sha256: str) -> list[str]:
    """The ids of all datasets with these bytes, in any channel, deleted ones too."""
    statement = select(datasets.c.id).where(datasets.c.sha256 == sha256)
    return list((await connection.execute(statement)).scalars())


async def is_kept(connection: AsyncConnection, sha256: str) -> bool:
    """Whether a dataset that was not deleted has these bytes, or was made from that schema."""
    uses = or_(datasets.c.sha256 == sha256, datasets.c.schema_sha256 == sha256)
    statement = select(datasets.c.id).where(uses, _IS_KEPT).limit(1)
    return (await connection.execute(statement)).scalar() is not None


async def made_from(connection: AsyncConnection, schema_sha256: str, team: str) -> list[str]:
    """The names of a team's datasets that were made from a schema and not deleted."""
    made = select(datasets.c.name).where(
        datasets.c.schema_sha256 == schema_sha256, datasets.c.team == team, _IS_KEPT
    )
    return list((await connection.execute(made.order_by(datasets.c.created_at))).scalars())


async def attached(connection: AsyncConnection, dataset_id: str, file_id: str) -> None:
    """Note the id in Slack of a dataset's file, which the bot has attached itself."""
    statement = update(datasets).where(datasets.c.id == dataset_id)
    await connection.execute(statement.values(file_id=file_id))


async def delete(connection: AsyncConnection, dataset_id: str) -> bool:
    """Let nothing new be done with a dataset. False where it was so before."""
    statement = update(datasets).where(datasets.c.id == dataset_id, _IS_KEPT)
    return (await connection.execute(statement.values(deleted_at=now()))).rowcount == 1


async def forget_contents(connection: AsyncConnection, dataset: Dataset) -> None:
    """Drop what its report and its jobs' rows quote of the file; figures and the system prompt
    stay.
    """
    report: dict[str, Any] = {**dataset.report, "findings": [], "conversion": None}
    statement = update(datasets).where(datasets.c.id == dataset.id)
    await connection.execute(statement.values(report=report))
    on_it = select(jobs.c.id).where(jobs.c.dataset_id == dataset.id)
    await connection.execute(row_losses.delete().where(row_losses.c.job_id.in_(on_it)))


async def named(
    connection: AsyncConnection, team: str, channel: str, name: str, most: int = 20
) -> list[Dataset]:
    """The datasets of a channel that were not deleted and have that name, newest first; where there
    are none, those whose id begins so.
    """
    here = select(*_columns).where(datasets.c.team == team, datasets.c.channel == channel, _IS_KEPT)
    newest = here.order_by(datasets.c.created_at.desc()).limit(most)
    for is_it in (
        datasets.c.name == name,
        datasets.c.id.startswith(name.lower(), autoescape=True),
    ):
        if found := (await connection.execute(newest.where(is_it))).mappings().all():
            return [Dataset(**row) for row in found]
    return []
