"""A provider that fails as a test says, and what a job needs around it."""

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tunesmith.bot import jobs as our_jobs
from tunesmith.bot.datasets import Report
from tunesmith.bot.processes import Processes
from tunesmith.bot.providers.catalogue import load_catalogue
from tunesmith.bot.providers.client import ProviderClient, RemoteJob, RemoteMetric
from tunesmith.bot.queue import Queue
from tunesmith.bot.services import Services
from tunesmith.bot.settings import Settings
from tunesmith.storage import datasets, jobs, tasks
from tunesmith.storage.database import Database
from tunesmith.storage.datasets import Dataset
from tunesmith.storage.jobs import Job, JobStatus


class Provider(ProviderClient):
    """Holds jobs in memory. `refusals` are raised by the method of that name, one a call."""

    def __init__(self) -> None:
        catalogue = load_catalogue()
        super().__init__("local", catalogue.providers["local"], base_url="http://x", api_key="k")
        self.remote: dict[str, RemoteJob] = {}
        self.made: list[str] = []
        self.cancelled: list[str] = []
        self.refusals: dict[str, list[Exception]] = {}
        self.methods: list[str] = []
        self.creating = asyncio.Event()
        self.may_create = asyncio.Event()
        self.may_create.set()

    def _meet(self, method: str) -> None:
        waiting = self.refusals.get(method)
        if waiting:
            raise waiting.pop(0)

    async def upload(self, path: Path, filename: str) -> str:
        return "file-1"

    async def find_file(self, filename: str) -> str | None:
        return None

    async def delete_file(self, file_id: str) -> None:
        return

    async def create_job(self, *, method: str, metadata: dict[str, str], **_: Any) -> RemoteJob:
        self.methods.append(method)
        self.creating.set()
        await self.may_create.wait()
        key = f"ftjob-{len(self.made)}"
        self.made.append(metadata["tunesmith_job"])
        self.remote[key] = RemoteJob(id=key, status=JobStatus.RUNNING)
        return self.remote[key]

    async def find_job(self, metadata: dict[str, str]) -> RemoteJob | None:
        return None

    async def jobs(self, ids: Collection[str]) -> dict[str, RemoteJob]:
        self._meet("jobs")
        return {key: self.remote[key] for key in ids if key in self.remote}

    async def job(self, job_id: str) -> RemoteJob | None:
        self._meet("job")
        return self.remote.get(job_id)

    async def metrics(self, job_id: str, after_step: int) -> list[RemoteMetric]:
        self._meet("metrics")
        return []

    async def cancel(self, job_id: str) -> RemoteJob:
        self.cancelled.append(job_id)
        return self.remote[job_id]


@dataclass
class Bench:
    """The services with that provider, and jobs in every stage."""

    services: Services
    provider: Provider
    _count: int = field(default=0, init=False)

    async def reserve(self, report: Report | None = None, **values: Any) -> str:
        """A job, as `start` reserves it but for `values`."""
        self._count += 1
        job_id = f"job{self._count}"
        async with self.services.database.write() as connection:
            said = report.model_dump(mode="json") if report else {}
            dataset = Dataset(
                f"d{job_id}", "T1", "C1", "1.0", "F1", "a.jsonl", "0" * 64, said, "U1"
            )
            await datasets.add(connection, dataset)
            job = Job(
                id=job_id,
                team="T1",
                channel="C1",
                thread="1.0",
                dataset_id=dataset.id,
                provider="local",
                base_model="tiny-1m-scratch",
                hyperparameters={},
                suffix=None,
                fingerprint=job_id,
                status=JobStatus.RESERVED,
                created_by="U1",
            )
            await jobs.add(connection, job)
            if values:
                await jobs.change(connection, job_id, **values)
        return job_id

    async def running(self, provider_job_id: str) -> str:
        """A job that the provider has."""
        self.provider.remote[provider_job_id] = RemoteJob(
            id=provider_job_id, status=JobStatus.RUNNING
        )
        return await self.reserve(status=JobStatus.RUNNING, provider_job_id=provider_job_id)

    async def arm(self, kind: str, key: str, **payload: str) -> None:
        """Write a task, due now."""
        async with self.services.database.write() as connection:
            await tasks.add_again(
                connection, key=f"{kind}:{key}", kind=kind, place="job", payload=payload
            )

    async def job(self, job_id: str) -> Job:
        """A job as it stands."""
        async with self.services.database.read() as connection:
            found = await jobs.get(connection, job_id)
        assert found is not None
        return found

    async def until(self, condition: Callable[[], object], seconds: float = 10) -> None:
        """Wait until it holds."""
        async with asyncio.timeout(seconds):
            while not condition():
                await asyncio.sleep(0.01)


@pytest.fixture
async def bench(database: Database, tmp_path: Path) -> Bench:
    """A bench without a running queue."""
    settings = Settings(data_dir=tmp_path)
    settings.files.mkdir(parents=True, exist_ok=True)
    (settings.files / ("0" * 64)).write_text("{}")
    provider = Provider()
    queue, processes = Queue(database), Processes()  # no job calls a worker process
    services = Services(settings, load_catalogue(), database, queue, {"local": provider}, processes)
    services.queue.serve(our_jobs.kinds, services)
    return Bench(services, provider)
