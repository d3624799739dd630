"""Fixing in a thread: what is shown first, and that it is done once whatever breaks."""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.support.queues import running as queue_running
from tests.support.rows import add_rows, dataset_row
from tests.support.waiting import PATIENCE
from tests.support.world import key, words
from tunesmith.bot.cli.demo.person import Message
from tunesmith.bot.datasets.inspection import inspect
from tunesmith.bot.processes import Processes
from tunesmith.bot.providers.catalogue import load_catalogue
from tunesmith.bot.queue import Queue
from tunesmith.bot.services import Services
from tunesmith.bot.settings import Settings
from tunesmith.handlers import kinds
from tunesmith.handlers.dataset.tasks.fix import FixRequest, fix_file
from tunesmith.handlers.dataset.tasks.preview import PreviewRequest, preview_fix
from tunesmith.handlers.slack.context import Context
from tunesmith.local.workspace import settings as workspace_settings
from tunesmith.local.workspace.faults import Fault
from tunesmith.local.workspace.server import running
from tunesmith.local.workspace.workspace import Workspace
from tunesmith.storage.database import Database
from tunesmith.storage.datasets import Dataset

pytestmark = pytest.mark.databases("sqlite")


@dataclass
class Thread:
    """A thread in a workspace, and the handlers' queue, which runs inside of `done`."""

    ws: Workspace
    slack: Any  # its own annotations are incomplete
    context: Context
    ts: str

    async def attach(self, name: str, content: str) -> Dataset:
        """A checked file, as the report's task leaves it."""
        services = self.context.services
        path = services.settings.files / "given"
        path.write_text(content)
        selection = services.selection()
        report = await inspect(services.processes, path, name=name, selection=selection)
        path.rename(services.settings.files / report.sha256)
        said = report.model_dump(mode="json")
        dataset = dataset_row(
            "0123456789ab",
            team="T0",
            channel="C0TUNING",
            thread=self.ts,
            name=name,
            sha256=report.sha256,
            report=said,
            created_by="U0ALICE",
        )
        await add_rows(services.database, dataset)
        return dataset

    async def until(self, found: Callable[[list[Message]], bool]) -> list[Message]:
        """Run the queue until the thread shows it; its messages."""
        async with queue_running(self.context.services.queue), asyncio.timeout(PATIENCE):
            while not found(messages := await self.messages()):
                await asyncio.sleep(0.05)
            return messages

    async def messages(self) -> list[Message]:
        answer = await self.slack.conversations_replies(
            channel="C0TUNING", ts=self.ts, include_all_metadata=True
        )
        found: list[Message] = answer["messages"]
        return found


@pytest.fixture
async def thread(
    database: Database, processes: Processes, tmp_path: Path
) -> AsyncGenerator[Thread]:
    async with AsyncExitStack() as exits:
        ws = await exits.enter_async_context(
            running(workspace_settings.Settings(share_seconds=0.01))
        )
        session = await exits.enter_async_context(aiohttp.ClientSession())
        slack: Any = AsyncWebClient("xoxb-local", base_url=f"{ws.base_url}/api/", session=session)
        settings = Settings(data_dir=tmp_path)
        settings.files.mkdir(parents=True, exist_ok=True)
        queue = Queue(database)
        services = Services(settings, load_catalogue(), database, queue, {}, processes)
        context = Context(services, slack)
        queue.serve(kinds, context)
        ts = (await slack.chat_postMessage(channel="C0TUNING", text="a file"))["ts"]
        yield Thread(ws, slack, context, ts)


def _is_reported(name: str) -> Callable[[list[Message]], bool]:
    return lambda messages: any(
        key(message).startswith("report:") and name in message["text"] for message in messages
    )


def _files(messages: list[Message]) -> list[str]:
    return [file["title"] for message in messages for file in message.get("files", [])]


def _chat(number: int, **more: Any) -> str:
    said = [{"role": "user", "content": f"{number}?"}, {"role": "assistant", "content": "Yes."}]
    return json.dumps({"messages": said, **more})


async def test_a_fix_whose_answers_from_slack_get_lost_is_written_told_and_attached_once(
    thread: Thread,
) -> None:
    lines = [_chat(n).replace('"user"', '"User"') for n in range(12)]
    dataset = await thread.attach("many.jsonl", "\n".join(lines))
    for method in ("chat.postMessage", "chat.update", "files.completeUploadExternal"):
        thread.ws.faults.add(Fault.model_validate({"method": method, "kind": "drop_after"}))
    async with thread.context.services.database.write() as connection:
        asked = PreviewRequest(dataset_id=dataset.id, user="U0ALICE")
        await preview_fix.add(connection, asked, of=dataset.id)
    await thread.until(lambda messages: any(key(m).startswith("fix.told:") for m in messages))
    request = FixRequest(dataset_id=dataset.id, user="U0BEN", codes=["unrecognized_role"])
    async with thread.context.services.database.write() as connection:
        assert await fix_file.add(connection, request, of=dataset.id)
        assert not await fix_file.add(connection, request, of=dataset.id), "pressed twice"
    messages = await thread.until(_is_reported("many.fixed.jsonl"))
    [told] = [message for message in messages if key(message).startswith("fix.told:")]
    assert "roles put in lower case × 12" in words(told)
    assert "all of them are in the attached diff" in words(told)
    files = _files(messages)
    assert files.count("many.fixed.jsonl") == 1
    assert files.count("Changes in many.jsonl") == 1
    kept = thread.context.services.settings.files
    assert (kept / dataset.sha256).read_text() == "\n".join(lines), "the original stays"
    assert not list(kept.glob("*.part"))


async def test_rows_are_removed_only_where_somebody_asks_for_it(thread: Thread) -> None:
    dataset = await thread.attach("twice.jsonl", "\n".join([_chat(1), _chat(2), _chat(1)]))
    async with thread.context.services.database.write() as connection:
        asked = PreviewRequest(dataset_id=dataset.id, user="U0ALICE")
        await preview_fix.add(connection, asked, of=dataset.id)
    messages = await thread.until(lambda messages: len(messages) > 1)
    said = words(messages[1])
    assert "tick what is to be removed" in said
    assert "Remove 1 duplicate row" in said
    assert "initial_options" not in said, "nothing is chosen"
