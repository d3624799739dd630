"""Training files of our own making: kept, attached, and reported on as attached files are."""

import asyncio
import hashlib
from pathlib import Path
from typing import Any

from tunesmith.bot.datasets import inspect
from tunesmith.bot.queue import Work
from tunesmith.handlers.context import Context
from tunesmith.handlers.places import Place
from tunesmith.handlers.report import findings_list
from tunesmith.handlers.upload import upload
from tunesmith.storage import tasks
from tunesmith.storage.datasets import Dataset


async def keep_pair(
    context: Context, work: Work, folder: Path, asked: dict[str, Any], schema: str | None = None
) -> tuple[Dataset, Dataset]:
    """Check and keep `train.jsonl` and `valid.jsonl` of a folder; gives the datasets of both.

    `asked` says for whom (team, channel, thread, user) and after which file they are called
    (name); `schema` is the SHA-256 of the DDL file that they were made from. The datasets have
    the same ids at every try of the task.
    """
    valid = await _keep(context, work, folder / "valid.jsonl", asked, schema=schema)
    train = await _keep(
        context, work, folder / "train.jsonl", asked, schema=schema, validation_id=valid.id
    )
    return train, valid


async def attach(context: Context, work: Work, place: Place, ids: list[str]) -> None:
    """Attach kept datasets to their thread, and have the first one reported on."""
    for dataset_id in ids:
        dataset = await context.dataset(dataset_id)
        content = context.services.settings.files / dataset.sha256
        name = f"{Path(dataset.name).stem}-{dataset.id[:6]}.jsonl"
        await upload(context, work, place, name=name, content=content, title=dataset.name)
    async with work.finish() as connection:
        await tasks.add(
            connection,
            key=f"report:{work.task.key}",
            kind="report",
            payload={
                "channel": place.channel,
                "thread": place.thread,
                "user": place.user,
                "dataset_id": ids[0],
            },
            lane=place.lane,
        )


async def _keep(
    context: Context,
    work: Work,
    path: Path,
    asked: dict[str, Any],
    *,
    schema: str | None,
    validation_id: str | None = None,
) -> Dataset:
    name = f"{Path(asked['name']).stem}-{path.name}"
    dataset_id = hashlib.sha256(f"{work.task.key}:{path.stem}".encode()).hexdigest()[:12]
    # Only the file to train on is reported on.
    listed = findings_list(context, dataset_id) if validation_id else None
    services = context.services
    report = await inspect(
        services.processes, path, name=name, catalogue=services.catalogue, findings=listed
    )
    await asyncio.to_thread(path.replace, context.services.settings.files / report.sha256)
    return Dataset(
        id=dataset_id,
        team=asked["team"],
        channel=asked["channel"],
        thread=asked["thread"],
        file_id="",
        name=name,
        sha256=report.sha256,
        report=report.model_dump(mode="json"),
        created_by=asked["user"],
        schema_sha256=schema,
        validation_id=validation_id,
    )
