"""The form that starts a job, in a local workspace, with the real handlers in this process."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.datasets.files import Line, chats, look, preferences, write
from tests.support.bot import bolt_app, in_socket_mode, services_of
from tests.support.rows import dataset_row, job_row
from tests.support.workspaces import UNHURRIED
from tests.workspace.conftest import Control, Json
from tunesmith import handlers
from tunesmith.bot.providers.catalogue import Catalogue, load_catalogue
from tunesmith.bot.providers.openai_client import OpenAIClient
from tunesmith.bot.services import Services
from tunesmith.local.workspace.server import running
from tunesmith.local.workspace.workspace import Workspace
from tunesmith.storage import datasets, jobs
from tunesmith.storage.database import Database
from tunesmith.storage.jobs import Job

TEAM, CHANNEL = "T0LOCAL", "C0TUNING"
MINI = "openai/gpt-4.1-mini-2025-04-14"
LLAMA = "nebius/llama"
HOSTED = "azure/gpt-4.1-2025-04-14"
TINY = "local/tiny-1m-scratch"

_OURS = """
[providers.nebius]
default_epochs = "auto"

[[providers.nebius.models]]
name = "llama"
encoding = "o200k_base"
methods = ["supervised"]
train_usd = "2"

[providers.azure]
hosting_usd_per_hour = "1.70"

[[providers.azure.models]]
name = "gpt-4.1-2025-04-14"
train_usd = "20"
input_usd = "3"
output_usd = "12"

[[providers.openai.models]]
name = "unservable"
encoding = "o200k_base"
methods = ["supervised"]
deployable = false
"""


@dataclass
class Desk:
    """A workspace with the bot in it, and the colleagues' hands."""

    services: Services
    workspace: Workspace
    control: Control
    folder: Path
    catalogue: Catalogue
    bot: AsyncExitStack = field(default_factory=AsyncExitStack)
    _count: int = field(default=0, init=False)

    async def start_bot(self) -> None:
        """Start the bot, and wait until it is connected."""
        app = await self.bot.enter_async_context(bolt_app(self.services))
        handlers.register(app, self.services)
        await self.bot.enter_async_context(in_socket_mode(app, self.workspace, self.services))

    async def restart_bot(self, **changes: Any) -> None:
        """Stop the bot, and start it anew on the same database, with these services changed."""
        await self.bot.aclose()
        self.services = replace(self.services, **changes)
        await self.start_bot()

    async def file(
        self,
        lines: Sequence[Line] = (),
        *,
        name: str = "a.jsonl",
        channel: str = CHANNEL,
        sha256: str | None = None,
        provider: str = "openai",
        **values: Any,
    ) -> str:
        """A checked training file in a channel, which is kept; its id."""
        self._count += 1
        path = write(self.folder / name, lines or chats(40))
        report = look(path, catalogue=self.catalogue, provider=provider)
        kept = self.services.settings.files / report.sha256
        kept.parent.mkdir(exist_ok=True)
        kept.write_bytes(path.read_bytes())
        dataset = dataset_row(
            f"dataset{self._count}",
            team=TEAM,
            channel=channel,
            thread=await self.control.say(channel=channel),
            name=name,
            sha256=sha256 or report.sha256,
            report=report.model_dump(mode="json"),
            created_by="U0ALICE",
            **values,
        )
        async with self.services.database.write() as connection:
            await datasets.add(connection, dataset)
        return dataset.id

    async def preference_file(self) -> str:
        """A training file for DPO."""
        return await self.file(preferences(20), name="p.jsonl")

    async def job(self, dataset_id: str, model: str = MINI, **values: Any) -> str:
        """A job on a file; running unless told otherwise."""
        self._count += 1
        provider, _, base = model.partition("/")
        async with self.services.database.write() as connection:
            dataset = await datasets.get(connection, dataset_id)
            assert dataset
            who = {"provider": provider, "base_model": base, "created_by": "U0BEN"}
            job = job_row(dataset, f"job{self._count}", **who)
            await jobs.add(connection, job)
            if values:
                await jobs.change(connection, job.id, **values)
        return job.id

    async def open(self, user: str = "U0ALICE", channel: str = CHANNEL) -> Json:
        """Type `/tune start`; the form that opens."""
        await self.control.post("commands", user=user, channel=channel, text="/tune start")
        return (await self.control.modals(user))[-1]

    async def choose(self, form: Json, name: str, value: str, user: str = "U0ALICE") -> Json:
        """Choose or type something; the form as it is then."""
        await self.control.post(
            "actions", user=user, view_id=form["id"], action_id=name, value=value
        )
        return (await self.control.modals(user))[-1]

    async def send(self, form: Json, user: str = "U0ALICE", **values: str) -> dict[str, str]:
        """Send the form; what is wrong with it, by block."""
        answer = await self.control.post(f"views/{form['id']}/submit", user=user, values=values)
        return answer["errors"] or {}

    async def jobs(self) -> list[Job]:
        """The jobs of the team that have not ended, oldest first."""
        async with self.services.database.read() as connection:
            return await jobs.active(connection, team=TEAM)


def words(form: Json) -> str:
    """What a form says outside of its fields, and what its fields are called."""
    said = [block.get("text", {}).get("text", "") for block in form["blocks"]]
    for block in form["blocks"]:
        said += [element.get("text", "") for element in block.get("elements", [])]
    return "\n".join(str(one) for one in said if one)


def fields_of(form: Json) -> list[str]:
    """The fields of a form, in order."""
    return [block["element"]["action_id"] for block in form["blocks"] if block["type"] == "input"]


def element(form: Json, name: str) -> Json:
    """A field of a form."""
    return next(
        b["element"] for b in form["blocks"] if b.get("element", {}).get("action_id") == name
    )


def options(form: Json, name: str) -> list[str]:
    """The values of a field's options."""
    return [option["value"] for option in element(form, name)["options"]]


def value(form: Json, name: str) -> Any:
    """What stands in a field."""
    state: Json = next(one[name] for one in form["state"]["values"].values() if name in one)
    chosen: Json = state.get("selected_option") or {}
    return state.get("value") or chosen.get("value") or state.get("selected_conversation")


@pytest.fixture
async def desk(database: Database, tmp_path: Path) -> AsyncGenerator[Desk]:
    """The local workspace, with OpenAI, Azure, Nebius and the local trainer connected."""
    ours = tmp_path / "catalogue.toml"
    ours.write_text(_OURS)
    catalogue = load_catalogue(ours)
    async with AsyncExitStack() as stack:
        workspace = await stack.enter_async_context(running(UNHURRIED))
        services = services_of(tmp_path, database, f"{workspace.base_url}/api/")
        clients = {
            name: OpenAIClient(
                name, catalogue.providers[name], base_url="http://127.0.0.1:9/v1", api_key="k"
            )
            for name in ("openai", "azure", "nebius", "local")
        }
        services = replace(services, catalogue=catalogue, providers=dict(clients))
        session = await stack.enter_async_context(aiohttp.ClientSession())
        control = Control(session, workspace.base_url)
        opened = Desk(services, workspace, control, tmp_path, catalogue)
        await opened.start_bot()
        yield opened
        await opened.bot.aclose()
        for client in clients.values():
            await client.close()
