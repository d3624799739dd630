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
    valid = await _keep(services, folder, "valid", source)
    train = await _keep(services, folder, "train", source, valid.id)
    return train, valid


async def _keep(
    services: Services,
    folder: Path,
    side: Side,
    source: Source,
    validation_id: str | None = None,
) -> Dataset:
    path, files = folder / f"{side}.jsonl", services.settings.files
    name = f"{Path(source.name).stem}-{path.name}"
    dataset_id = source.id_of(side)
    # Only the file to train on is reported on.
    listed = findings_path(files, dataset_id) if validation_id else None
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
