"""Files of our own making: attached in the thread of the file that they were made from."""

import asyncio
from pathlib import Path, PurePath
from typing import Any

from tunesmith.bot.datasets import reading
from tunesmith.bot.queue import Work
from tunesmith.handlers.dataset.tasks.check import AttachedFile, check_file, check_lane
from tunesmith.handlers.dataset.tasks.deleted import delete, was_deleted
from tunesmith.handlers.dataset.tasks.report import Outcome, tell_outcome
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.thread import ThreadRef
from tunesmith.handlers.slack.uploads import upload
from tunesmith.storage import datasets
from tunesmith.storage.datasets import Dataset


async def keep_written(context: Context, file: Path) -> str:
    """Keep a file under its SHA-256, which is given back."""
    sha256 = await asyncio.to_thread(reading.sha256, file)
    await asyncio.to_thread(file.replace, context.services.settings.files / sha256)
    return sha256


async def attach_written(
    context: Context, work: Work[Any], dataset: Dataset, *, user: str, name: str, sha256: str
) -> None:
    """Attach the kept file in the thread of the dataset that it was made from; have it checked.

    `user` asked for it. People see `name`; in Slack, the dataset's id makes it like no other in the
    thread.
    """
    ref = ThreadRef(dataset.channel, dataset.thread, user)
    content = context.services.settings.files / sha256
    unique = f"{PurePath(name).stem}-{dataset.id[:6]}.jsonl"
    file_id = await upload(context, work, ref, name=unique, content=content, title=name)
    made = AttachedFile(
        channel=dataset.channel,
        thread=dataset.thread,
        user=user,
        source=work.task.key,
        team=dataset.team,
        file=file_id or "",
        name=name,
        sha256=sha256,
    )
    async with work.finish() as connection:
        await check_file.add(connection, made, of=work.task.key, lane=check_lane(ref))


async def attach_kept(context: Context, work: Work[Any], ref: ThreadRef, ids: list[str]) -> None:
    """Attach the files of checked datasets, unless they were deleted meanwhile."""
    for dataset_id in ids:
        dataset = await context.dataset(dataset_id)
        if dataset.deleted_at is not None:
            continue
        content = context.services.settings.files / dataset.sha256
        name = f"{PurePath(dataset.name).stem}-{dataset.id[:6]}.jsonl"
        title = dataset.name
        file_id = await upload(context, work, ref, name=name, content=content, title=title)
        if file_id is None:
            continue
        async with work.step() as connection:
            await datasets.attached(connection, dataset_id, file_id)
            if await was_deleted(connection, dataset.team, file_id):
                await delete(connection, dataset, None)


async def report_on_kept(work: Work[Any], ref: ThreadRef, dataset_id: str) -> None:
    """Have a dataset of our own making reported on as an attached one is."""
    outcome = Outcome(channel=ref.channel, thread=ref.ts, user=ref.user, dataset_id=dataset_id)
    async with work.finish() as connection:
        await tell_outcome.add(connection, outcome, of=work.task.key, lane=ref.lane)
