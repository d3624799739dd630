"""Set a tenth of a job's training file aside for validation, before anything is uploaded."""

import tempfile
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.bot.datasets import Report
from tunesmith.bot.datasets.split import is_worth_a_split, most_aside, split
from tunesmith.bot.errors import DatasetError
from tunesmith.bot.generated_files import Source, keep_pair
from tunesmith.bot.jobs.kinds import OfJob
from tunesmith.bot.jobs.prices import price_on
from tunesmith.bot.messages import say
from tunesmith.bot.queue import Work
from tunesmith.bot.services import Services
from tunesmith.storage import datasets, jobs
from tunesmith.storage.datasets import Dataset
from tunesmith.storage.jobs import Job

Pair = tuple[Dataset, Dataset]
"""What to train on, and what was set aside."""


def can_split(dataset: Dataset, report: Report) -> bool:
    """Whether a part of a file can be set aside: it has none yet, and enough examples."""
    return dataset.validation_id is None and is_worth_a_split(report)


def set_aside(services: Services, report: Report) -> int:
    """How many of a file's examples are set aside at most. Raises DatasetError."""
    judge = services.catalogue.providers[services.selection().judge]
    return most_aside(report.examples, judge)


async def parts_of(services: Services, whole: Dataset, user: str) -> Pair:
    """Both parts of a file; those that were made before where there are some.

    They are written as datasets with `keep_parts`; `user` asks for them. Raises DatasetError where
    the file can't be split, or a part that was made before is deleted.
    """
    source = Source(
        key=f"split:{whole.id}",
        team=whole.team,
        channel=whole.channel,
        thread=whole.thread,
        user=user,
        name=whole.name,
        schema=whole.schema_sha256,
    )
    async with services.database.read() as connection:
        made = [await datasets.get(connection, source.id_of(side)) for side in ("train", "valid")]
    if gone := next((part for part in made if part and part.deleted_at), None):
        raise DatasetError(say("dataset.deleted", name=gone.name))
    if made[0] and made[1]:
        return made[0], made[1]
    files = services.settings.files
    with tempfile.TemporaryDirectory(dir=files) as name:
        folder = Path(name)
        await split(
            services.processes,
            files / whole.sha256,
            name=whole.name,
            selection=services.selection(),
            training=folder / "train.jsonl",
            validation=folder / "valid.jsonl",
        )
        return await keep_pair(services, folder, source)


async def keep_parts(connection: AsyncConnection, whole: Dataset, parts: Pair) -> bool:
    """Write both parts of a file as datasets, once. False where they are written already."""
    await datasets.get(connection, whole.id, lock=True)
    if await datasets.get(connection, parts[0].id):
        return False
    for part in parts[::-1]:
        await datasets.add(connection, part)
    return True


async def split_first(services: Services, work: Work[OfJob], job: Job) -> Job:
    """The job with the parts of the file that it is to be split from, and the price of training on
    the first one. Raises DatasetError where it can't be split.
    """
    if job.split_from != job.dataset_id:
        return job
    async with services.database.read() as connection:
        whole = await datasets.get(connection, job.dataset_id)
    assert whole is not None
    parts = await parts_of(services, whole, job.created_by)
    training, validation = parts
    async with work.step() as connection:
        is_new = await keep_parts(connection, whole, parts)
        await jobs.change(
            connection,
            job.id,
            dataset_id=training.id,
            validation_id=validation.id,
            estimated_usd=price_on(services, job, training, job.hyperparameters.get("n_epochs")),
        )
        ready = await jobs.get(connection, job.id)
        assert ready is not None
        if is_new:
            await services.job_events.split.publish(connection, ready)
    return ready
