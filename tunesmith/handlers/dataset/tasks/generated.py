"""Training files of our own making: kept, attached, and reported on as attached files are."""

import asyncio
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tunesmith.bot.datasets import inspect
from tunesmith.bot.queue import Work
from tunesmith.handlers.dataset.tasks.report import Outcome, findings_list, tell_outcome
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.thread import ThreadRef
from tunesmith.handlers.slack.uploads import upload
from tunesmith.storage.datasets import Dataset


@dataclass(frozen=True, slots=True)
class Source:
    """For whom files are made, and from what.

    `name` is the file that they are called after, `schema` the SHA-256 of the DDL file that they
    were made from.
    """

    team: str
    ref: ThreadRef
    name: str
    schema: str | None = None


async def keep_pair(
    context: Context, work: Work[Any], folder: Path, source: Source
) -> tuple[Dataset, Dataset]:
    """Check and keep `train.jsonl` and `valid.jsonl` of a folder; gives the datasets of both.

    The datasets have the same ids at every try of the task.
    """
    valid = await _keep(context, work, folder / "valid.jsonl", source)
    train = await _keep(context, work, folder / "train.jsonl", source, valid.id)
    return train, valid


async def attach(context: Context, work: Work[Any], ref: ThreadRef, ids: list[str]) -> None:
    """Attach kept datasets to their thread, and have the first one reported on."""
    for dataset_id in ids:
        dataset = await context.dataset(dataset_id)
        content = context.services.settings.files / dataset.sha256
        name = f"{Path(dataset.name).stem}-{dataset.id[:6]}.jsonl"
        await upload(context, work, ref, name=name, content=content, title=dataset.name)
    outcome = Outcome(channel=ref.channel, thread=ref.ts, user=ref.user, dataset_id=ids[0])
    async with work.finish() as connection:
        await tell_outcome.add(connection, outcome, of=work.task.key, lane=ref.lane)


async def _keep(
    context: Context,
    work: Work[Any],
    path: Path,
    source: Source,
    validation_id: str | None = None,
) -> Dataset:
    name = f"{Path(source.name).stem}-{path.name}"
    dataset_id = hashlib.sha256(f"{work.task.key}:{path.stem}".encode()).hexdigest()[:12]
    # Only the file to train on is reported on.
    listed = findings_list(context, dataset_id) if validation_id else None
    services = context.services
    report = await inspect(
        services.processes, path, name=name, selection=services.selection(), findings=listed
    )
    await asyncio.to_thread(path.replace, services.settings.files / report.sha256)
    return Dataset(
        id=dataset_id,
        team=source.team,
        channel=source.ref.channel,
        thread=source.ref.ts or "",
        file_id="",
        name=name,
        sha256=report.sha256,
        report=report.model_dump(mode="json"),
        created_by=source.ref.user,
        schema_sha256=source.schema,
        validation_id=validation_id,
    )
