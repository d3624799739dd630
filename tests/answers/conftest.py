"""A model that answers as a test says, a local workspace, and the bot's queue between them."""

import asyncio
import json
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from pydantic import SecretStr
from sqlalchemy import func, select

from tests.support.bot import bolt_app, in_socket_mode
from tests.support.queues import running as queue_running
from tests.support.rows import add_rows, dataset_row, job_row
from tests.support.slice import chat_line
from tests.support.waiting import PATIENCE
from tests.support.workspaces import UNHURRIED
from tunesmith import handlers
from tunesmith.bot.app import slack_client
from tunesmith.bot.cli.demo.person import Person
from tunesmith.bot.datasets import Selection, inspect_sync
from tunesmith.bot.processes import Processes
from tunesmith.bot.providers.catalogue import load_catalogue
from tunesmith.bot.providers.openai_client import OpenAIClient
from tunesmith.bot.queue import Queue
from tunesmith.bot.services import Services
from tunesmith.bot.settings import Settings, SlackSettings
from tunesmith.handlers import kinds
from tunesmith.handlers.answer import talk
from tunesmith.handlers.answer.question import question_of
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.thread import ThreadRef
from tunesmith.local.workspace.faults import Fault
from tunesmith.local.workspace.server import running
from tunesmith.local.workspace.workspace import Workspace
from tunesmith.storage.answers import Answer
from tunesmith.storage.answers import get as get_answer
from tunesmith.storage.database import Database
from tunesmith.storage.jobs import JobStatus
from tunesmith.storage.tables import answers

CHANNEL, ALICE, TEAM = "C0TUNING", "U0ALICE", "T0LOCAL"
MODEL_NAME = "ft:tiny-1m-scratch:shop"
Messages = list[dict[str, Any]]


@dataclass
class Reply:
    """What the model does at one request: its pieces, a pause before each, and how it ends.

    `finish` is the reason it names; without one it hangs up. A `status` is answered instead.
    `held` lets it wait in front of the last piece. `calls` are tools that it calls, by name.
    """

    pieces: list[str]
    pause: float = 0.01
    finish: str | None = "stop"
    status: int = 200
    held: asyncio.Event | None = None
    calls: dict[str, str] = field(default_factory=dict[str, str])


@dataclass
class Model:
    """An OpenAI-compatible server; `replies` are used up one a request, then it answers what is
    `known` by model and question, and echoes the rest. Models that are `refused` answer nothing.
    """

    url: str = ""
    replies: list[Reply] = field(default_factory=list[Reply])
    bodies: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    known: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])
    refused: set[str] = field(default_factory=set[str])

    @property
    def asked(self) -> list[str]:
        """The questions, in the order in which they came."""
        return [said[-1] for said in self._said]

    @property
    def histories(self) -> list[list[str]]:
        """What was said before each question."""
        return [said[:-1] for said in self._said]

    @property
    def models(self) -> list[str]:
        """The names by which the questions went."""
        return [body["model"] for body in self.bodies]

    @property
    def _said(self) -> list[list[str]]:
        return [[str(one["content"]) for one in body["messages"]] for body in self.bodies]

    async def complete(self, request: web.Request) -> web.StreamResponse:
        """`POST /v1/chat/completions`."""
        body = await request.json()
        self.bodies.append(body)
        question = self.asked[-1]
        reply = self.replies.pop(0) if self.replies else self._reply(str(body["model"]), question)
        if reply.status != 200:
            said = {"error": {"message": "as the test says"}}
            return web.json_response(said, status=reply.status, headers={"Retry-After": "0"})
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        for number, piece in enumerate(reply.pieces, 1):
            if reply.held and number == len(reply.pieces):
                await reply.held.wait()
            await asyncio.sleep(reply.pause)
            await response.write(_chunk({"content": piece}, None))
        for index, (name, arguments) in enumerate(reply.calls.items()):
            function = {"name": name, "arguments": arguments}
            call = {"index": index, "id": name, "type": "function", "function": function}
            await response.write(_chunk({"tool_calls": [call]}, None))
        if reply.finish is None and request.transport:
            request.transport.abort()
            return response
        await response.write(_chunk({}, reply.finish) + b"data: [DONE]\n\n")
        return response

    def _reply(self, name: str, question: str) -> Reply:
        if name in self.refused:
            return Reply([], status=400)
        said = self.known.get((name, question))
        return echo(question) if said is None else Reply([said])


