"""A local workspace, the bot in this process, and a provider whose answers a test sets."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from pydantic import SecretStr

from tests.support.bot import bolt_app, in_socket_mode
from tests.support.provider_server import ProviderServer, provider_server
from tests.support.queues import running as queue_running
from tests.support.rows import add_rows, dataset_row, job_row
from tests.support.slice import chat_line
from tests.support.waiting import PATIENCE
from tests.support.workspaces import UNHURRIED
from tests.workspace.conftest import Control, Json
from tunesmith import handlers
from tunesmith.bot import jobs as our_jobs
from tunesmith.bot.datasets import Selection, inspect_sync
from tunesmith.bot.processes import Processes
from tunesmith.bot.providers.catalogue import load_catalogue
from tunesmith.bot.providers.openai_client import OpenAIClient
from tunesmith.bot.queue import Queue
from tunesmith.bot.services import Services
from tunesmith.bot.settings import PermissionSettings, Settings, SlackSettings
from tunesmith.local.workspace.server import running
from tunesmith.local.workspace.workspace import Workspace
from tunesmith.storage import jobs
from tunesmith.storage.database import Database
from tunesmith.storage.datasets import Dataset
from tunesmith.storage.jobs import Job, JobStatus

ALICE, BEN, MINJI, WEI = "U0ALICE", "U0BEN", "U0MINJI", "U0WEI"
TUNING, GENERAL, LAB = "C0TUNING", "C0GENERAL", "C0LAB"
TEAM = "T0LOCAL"


@dataclass
class Office:
    """People who type and press, jobs in every stage, and what they read."""

    control: Control
    workspace: Workspace
    provider: ProviderServer
    services: Services
    folder: Path
    _count: int = field(default=0, init=False)

    async def thread(self, channel: str = TUNING, user: str = ALICE) -> str:
        """Begin a thread; its `ts`."""
        return await self.control.say("a file", user=user, channel=channel)

    async def dataset(self, channel: str = TUNING, user: str = ALICE, **values: Any) -> Dataset:
        """A training file that was attached and checked."""
        self._count += 1
        file = self.folder / f"train{self._count}.jsonl"
        lines = [chat_line(f"What is {n} plus {self._count}?", f"{n}!") for n in range(12)]
        file.write_text("\n".join(lines) + "\n")
        report = inspect_sync(file, name=file.name, selection=Selection(load_catalogue()))
        file.rename(self.services.settings.files / report.sha256)
        said = report.model_dump(mode="json")
        thread = values.pop("thread", None) or await self.thread(channel, user)
        dataset = dataset_row(
            values.pop("id", f"data{self._count}"),
            channel=channel,
            thread=thread,
            name=file.name,
            sha256=report.sha256,
            report=said,
            created_by=user,
            **{"team": TEAM, **values},
        )
        await add_rows(self.services.database, dataset)
        return dataset

    async def job(self, dataset: Dataset | None = None, **values: Any) -> Job:
        """A job on a file, that runs but for `values`."""
        dataset = dataset or await self.dataset(
            **{k: values.pop(k) for k in ("channel", "team") if k in values},
            user=values.get("created_by", ALICE),
        )
        self._count += 1
        remote = self.provider.add_job(f"ftjob-{self._count}")
        row: dict[str, Any] = {
            "status": JobStatus.RUNNING,
            "provider_job_id": remote["id"],
            **values,
        }
        remote["status"] = str(row["status"])
        job = job_row(dataset, row.pop("id", f"{self._count:x}job".ljust(12, "0")), **row)
        async with self.services.database.write() as connection:
            await jobs.add(connection, job)
        return job

    async def model(self, **values: Any) -> Job:
        """A job that has succeeded."""
        name = f"ft:tiny:{self._count}"
        done: Json = {"status": JobStatus.SUCCEEDED, "fine_tuned_model": name}
        done["finished_at"] = 1.8e9
        return await self.job(**{**done, **values})

    async def stored(self, job: Job) -> Job:
        """A job as it stands now."""
        async with self.services.database.read() as connection:
            found = await jobs.get(connection, job.id)
        assert found is not None
        return found

    async def type(self, text: str, user: str = ALICE, channel: str = TUNING) -> Json:
        """What `/tune` and a text are answered with; empty where the answer comes later."""
        said = await self.control.post("commands", user=user, channel=channel, text=f"/tune {text}")
        return said["response"] or {}

    async def whispers(
        self, user: str = ALICE, channel: str = TUNING, thread: str | None = None
    ) -> list[Json]:
        """What only this person sees in a channel or a thread, oldest first."""
        more = {"thread_ts": thread} if thread else {}
        seen = await self.control.messages(channel, user=user, **more)
        return [message for message in seen if message.get("is_ephemeral")]

    async def press(
        self, message: Json, action: str, value: str, user: str = ALICE, channel: str = TUNING
    ) -> None:
        """Press the button of a message that carries this value."""
        [block] = [
            block["block_id"] for block in message["blocks"] if value in values_of([block], action)
        ]
        body = {"channel": channel, "message_ts": message["ts"], "user": user}
        await self.control.post("actions", **body, action_id=action, block_id=block)

    async def said(self, thread: str, channel: str = TUNING) -> list[str]:
        """What the bot wrote in a thread."""
        seen = await self.control.messages(channel, thread_ts=thread)
        return [words_of(message) for message in seen if message.get("bot_id")]

    async def until(self, look: Callable[[], Any], seconds: float = PATIENCE) -> Any:
        """Wait until what is looked at is there."""
        async with asyncio.timeout(seconds):
            while not (found := await look()):
                await asyncio.sleep(0.02)
        return found


async def _leave_alone() -> None:
    """Messages that are not for the bot."""


def words_of(message: Json) -> str:
    """All words of a message, as they were sent."""
    out: list[str] = []

    def walk(part: Any) -> None:
        if isinstance(part, dict):
            for key, value in part.items():  # pyright: ignore[reportUnknownVariableType]
                if key == "text" and isinstance(value, str):
                    out.append(value)
                else:
                    walk(value)
        elif isinstance(part, list):
            for value in part:  # pyright: ignore[reportUnknownVariableType]
                walk(value)

    walk(message.get("blocks") or message.get("text"))
    return "\n".join(out) or str(message.get("text", ""))


def values_of(blocks: list[Json], action: str) -> list[str]:
    """What the buttons of these blocks carry, of those whose `action_id` begins so."""
    elements: list[Json] = []
    for block in blocks:
        elements += [*block.get("elements", []), block.get("accessory", {})]
    return [e["value"] for e in elements if str(e.get("action_id", "")).startswith(action)]


@pytest.fixture
async def office(database: Database, tmp_path: Path) -> AsyncGenerator[Office]:
    """An office whose bot runs."""
    async with (
        provider_server() as server,
        open_office(database, tmp_path, server.url) as (control, workspace, services),
    ):
        yield Office(control, workspace, server, services, tmp_path)


@pytest.fixture
async def team(office: Office) -> Office:
    """A team with rights for a group, a list and approvers; the bot is in every channel."""
    office.services.settings.permissions = PermissionSettings(
        start="S0TRAINERS,U0BEN",
        cancel="U0BEN",
        pause="S0TRAINERS",
        approve="S0LEADS",
        delete="S0LEADS",
    )
    await office.control.post("user_groups", group="S0TRAINERS", users=[WEI])
    await office.control.post("members", user=ALICE, channel=LAB)
    return office


@asynccontextmanager
async def open_office(
    database: Database, folder: Path, provider_url: str
) -> AsyncGenerator[tuple[Control, Workspace, Services]]:
    """A workspace with a bot that trains at this address."""
    async with AsyncExitStack() as exits:
        rules = replace(UNHURRIED, retry_delays=())
        workspace = await exits.enter_async_context(running(rules))
        session = await exits.enter_async_context(aiohttp.ClientSession())
        url = f"{workspace.base_url}/api/"
        slack = SlackSettings(
            bot_token=SecretStr("xoxb-local"), app_token=SecretStr("xapp-local"), api_url=url
        )
        settings = Settings(data_dir=folder, slack=slack)
        settings.files.mkdir(parents=True)
        catalogue = load_catalogue()
        hasty = {"poll_seconds": 0.05, "settle_seconds": 2}
        provider = catalogue.providers["local"].model_copy(update=hasty)
        client = OpenAIClient("local", provider, base_url=provider_url, api_key="local")
        exits.push_async_callback(client.close)
        queue = Queue(database)
        processes = await exits.enter_async_context(Processes())
        services = Services(settings, catalogue, database, queue, {"local": client}, processes)
        app = await exits.enter_async_context(bolt_app(services))
        handlers.register(app, services)
        app.event("message")(_leave_alone)
        queue.serve(our_jobs.kinds, services)
        await exits.enter_async_context(in_socket_mode(app, workspace, services))
        await exits.enter_async_context(queue_running(queue))
        yield Control(session, workspace.base_url), workspace, services
