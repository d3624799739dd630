"""How fast are slash commands acknowledged? The bot beside a bare Bolt app that only echoes.

Slack gives an app three seconds. Both apps run as processes of their own on Socket Mode against a
local workspace each, and take turns in the same run: the same commands, at 50 a second. The bot
answers help, lists and statuses out of its database, and writes a task for each cancellation.
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
from pathlib import Path

import aiohttp
from rich.console import Console
from rich.table import Table

sys.path.append(str(Path(__file__).parents[1]))

from tests.support.rows import add_rows, dataset_row, job_row
from tunesmith.storage.database import Database

ROOT = Path(__file__).parents[1]
TEAM, CHANNEL, USER, JOB = "T0LOCAL", "C0TUNING", "U0ALICE", "benchjob0001"
COMMANDS = ("/tune help", "/tune jobs", f"/tune status {JOB}", f"/tune cancel {JOB}")
PER_SECOND = 50
TURN = 100

BARE = """
import asyncio, os
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

async def main():
    client = AsyncWebClient(token="xoxb-local", base_url=os.environ["TUNESMITH_SLACK__API_URL"])
    app = AsyncApp(client=client)

    @app.command("/tune")
    async def echo(ack, body):
        await ack(body["text"])

    await AsyncSocketModeHandler(app, "xapp-local").start_async()

asyncio.run(main())
"""


async def main(quick: bool) -> None:
    """Measure, print a table, and end with one JSON object."""
    count = 300 if quick else 1000
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        session = await stack.enter_async_context(aiohttp.ClientSession())
        await _seed(folder)
        apps = {
            "tunesmith": ["-m", "tunesmith.bot", "run"],
            "bare Bolt": ["-c", BARE],
        }
        urls = {
            name: await stack.enter_async_context(_app(folder, session, program))
            for name, program in apps.items()
        }
        times: dict[str, list[float]] = {name: [] for name in apps}
        for _ in range(count // TURN):
            for name, url in urls.items():
                times[name] += await _turn(session, url)
    _print({name: _percentiles(found) for name, found in times.items()})


async def _seed(folder: Path) -> None:
    """A database with a running job, for the commands to talk about."""
    database = Database(f"sqlite+aiosqlite:///{folder / 'tunesmith.db'}")
    await database.migrate()
    dataset = dataset_row(team=TEAM, channel=CHANNEL, created_by=USER)
    await add_rows(database, dataset, job_row(dataset, JOB, provider_job_id="ftjob-bench"))
    await database.close()


@asynccontextmanager
async def _app(
    folder: Path, session: aiohttp.ClientSession, program: list[str]
) -> AsyncGenerator[str]:
    """An app on a workspace of its own; the workspace's address."""
    manifest = ROOT / "manifest.yml"
    serve = ["-m", "tunesmith.local.workspace", "--port", "0", "--manifest", str(manifest)]
    workspace = await asyncio.create_subprocess_exec(
        sys.executable, *serve, stdout=asyncio.subprocess.PIPE
    )
    assert workspace.stdout is not None
    url = json.loads(await workspace.stdout.readline())["url"]
    settings = {
        "TUNESMITH_DATA_DIR": str(folder),
        "TUNESMITH_SLACK__BOT_TOKEN": "xoxb-local",
        "TUNESMITH_SLACK__APP_TOKEN": "xapp-local",
        "TUNESMITH_SLACK__API_URL": f"{url}/api/",
        "TUNESMITH_PROVIDERS__LOCAL__API_KEY": "local",
        "TUNESMITH_PROVIDERS__LOCAL__BASE_URL": "http://127.0.0.1:9/v1",
    }
    app = await asyncio.create_subprocess_exec(
        sys.executable,
        *program,
        env={**os.environ, **settings},
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(30):
            while not await _command(session, url, COMMANDS[0]):
                await asyncio.sleep(0.2)
        yield url
    finally:
        for process in (app, workspace):
            process.terminate()
            await process.wait()


async def _turn(session: aiohttp.ClientSession, url: str) -> list[float]:
    """A turn's commands, each sent when it is due; their times to the acknowledgement in ms."""
    began = time.perf_counter()

    async def send(number: int) -> float:
        await asyncio.sleep(began + number / PER_SECOND - time.perf_counter())
        sent = time.perf_counter()
        assert await _command(session, url, COMMANDS[number % len(COMMANDS)])
        return (time.perf_counter() - sent) * 1000

    return list(await asyncio.gather(*(send(number) for number in range(TURN))))


async def _command(session: aiohttp.ClientSession, url: str, text: str) -> bool:
    body = {"user": USER, "channel": CHANNEL, "text": text}
    async with session.post(f"{url}/control/commands", json=body) as response:
        return bool((await response.json())["ok"])


def _percentiles(times: list[float]) -> tuple[float, float, float]:
    cuts = statistics.quantiles(times, n=100)
    return cuts[49], cuts[94], cuts[98]


def _print(found: dict[str, tuple[float, float, float]]) -> None:
    table = Table(title=f"Acknowledging slash commands at {PER_SECOND}/s, ms")
    for column in ("app", "p50", "p95", "p99"):
        table.add_column(column, justify="left" if column == "app" else "right")
    for name, times in found.items():
        table.add_row(name, *(f"{value:.1f}" for value in times))
    Console(width=80).print(table)
    ours, bare = found["tunesmith"][2], found["bare Bolt"][2]
    figures = {"ack_p99_ms": ours, "bare_p99_ms": bare, "ratio": ours / bare}
    print(json.dumps({name: round(value, 2) for name, value in figures.items()}))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="300 commands instead of 1,000")
    asyncio.run(main(parser.parse_args().quick))