def echo(question: str, pause: float = 0.03) -> Reply:
    """Fifty words on a question."""
    return Reply([f"{question} {number}; " for number in range(50)], pause)


def _chunk(delta: dict[str, Any], finish: str | None) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    chunk = {
        "id": "c",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": MODEL_NAME,
        "choices": [choice],
    }
    return b"data: " + json.dumps(chunk).encode() + b"\n\n"


@dataclass
class Shop:
    """A team with a tuned model: its workspace, the model, and what the bot works with."""

    person: Person
    workspace: Workspace
    model: Model
    context: Context

    async def ask(self, *questions: str, thread: str | None = None) -> str:
        """Ask in a thread, all at once, or in a new one; the thread."""
        root = thread or await self.begin()
        async with self.context.services.database.write() as connection:
            for question in questions:
                ref = ThreadRef(CHANNEL, root, ALICE)
                asked = question_of(ref, TEAM, time.time(), question=question)
                await talk.ask(connection, asked, source=f"{root}:{question}")
        return root

    async def begin(self, text: str = "Questions") -> str:
        """Begin a thread; its `ts`."""
        body = {"user": ALICE, "channel": CHANNEL, "text": text}
        url = f"{self.person.url}/control/messages"
        async with self.person.session.post(url, json=body) as response:
            return str((await response.json())["ts"])

    @asynccontextmanager
    async def listening(self) -> AsyncGenerator[None]:
        """The bot hears what people do, and runs inside of the block."""
        services = self.context.services
        async with bolt_app(services) as app:
            handlers.register(app, services)
            async with (
                in_socket_mode(app, self.workspace, services),
                queue_running(services.queue),
            ):
                yield

    async def say_as(
        self, user: str, text: str, thread: str | None, *, channel: str = CHANNEL
    ) -> str:
        """Somebody writes; the message's `ts`."""
        where = {"channel": channel} | ({"thread_ts": thread} if thread else {})
        url = f"{self.person.url}/control/messages"
        body = {"user": user, "text": text, **where}
        async with self.person.session.post(url, json=body) as response:
            return str((await response.json())["ts"])

    async def deliver_again(self) -> None:
        """Slack delivers every event once more."""
        url = f"{self.person.url}/control/deliveries"
        async with self.person.session.get(url) as response:
            events = [one["event_id"] for one in (await response.json())["deliveries"]]
        for event in events:
            async with self.person.session.post(url, json={"event_id": event}) as response:
                assert response.status == 200

    async def until_asked(self, count: int) -> None:
        """Wait until so many questions were answered, whole."""
        async with asyncio.timeout(PATIENCE):
            while True:
                async with self.context.services.database.read() as connection:
                    whole = answers.c.finish_reason.is_not(None)
                    query = select(func.count()).select_from(answers).where(whole)
                    if (await connection.execute(query)).scalar_one() == count:
                        return
                await asyncio.sleep(0.05)

    async def in_channel(self) -> Messages:
        """What the bot wrote in the channel itself."""
        return [
            m for m in await self.person.messages() if "bot_id" in m and not m.get("is_ephemeral")
        ]

    async def said(self, thread: str) -> Messages:
        """What the bot wrote in a thread."""
        return [
            m for m in await self.person.messages(thread) if m["ts"] != thread and "bot_id" in m
        ]

    async def until(
        self, thread: str | None, seen: Callable[[Messages], object], seconds: float = PATIENCE
    ) -> Messages:
        """Wait until the thread, or the channel itself, looks as it should."""
        async with asyncio.timeout(seconds):
            while True:
                found = await (self.said(thread) if thread else self.in_channel())
                if seen(found):
                    return found
                await asyncio.sleep(0.05)

    async def answers(
        self, thread: str | None, count: int = 1, seconds: float = PATIENCE
    ) -> Messages:
        """Wait for so many messages that are whole: closed, with the small print of an answer."""

        def whole(found: Messages) -> bool:
            return len([message for message in found if is_whole(message)]) == count

        found = await self.until(thread, whole, seconds)
        assert len(found) == count, [written(message) for message in found]
        return found

    async def kept(self) -> Answer:
        """Wait for the first answer that is kept whole."""
        async with asyncio.timeout(PATIENCE):
            while True:
                async with self.context.services.database.read() as connection:
                    statement = select(answers.c.key).where(answers.c.finish_reason.is_not(None))
                    key = (await connection.execute(statement)).scalar()
                    if key and (answer := await get_answer(connection, key)):
                        return answer
                await asyncio.sleep(0.02)

    def fault(self, method: str, kind: str, **how: Any) -> None:
        """Let the next calls of a Slack method fail."""
        self.workspace.faults.add(Fault.model_validate({"method": method, "kind": kind, **how}))

    def calls(self, method: str, error: str | None = None) -> list[dict[str, Any]]:
        """The calls of a method so far, or those that met an error."""
        calls = self.workspace.calls.list(method)
        return [call for call in calls if error is None or call["error"] == error]

    @asynccontextmanager
    async def bot(self, lease: float = 15) -> AsyncGenerator[None]:
        """The bot runs inside of the block; it may be started again."""
        queue = Queue(self.context.services.database, lease=lease)
        queue.serve(kinds, self.context)
        async with queue_running(queue):
            yield


