"""Rows as the bot writes them, for tests that begin in the middle of the story."""

from typing import Any

from tunesmith.storage import datasets, jobs
from tunesmith.storage.database import Database
from tunesmith.storage.datasets import Dataset
from tunesmith.storage.jobs import Job, JobStatus


def dataset_row(dataset_id: str = "d1", **values: Any) -> Dataset:
    """A training file that was attached; `values` are other columns of it."""
    row: dict[str, Any] = {
        "team": "T1",
        "channel": "C1",
        "thread": "1.0",
        "file_id": "F1",
        "name": "a.jsonl",
        "sha256": "0" * 64,
        "report": {},
        "created_by": "U1",
    }
    return Dataset(id=dataset_id, **row | values)


def job_row(dataset: Dataset, job_id: str = "job1", **values: Any) -> Job:
    """A job on a training file, that runs but for `values`."""
    row: dict[str, Any] = {
        "team": dataset.team,
        "channel": dataset.channel,
        "thread": dataset.thread,
        "provider": "local",
        "base_model": "tiny-1m-scratch",
        "hyperparameters": {},
        "suffix": None,
        "fingerprint": job_id,
        "status": JobStatus.RUNNING,
        "created_by": dataset.created_by,
    }
    return Job(id=job_id, dataset_id=dataset.id, **row | values)


async def add_rows(database: Database, dataset: Dataset, *of_it: Job, **changed: Any) -> None:
    """Write a training file and jobs on it; `changed` are columns that `jobs.add` sets itself."""
    async with database.write() as connection:
        await datasets.add(connection, dataset)
        for job in of_it:
            await jobs.add(connection, job)
            if changed:
                await jobs.change(connection, job.id, **changed)
