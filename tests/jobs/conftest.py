"""Jobs at a provider that fails as a test says, through the real client."""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from tests.support.provider_server import ProviderServer, provider_server
from tests.support.rows import add_rows, dataset_row, job_row
from tests.support.waiting import PATIENCE, eventually, until
from tunesmith.bot import jobs as our_jobs
from tunesmith.bot.datasets import Report
from tunesmith.bot.processes import Processes
from tunesmith.bot.providers import connect
from tunesmith.bot.providers.catalogue import load_catalogue
from tunesmith.bot.queue import Queue
from tunesmith.bot.services import Services
from tunesmith.bot.settings import ProviderSettings, Settings
from tunesmith.storage import jobs, tasks
from tunesmith.storage.database import Database
from tunesmith.storage.jobs import Job, JobStatus


@dataclass
class Bench:
    """The services with that provider, and jobs in every stage."""

    services: Services
    provider: ProviderServer
    name: str = "local"
    base_model: str = "tiny-1m-scratch"
    _count: int = field(default=0, init=False)

    async def reserve(self, report: Report | None = None, **values: Any) -> str:
        """A job, as `start` reserves it but for `values`."""
        self._count += 1
        job_id = f"job{self._count}"
        said = report.model_dump(mode="json") if report else {}
        dataset = dataset_row(f"d{job_id}", report=said)
        asked = {"provider": self.name, "base_model": self.base_model}
        job = job_row(dataset, job_id, status=JobStatus.RESERVED, **asked)
        await add_rows(self.services.database, dataset, job, **values)
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

    async def until_job(self, job_id: str, **values: object) -> Job:
        """Wait until a job has these values; the job."""

        async def fitting() -> Job | None:
            job = await self.job(job_id)
            return job if all(getattr(job, name) == one for name, one in values.items()) else None

        found: Job = await until(fitting, f"{job_id} with {values}", every=0.02)
        return found

    async def until(self, condition: Callable[[], object], seconds: float = PATIENCE) -> None:
        """Wait until it holds."""
        await eventually(condition, seconds)


@asynccontextmanager
async def opened_bench(
    database: Database, folder: Path, server: ProviderServer, name: str, base_model: str
) -> AsyncGenerator[Bench]:
    """A bench with that provider of the catalogue, which is looked at often."""
    settings = Settings(data_dir=folder)
    settings.files.mkdir(parents=True, exist_ok=True)
    (settings.files / ("0" * 64)).write_text("{}")
    hasty = {"poll_seconds": 0.02, "settle_seconds": 2}
    ours = load_catalogue()
    provider = ours.providers[name].model_copy(update=hasty)
    catalogue = ours.model_copy(update={"providers": {**ours.providers, name: provider}})
    access = {name: ProviderSettings(api_key=SecretStr("k"), base_url=server.url)}
    clients = connect(settings.model_copy(update={"providers": access}), catalogue)
    queue, processes = Queue(database), Processes()  # no job calls a worker process
    services = Services(settings, catalogue, database, queue, clients, processes)
    services.queue.serve(our_jobs.kinds, services)
    yield Bench(services, server, name, base_model)
    await clients[name].close()


@pytest.fixture
async def bench(database: Database, tmp_path: Path) -> AsyncGenerator[Bench]:
    """A bench without a running queue."""
    async with provider_server() as server:
        local = opened_bench(database, tmp_path, server, "local", "tiny-1m-scratch")
        async with local as opened:
            yield opened