def is_whole(message: dict[str, Any]) -> bool:
    """Whether it is an answer that came to its end."""
    small_print = [block for block in message["blocks"] if block["type"] == "context"]
    return not message.get("streaming") and MODEL_NAME in json.dumps(small_print)


def written(message: dict[str, Any]) -> str:
    """The markdown of a message."""
    return "".join(b["text"] for b in message["blocks"] if b["type"] == "markdown")


@pytest.fixture
async def model() -> AsyncGenerator[Model]:
    """The model's server."""
    model = Model()
    app = web.Application()
    app.router.add_post("/v1/chat/completions", model.complete)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    model.url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
    yield model
    await runner.cleanup()


@pytest.fixture
async def shop(
    database: Database, processes: Processes, tmp_path: Path, model: Model
) -> AsyncGenerator[Shop]:
    """A shop whose bot does not run yet."""
    catalogue = load_catalogue()
    client = OpenAIClient("local", catalogue.providers["local"], base_url=model.url, api_key="k")
    await _add_model(database, tmp_path)
    async with running(UNHURRIED) as workspace:
        url = workspace.base_url
        slack = SlackSettings(bot_token=SecretStr("xoxb-local"), api_url=f"{url}/api/")
        settings = Settings(data_dir=tmp_path, slack=slack)
        queue = Queue(database)
        services = Services(settings, catalogue, database, queue, {"local": client}, processes)
        async with slack_client(settings) as web_client, aiohttp.ClientSession() as session:
            person = Person(session, url, ALICE, ALICE, CHANNEL)
            yield Shop(person, workspace, model, Context(services, web_client))
    await client.close()


async def _add_model(database: Database, folder: Path) -> None:
    file = folder / "train.jsonl"
    file.write_text(chat_line("When do you open?", "At seven.") + "\n")
    report = inspect_sync(file, name=file.name, selection=Selection(load_catalogue()))
    said = report.model_dump(mode="json")
    dataset = dataset_row(
        "d", team=TEAM, channel=CHANNEL, name=file.name, report=said, created_by=ALICE
    )
    ended = {"status": JobStatus.SUCCEEDED, "fine_tuned_model": MODEL_NAME}
    await add_rows(database, dataset, job_row(dataset, "job", **ended))
