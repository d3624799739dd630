"""Jobs at a provider that fails as a test says, through the real client."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.support.provider_server import ProviderServer, provider_server
from tunesmith.bot import jobs as our_jobs
from tunesmith.bot.datasets import Report
from tunesmith.bot.processes import Processes
from tunesmith.bot.providers.catalogue import load_catalogue
from tunesmith.bot.providers.openai_client import OpenAIClient
from tunesmith.bot.queue import Queue
from tunesmith.bot.services import Services
from tunesmith.bot.settings import Settings
from tunesmith.storage import datasets, jobs, tasks
from tunesmith.storage.database import Database
from tunesmith.storage.datasets import Dataset
from tunesmith.storage.jobs import Job, JobStatus


@dataclass
class Bench:
    """The services with that provider, and jobs in every stage."""

    services: Services
    provider: ProviderServer
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
        self.provider.add_job(provider_job_id)
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
async def bench(database: Database, tmp_path: Path) -> AsyncGenerator[Bench]:
    """A bench without a running queue."""
    settings = Settings(data_dir=tmp_path)
    settings.files.mkdir(parents=True, exist_ok=True)
    (settings.files / ("0" * 64)).write_text("{}")
    catalogue = load_catalogue()
    hasty = {"poll_seconds": 0.02, "settle_seconds": 2}
    provider = catalogue.providers["local"].model_copy(update=hasty)
    queue, processes = Queue(database), Processes()  # no job calls a worker process
    async with provider_server() as server:
        client = OpenAIClient("local", provider, base_url=server.url, api_key="k")
        services = Services(settings, catalogue, database, queue, {"local": client}, processes)
        services.queue.serve(our_jobs.kinds, services)
        yield Bench(services, server)
        await client.close()
