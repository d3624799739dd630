"""Training files of our own making: checked and kept as attached files are."""

import asyncio
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tunesmith.bot.datasets import inspect
from tunesmith.bot.services import Services
from tunesmith.storage.datasets import Dataset

Side = Literal["train", "valid"]


@dataclass(frozen=True, slots=True)
class Source:
    """What files are made from, and for whom.

    `key` names the making: another try of it gives the same datasets. `name` is the file that they
    are called after, `schema` the SHA-256 of the DDL file that they were made from; `channel`,
    `thread` and `user` are ids of Slack.
    """

    key: str
    team: str
    channel: str
    thread: str
    user: str
    name: str
    schema: str | None = None

    def id_of(self, side: Side) -> str:
        """The id of the dataset of one side."""
        return hashlib.sha256(f"{self.key}:{side}".encode()).hexdigest()[:12]


def findings_path(files: Path, dataset_id: str) -> Path:
    """Where the complete list of findings waits until it is attached."""
    return files / f"{dataset_id}.findings.jsonl"


async def keep_pair(services: Services, folder: Path, source: Source) -> tuple[Dataset, Dataset]:
    """Check and keep `train.jsonl` and `valid.jsonl` of a folder; gives the datasets of both, which
    are not written yet.
    """
    aside, rest = folder / "valid.jsonl", folder / "train.jsonl"
    valid = await keep(services, aside, source, side="valid")
    train = await keep(services, rest, source, validation_id=valid.id)
    return train, valid


async def keep(
    services: Services,
    path: Path,
    source: Source,
    *,
    side: Side = "train",
    validation_id: str | None = None,
) -> Dataset:
    """Check and keep a file; gives its dataset, which is not written yet."""
    files, dataset_id = services.settings.files, source.id_of(side)
    name = f"{Path(source.name).stem}-{path.name}"
    # Only the file to train on is reported on.
    listed = findings_path(files, dataset_id) if side == "train" else None
    report = await inspect(
        services.processes, path, name=name, selection=services.selection(), findings=listed
    )
    await asyncio.to_thread(path.replace, files / report.sha256)
    return Dataset(
        id=dataset_id,
        team=source.team,
        channel=source.channel,
        thread=source.thread,
        file_id="",
        name=name,
        sha256=report.sha256,
        report=report.model_dump(mode="json"),
        created_by=source.user,
        schema_sha256=source.schema,
        validation_id=validation_id,
    )
