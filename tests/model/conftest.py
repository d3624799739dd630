"""A team with models tuned at OpenAI: a workspace, the bot connected to it, and its providers."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from pydantic import SecretStr
from sqlalchemy import update

from tests.support.bot import bolt_app, in_socket_mode
from tests.support.provider_server import ProviderServer, provider_server
from tests.support.queues import running as queue_running
from tests.support.rows import dataset_row, job_row
from tests.support.slice import small_file
from tests.support.workspaces import UNHURRIED
from tunesmith import handlers
from tunesmith.bot import jobs as our_jobs
from tunesmith.bot.cli.demo.person import Person
from tunesmith.bot.datasets import Selection, inspect_sync
from tunesmith.bot.job_events import JobEvents
from tunesmith.bot.processes import Processes
from tunesmith.bot.providers.catalogue import load_catalogue
from tunesmith.bot.providers.openai_client import OpenAIClient
from tunesmith.bot.providers.trainer import Trainer
from tunesmith.bot.queue import Queue
from tunesmith.bot.services import Services
from tunesmith.bot.settings import Settings, SlackSettings
from tunesmith.local.workspace.server import running
from tunesmith.local.workspace.workspace import Workspace
from tunesmith.storage import answers, datasets, evaluations, jobs
from tunesmith.storage.answers import Answer
from tunesmith.storage.database import Database
from tunesmith.storage.datasets import Dataset
from tunesmith.storage.evaluation_values import (
    Evaluation,
    EvaluationKind,
    EvaluationStatus,
    RowAnswer,
)
from tunesmith.storage.jobs import Job, JobStatus
from tunesmith.storage.tables import answers as answers_table

CHANNEL, ALICE, TEAM = "C0TUNING", "U0ALICE", "T0LOCAL"
MINI = "gpt-4o-mini-2024-07-18"
_BEFORE = Selection(load_catalogue(), today=date(2026, 9, 1))


def tuned_name(job_id: str) -> str:
    """The name of a job's model."""
    return f"ft:{MINI}:shop:{job_id}"


def seconds(day: str) -> float:
    """Noon of that day, in seconds since 1970 UTC."""
    return datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=UTC).timestamp()


