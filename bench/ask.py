"""How much later does a question's first token come through the bot than straight from the model?

A model server with a fixed time to its first token, the workspace and the bot run as processes of
their own. Twenty colleagues ask at once, each in a thread of its own; in turns with that, the same
twenty questions go straight to the model through the `openai` SDK, at once too. What is measured,
for each question, is the time

- until the bot has the first token, from when Slack has the question: `added_ttft_*_ms` is that
  less the median of the direct streams of the same round;
- until Slack was given the first words, for those questions for which Slack's own pace leaves a
  stream (`chat.startStream` is taken 20 times a minute; the bot begins ten at once): `shown_*`.
"""

# ruff: noqa: E402
import sys

# This folder comes first on the path, and its inspect.py would be taken for Python's own.
del sys.path[0]

import argparse
import asyncio
import json
import os
import statistics
import tempfile
import time
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web
from openai import AsyncOpenAI
from rich.console import Console
from rich.table import Table
from sqlalchemy import select

sys.path.append(str(Path(__file__).parents[1]))

from tests.support.rows import add_rows, dataset_row, job_row
from tests.support.slice import chat_line
from tunesmith.bot.cli.demo.person import Person
from tunesmith.bot.datasets.inspection import inspect_sync
from tunesmith.bot.datasets.verdict import Selection
from tunesmith.bot.providers.catalogue import load_catalogue
from tunesmith.storage.database import Database
from tunesmith.storage.jobs import JobStatus
from tunesmith.storage.tables import answers

ROOT = Path(__file__).parents[1]
ALICE, CHANNEL, TEAM, MODEL = "U0ALICE", "C0TUNING", "T0LOCAL", "ft:tiny-1m-scratch:bench"
AT_ONCE = 20
FIRST_SECONDS, TOKEN_SECONDS, TOKENS = 0.3, 0.02, 20
WAIT_SECONDS = 90
# After so long Slack takes as many streams again.
REST_SECONDS = 60


@dataclass
class Times:
    """Milliseconds of each question."""

    direct: list[float] = field(default_factory=list[float])
    through: list[float] = field(default_factory=list[float])
    added: list[float] = field(default_factory=list[float])
    shown: list[float] = field(default_factory=list[float])


async def main(quick: bool) -> None:
    """Measure, print a table, and end with one JSON object."""
    rounds = 2 if quick else 10
    times = Times()
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        session = await stack.enter_async_context(aiohttp.ClientSession())
        workspace, model = await stack.enter_async_context(_processes(folder, session))
        client = await stack.enter_async_context(AsyncOpenAI(api_key="k", base_url=f"{model}/v1"))
        person = Person(session, workspace, ALICE, ALICE, CHANNEL)
        await _round(folder, person, client, "warm-up", Times(), 2)
        for number in range(rounds):
            if not quick:
                await asyncio.sleep(REST_SECONDS)
            await _round(folder, person, client, f"round {number}", times)
    _print(times)


async def _round(
    folder: Path, person: Person, client: AsyncOpenAI, name: str, times: Times, count: int = AT_ONCE
) -> None:
    """Ask straight, then through the bot, and note what it took."""
    questions = [f"{name}, question {number}" for number in range(count)]
    direct = await asyncio.gather(*(_ask_directly(client, each) for each in questions))
    sent = dict(await asyncio.gather(*(_ask(person, each) for each in questions)))
    first = await _first_tokens(folder, questions)
    through = [(first[each] - sent[each]) * 1000 for each in questions]
    times.direct += direct
    times.through += through
    times.added += [each - statistics.median(direct) for each in through]
    times.shown += await _shown(person, sent, statistics.median(direct))


async def _ask_directly(client: AsyncOpenAI, question: str) -> float:
    began = time.perf_counter()
    stream = await client.chat.completions.create(
        model=MODEL,
        messages=[{"role": "user", "content": question}],
        temperature=0,
        stream=True,
    )
    first = 0.0
    async for chunk in stream:
        if not first and chunk.choices[0].delta.content:
            first = time.perf_counter() - began
    return first * 1000


async def _ask(person: Person, question: str) -> tuple[str, float]:
    """Write a question to the bot; its `ts`, which is when Slack had it."""
    body = {"user": ALICE, "channel": CHANNEL, "text": f"@tunesmith {question}"}
    async with person.session.post(f"{person.url}/control/messages", json=body) as response:
        return question, float((await response.json())["ts"])


async def _first_tokens(folder: Path, questions: list[str]) -> dict[str, float]:
    """When the bot had the first token of each, by its own account, in seconds since 1970.

    A row is written a moment after the answer's end, so that it is told a little too late.
    """
    database = _database(folder)
    columns = (answers.c.question, answers.c.created_at, answers.c.seconds, answers.c.first_seconds)
    whole = select(*columns).where(answers.c.question.in_(questions))
    try:
        async with asyncio.timeout(WAIT_SECONDS):
            while True:
                async with database.read() as connection:
                    rows = (await connection.execute(whole)).all()
                if len(rows) == len(questions):
                    return {asked: at - took + first for asked, at, took, first in rows}
                await asyncio.sleep(0.2)
    finally:
        await database.close()


async def _shown(person: Person, sent: dict[str, float], direct: float) -> list[float]:
    """The added milliseconds until a stream was begun in Slack, for the ten that it takes at once.

    Each answer begins with its question, so that a stream's first words tell whose it is.
    """
    url = f"{person.url}/control/calls"
    async with person.session.get(url, params={"method": "chat.startStream"}) as response:
        calls: list[dict[str, Any]] = (await response.json())["calls"]
    found: dict[str, float] = {}
    for call in calls:
        words = str(call["args"].get("markdown_text", ""))
        for question, began in sent.items():
            if call["ok"] and words.startswith(f"{question}:"):
                found.setdefault(question, (call["at"] - began) * 1000 - direct)
    return sorted(found.values())[:10]