@dataclass
class Office:
    """The team: its workspace, OpenAI's server, and what the bot works with."""

    person: Person
    workspace: Workspace
    openai: ProviderServer
    services: Services
    folder: Path
    _number: int = field(default=0, init=False)

    async def dataset(self, path: Path | None = None) -> Dataset:
        """A training file that was attached and checked while everybody trained."""
        path = path or small_file(self.folder, examples=60)
        self._number += 1
        report = inspect_sync(path, name=path.name, selection=_BEFORE)
        (self.services.settings.files / report.sha256).write_bytes(path.read_bytes())
        said = report.model_dump(mode="json")
        root = await self.begin(f"Here is {path.name}")
        name = f"d{self._number}"
        dataset = dataset_row(
            name,
            team=TEAM,
            channel=CHANNEL,
            thread=root,
            name=path.name,
            sha256=report.sha256,
            report=said,
            created_by=ALICE,
        )
        async with self.services.database.write() as connection:
            await datasets.add(connection, dataset)
        return dataset

    async def tuned(self, made: str = "2026-09-01", path: Path | None = None, **values: Any) -> Job:
        """A job at OpenAI that succeeded on the day `made`."""
        dataset = await self.dataset(path)
        name = f"job{self._number}"
        job = job_row(
            dataset,
            name,
            provider="openai",
            base_model=MINI,
            status=JobStatus.SUCCEEDED,
            fine_tuned_model=tuned_name(name),
            provider_job_id=f"ftjob-{name}",
        )
        ended = {"created_at": seconds(made), "finished_at": seconds(made)}
        async with self.services.database.write() as connection:
            await jobs.add(connection, job)
            await jobs.change(connection, name, **ended, **values)
        return await self.job(name)

    async def job(self, job_id: str) -> Job:
        """A job as it stands."""
        async with self.services.database.read() as connection:
            found = await jobs.get(connection, job_id)
        assert found is not None
        return found

    async def asked(self, job: Job, day: str) -> None:
        """Somebody asked the job's model on that day."""
        key = f"ask:{job.id}:{day}"
        async with self.services.database.write() as connection:
            await answers.keep(connection, Answer(key, "At seven.", 1.0, job.id, "stop"))
            of_day = update(answers_table).where(answers_table.c.key == key)
            await connection.execute(of_day.values(created_at=seconds(day)))

    async def evaluated(self, job: Job, day: str, contestant: str) -> None:
        """On that day an evaluation of the job's model began, in which `contestant` answered."""
        evaluation = Evaluation(
            id=f"{job.id}:{day}",
            team=job.team,
            channel=job.channel,
            thread=job.thread,
            kind=EvaluationKind.EVALUATION,
            status=EvaluationStatus.FAILED,
            job_id=job.id,
            dataset_id=job.dataset_id,
            created_by=ALICE,
            started_at=seconds(day),
        )
        async with self.services.database.write() as connection:
            await evaluations.add(connection, evaluation)
            said = RowAnswer(evaluation.id, 1, contestant, "At seven.")
            await evaluations.keep(connection, [said])

    async def begin(self, words: str) -> str:
        """Begin a thread; its `ts`."""
        body = {"user": ALICE, "channel": CHANNEL, "text": words}
        url = f"{self.person.url}/control/messages"
        async with self.person.session.post(url, json=body) as response:
            return str((await response.json())["ts"])

    async def said(self, thread: str | None = None) -> list[dict[str, Any]]:
        """What the bot wrote in the channel, or in a thread."""
        return [m for m in await self.person.messages(thread) if "bot_id" in m]

    async def until(
        self,
        seen: Callable[[list[dict[str, Any]]], object],
        thread: str | None = None,
        patience: float = 30,
    ) -> list[dict[str, Any]]:
        """Wait until the channel or the thread looks as it should; what the bot wrote there."""
        async with asyncio.timeout(patience):
            while not seen(found := await self.said(thread)):
                await asyncio.sleep(0.05)
        return found

    @asynccontextmanager
    async def bot(self, *, listening: bool = False) -> AsyncGenerator[None]:
        """The bot works inside of the block, and takes what people do where it is `listening`; it
        may be started again.
        """
        queue = Queue(self.services.database)
        services = _in_a_process_of_its_own(self.services, queue)
        queue.serve(our_jobs.kinds, services)
        async with AsyncExitStack() as stack:
            app = await stack.enter_async_context(bolt_app(services))
            handlers.register(app, services)
            await our_jobs.watch_models(services)
            await stack.enter_async_context(queue_running(queue))
            if listening:
                await stack.enter_async_context(in_socket_mode(app, self.workspace, services))
            yield


def _in_a_process_of_its_own(services: Services, queue: Queue) -> Services:
    return replace(services, queue=queue, job_events=JobEvents())


@pytest.fixture
async def office(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncGenerator[Office]:
    """An office whose bot does not run yet; nothing in it calls a worker process."""
    monkeypatch.setenv("TUNESMITH_TODAY", "2026-11-20")
    catalogue = load_catalogue()
    async with (
        provider_server() as openai,
        running(UNHURRIED) as workspace,
        aiohttp.ClientSession() as session,
    ):
        url = workspace.base_url
        slack = SlackSettings(
            bot_token=SecretStr("xoxb-local"),
            app_token=SecretStr("xapp-local"),
            api_url=f"{url}/api/",
        )
        settings = Settings(data_dir=tmp_path, slack=slack)
        settings.files.mkdir(parents=True, exist_ok=True)
        provider = catalogue.providers["openai"].model_copy(update={"poll_seconds": 0.05})
        client = OpenAIClient("openai", provider, base_url=openai.url, api_key="k")
        queue = Queue(database)
        providers: dict[str, Trainer] = {"openai": client}
        services = Services(settings, catalogue, database, queue, providers, Processes())
        person = Person(session, url, ALICE, ALICE, CHANNEL)
        yield Office(person, workspace, openai, services, tmp_path)
        await client.close()


def on(monkeypatch: pytest.MonkeyPatch, day: date | str) -> None:
    """Let it be that day."""
    monkeypatch.setenv("TUNESMITH_TODAY", str(day))