@asynccontextmanager
async def _processes(
    folder: Path, session: aiohttp.ClientSession
) -> AsyncGenerator[tuple[str, str]]:
    """The addresses of the workspace and the model's server, with the bot between them."""
    async with AsyncExitStack() as stack:
        serve = ("-m", "tunesmith.local.workspace", "--manifest", str(ROOT / "manifest.yml"))
        workspace = await stack.enter_async_context(_server(folder, "workspace", *serve))
        here = (str(Path(__file__)), "--model")
        model = await stack.enter_async_context(_server(folder, "model", *here))
        await _seed(folder)
        environment = {
            "TUNESMITH_DATA_DIR": str(folder / "bot"),
            "TUNESMITH_SLACK__BOT_TOKEN": "xoxb-local",
            "TUNESMITH_SLACK__APP_TOKEN": "xapp-local",
            "TUNESMITH_SLACK__API_URL": f"{workspace}/api/",
            "TUNESMITH_PROVIDERS__LOCAL__API_KEY": "k",
            "TUNESMITH_PROVIDERS__LOCAL__BASE_URL": f"{model}/v1",
        }
        await stack.enter_async_context(
            _process(folder, "bot", "-m", "tunesmith.bot", "run", **environment)
        )
        await Person(session, workspace, ALICE, ALICE, CHANNEL).command("/tune help")
        yield workspace, model


@asynccontextmanager
async def _process(
    folder: Path, name: str, *program: str, **environment: str
) -> AsyncGenerator[asyncio.subprocess.Process]:
    with (folder / f"{name}.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *program,
            stdout=asyncio.subprocess.PIPE,
            stderr=log,
            env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        )
    try:
        yield process
    finally:
        process.terminate()
        await process.wait()


@asynccontextmanager
async def _server(folder: Path, name: str, *program: str) -> AsyncGenerator[str]:
    """The address of a local server."""
    async with _process(folder, name, *program, "--port", "0") as process:
        assert process.stdout is not None
        yield json.loads(await process.stdout.readline())["url"]


def _database(folder: Path) -> Database:
    return Database(f"sqlite+aiosqlite:///{folder / 'bot' / 'tunesmith.db'}")


async def _seed(folder: Path) -> None:
    """A tuned model in the channel."""
    (folder / "bot").mkdir()
    file = folder / "train.jsonl"
    file.write_text(chat_line("When do you open?", "At seven.") + "\n")
    report = inspect_sync(file, name=file.name, selection=Selection(load_catalogue()))
    said = report.model_dump(mode="json")
    dataset = dataset_row(team=TEAM, channel=CHANNEL, created_by=ALICE, report=said)
    job = job_row(dataset, status=JobStatus.SUCCEEDED, fine_tuned_model=MODEL, finished_at=1.0)
    database = _database(folder)
    await database.migrate()
    await add_rows(database, dataset, job)
    await database.close()


async def _serve_model() -> None:
    """A server of chat completions that repeats the question, at an even pace."""
    app = web.Application()
    app.router.add_post("/v1/chat/completions", _complete)
    app.router.add_get("/v1/models", _models)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(json.dumps({"url": f"http://127.0.0.1:{runner.addresses[0][1]}"}), flush=True)
    await asyncio.Event().wait()


async def _models(_request: web.Request) -> web.Response:
    return web.json_response({"object": "list", "data": []})


async def _complete(request: web.Request) -> web.StreamResponse:
    question = (await request.json())["messages"][-1]["content"]
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)
    await asyncio.sleep(FIRST_SECONDS)
    await response.write(_chunk({"content": f"{question}:"}, None))
    for number in range(TOKENS):
        await asyncio.sleep(TOKEN_SECONDS)
        await response.write(_chunk({"content": f" {number}"}, None))
    await response.write(_chunk({}, "stop") + b"data: [DONE]\n\n")
    return response


def _chunk(delta: dict[str, str], finish: str | None) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    chunk = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": MODEL}
    return b"data: " + json.dumps({**chunk, "choices": [choice]}).encode() + b"\n\n"


def _print(times: Times) -> None:
    table = Table(title=f"Time to the first token, {AT_ONCE} questions at once, ms")
    for column in ("", "questions", "p50", "p95"):
        table.add_column(column, justify="right" if column else "left")
    figures: dict[str, float] = {}
    rows = (
        ("straight from the model", "direct_ttft", times.direct),
        ("through the bot", "ttft", times.through),
        ("added", "added_ttft", times.added),
        ("added until Slack had it", "shown_added", times.shown),
    )
    for title, name, found in rows:
        p50, p95 = _percentiles(found)
        table.add_row(title, str(len(found)), f"{p50:.0f}", f"{p95:.0f}")
        figures |= {f"{name}_p50_ms": p50, f"{name}_p95_ms": p95}
    Console(width=80).print(table)
    print(json.dumps({name: round(value, 1) for name, value in figures.items()}))


def _percentiles(times: list[float]) -> tuple[float, float]:
    cuts = statistics.quantiles(times, n=100, method="inclusive")
    return cuts[49], cuts[94]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="2 rounds of 20 questions, not 10")
    parser.add_argument("--model", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--port", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    asyncio.run(_serve_model() if arguments.model else main(arguments.quick))
