"""Many people at once: 200 files and 100 questions over nine channels, on the bot as it is run.

The workspace, the trainer (with an engine that only repeats) and the bot run as processes of their
own. Slack's rate limits apply. All files are attached and all questions are written at once, by
everybody in every channel that the bot is in; meanwhile slash commands show how fast the bot
acknowledges; what the workspace itself takes at that moment, which the first second keeps busy too,
is told apart. The times come from the workspace's log of calls:

- a report's, from when its file stands in the channel (the message's `ts`) until it is posted.
- an answer's first words, from when the question stands there. Slack lets twenty streams a minute
  begin in a workspace; the other answers come as whole messages.

What Slack's limits make of both is told apart: twenty streams a minute, and one message a second
and channel. With the times at which reports and answers were ready, the wait of each is reckoned
as if they went in that order and nothing else but these limits held them up.

Memory is that of the bot and all its child processes, every half second; the most counts. Workers
are forked and share most of it: `rss_mb` counts a shared page for each of them, `pss_mb` once.
Their processor seconds tell what the work costs where others use the machine too.
"""

# ruff: noqa: E402
import sys

# This folder comes first on the path, and its inspect.py would be taken for Python's own.
del sys.path[0]

import argparse
import asyncio
import json
import re
import statistics
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import psutil
from rich.console import Console
from rich.table import Table
from sqlalchemy import select

sys.path.append(str(Path(__file__).parents[1]))

from bench._load_data import EXAMPLES, PLACES, seed, train_model, write_file
from bench._programs import (
    BOT,
    KEY,
    WORKSPACE,
    bot_database,
    bot_environment,
    process,
    server,
    slack_calls,
)
from tunesmith.bot.cli.demo.person import Person
from tunesmith.storage import datasets
from tunesmith.storage.database import Database
from tunesmith.storage.tables import answers, tasks

BOT_USER = "U0TUNESMITH"
INVITE = ("C0RANDOM", "C0LAB")
COMMANDS_PER_SECOND = 10
SECONDS = 400
BURST = 3  # messages that Slack takes at once in a channel
STREAMS, STREAM_SECONDS = 10, 3.0  # that may begin at once, and then one in so many seconds

_FILE = re.compile(r"load-(\d+)\.jsonl")


@dataclass(frozen=True)
class Ready:
    """A message that is ready to be posted: `what` is a file's number or a question's `ts`."""

    at: float
    channel: str
    what: int | str


@dataclass
class Load:
    """What was sent when (seconds since 1970), and what came of it."""

    session: aiohttp.ClientSession
    url: str
    attached: dict[int, float] = field(default_factory=dict[int, float])
    channels: dict[int, str] = field(default_factory=dict[int, str])
    asked: dict[str, float] = field(default_factory=dict[str, float])
    acks: list[tuple[float, float]] = field(default_factory=list[tuple[float, float]])
    rss: float = 0
    pss: float = 0
    cpu: dict[str, float] = field(default_factory=dict[str, float])

    async def attach(self, number: int, channel: str, user: str, path: Path) -> None:
        """A colleague attaches a file."""
        self.channels[number] = channel
        who = Person(self.session, self.url, user, user, channel)
        self.attached[number] = float(await who.attach([path], ""))

    async def ask(self, number: int, channel: str, user: str) -> None:
        """A colleague asks a question."""
        text = f"question {number % EXAMPLES}"
        body = {"user": user, "channel": channel, "text": f"<@{BOT_USER}> {text}"}
        if channel.startswith("D"):
            body["text"] = text
        async with self.session.post(f"{self.url}/control/messages", json=body) as response:
            ts = (await response.json())["ts"]
        self.asked[ts] = float(ts)

    async def command(self) -> None:
        """A colleague types a command; how long until it is acknowledged, and how long the
        workspace takes at the same time for what the bot has no part in: twice, as a command
        passes it on its way to the bot and back.
        """
        self.acks.append(await asyncio.gather(self._command(), self._pass_by()))

    async def _command(self) -> float:
        body = {"user": "U0ALICE", "channel": "C0TUNING", "text": "/tune help"}
        began = time.perf_counter()
        async with self.session.post(f"{self.url}/control/commands", json=body) as response:
            assert (await response.json())["ok"]
        return (time.perf_counter() - began) * 1000

    async def _pass_by(self) -> float:
        began = time.perf_counter()
        for _ in range(2):
            await self.calls("none")
        return (time.perf_counter() - began) * 1000

    async def calls(self, method: str | None = None) -> list[dict[str, Any]]:
        """The bot's calls of Slack so far."""
        return await slack_calls(self.session, self.url, method)

    async def reports(self) -> dict[int, float]:
        """When the report of each file was posted."""
        found: dict[int, float] = {}
        for method in ("chat.postMessage", "chat.update"):
            for call in await self.calls(method):
                blocks: list[dict[str, Any]] = call["args"].get("blocks") or []
                named = _FILE.search(json.dumps(blocks))
                if call["ok"] and named and any(block["type"] == "actions" for block in blocks):
                    found.setdefault(int(named[1]), call["at"])
        return found

    async def first_words(self) -> dict[str, float]:
        """When the answer to each question began, by the question's `ts`."""
        found: dict[str, float] = {}
        for method in ("chat.startStream", "chat.postMessage"):
            for call in await self.calls(method):
                thread = call["args"].get("thread_ts")
                if call["ok"] and thread in self.asked:
                    found.setdefault(thread, call["at"])
        return found


async def main(quick: bool) -> None:
    """Measure, print a table, and end with one JSON object."""
    files, questions = (40, 20) if quick else (200, 100)
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        session = await stack.enter_async_context(aiohttp.ClientSession())
        url, bot = await stack.enter_async_context(_processes(folder, session))
        load = Load(session, url)
        await _run(load, bot, folder, files, questions)
        ready = await _ready(folder, load)
        _print(load, await load.reports(), await load.first_words(), ready)
        await _print_calls(load)


async def _run(load: Load, bot: int, folder: Path, files: int, questions: int) -> None:
    places = list(PLACES.items())
    paths = [write_file(folder, number) for number in range(files)]
    watching = asyncio.create_task(_watch(load, bot))
    work = [
        load.attach(number, channel, people[number // len(places) % len(people)], path)
        for number, path in enumerate(paths)
        for channel, people in [places[number % len(places)]]
    ]
    work += [
        load.ask(number, channel, people[number // len(places) % len(people)])
        for number in range(questions)
        for channel, people in [places[number % len(places)]]
    ]
    await asyncio.gather(*work)
    deadline = time.monotonic() + SECONDS
    while len(await load.reports()) < files or len(await load.first_words()) < questions:
        assert time.monotonic() < deadline, "some never came"
        await asyncio.sleep(1)
    watching.cancel()


async def _watch(load: Load, bot: int) -> None:
    """Type commands and look at the bot's memory until cancelled."""
    commands: set[asyncio.Task[None]] = set()
    while True:
        await asyncio.to_thread(_used, load, bot)
        for _ in range(COMMANDS_PER_SECOND // 2):
            typed = asyncio.create_task(load.command())
            commands.add(typed)
            typed.add_done_callback(commands.discard)
            await asyncio.sleep(1 / COMMANDS_PER_SECOND)


def _used(load: Load, pid: int) -> None:
    """Note what a process and its descendants use."""
    bot = psutil.Process(pid)
    rss = pss = workers = 0.0
    for one in (bot, *bot.children(recursive=True)):
        with suppress(psutil.NoSuchProcess):  # it has ended meanwhile
            memory, times = one.memory_full_info(), one.cpu_times()
            rss, pss = rss + memory.rss, pss + memory.pss
            workers += times.user + times.system
    own = bot.cpu_times()
    load.cpu = {"bot": own.user + own.system, "workers": workers - own.user - own.system}
    load.rss, load.pss = max(load.rss, rss / 2**20), max(load.pss, pss / 2**20)


@asynccontextmanager
async def _processes(
    folder: Path, session: aiohttp.ClientSession
) -> AsyncGenerator[tuple[str, int]]:
    """All three; the workspace's address, and the bot's process."""
    async with AsyncExitStack() as stack:
        served = server(folder, "workspace", *WORKSPACE, "--rate-limits")
        workspace = (await stack.enter_async_context(served)).url
        train = ("-m", "tests.trainer_api.server_process", "--api-key", KEY)
        train += ("--data", str(folder / "trainer"))
        trainer = (await stack.enter_async_context(server(folder, "trainer", *train))).url
        await seed(folder, await train_model(trainer))
        environment = bot_environment(folder, workspace, trainer)
        bot = await stack.enter_async_context(process(folder, "bot", *BOT, **environment))
        await Person(session, workspace, "U0ALICE", "Alice", "C0TUNING").command("/tune help")
        for channel in INVITE:
            members = {"user": "U0ALICE", "channel": channel}
            async with session.post(f"{workspace}/control/members", json=members) as response:
                assert response.status == 200, await response.text()
        yield workspace, bot.pid


async def _ready(folder: Path, load: Load) -> list[Ready]:
    """When each report was ready to be posted, and the whole answer to each question."""
    database = bot_database(folder)
    found: list[Ready] = []
    async with database.read() as connection:
        refused = select(tasks.c.key).where(tasks.c.given_up.is_not(None))
        given_up = (await connection.execute(refused)).scalars().all()
        assert not given_up, given_up
        written = select(tasks.c.payload, tasks.c.created_at).where(tasks.c.kind == "report")
        for payload, created_at in (await connection.execute(written)).all():
            dataset = await datasets.get(connection, payload["dataset_id"])
            assert dataset is not None
            number = int(_FILE.findall(dataset.name)[0])
            found.append(Ready(created_at, load.channels[number], number))
    async with asyncio.timeout(SECONDS):
        # One whose first words stand in its thread may still be on its way.
        while len(answered := await _answered(database)) < len(load.asked):
            await asyncio.sleep(0.2)
    for key, created_at in answered:
        _, _, channel, ts = key.split(":")
        found.append(Ready(created_at, channel, ts))
    await database.close()
    return sorted(found, key=lambda one: one.at)


async def _answered(database: Database) -> list[tuple[str, float]]:
    """The key of each kept answer, and since when it is kept."""
    async with database.read() as connection:
        kept = await connection.execute(select(answers.c.key, answers.c.created_at))
        return [(key, created_at) for key, created_at in kept]


def _slack_waits(ready: list[Ready]) -> dict[int | str, float]:
    """How long each message waits where nothing but Slack's limits holds it up: it goes as a stream
    where one may begin, and as soon as its channel takes one more where it does not.
    """
    waits: dict[int | str, float] = {}
    next_at: defaultdict[str, float] = defaultdict(float)
    next_stream = 0.0
    for one in ready:
        if isinstance(one.what, str) and next_stream - STREAM_SECONDS * (STREAMS - 1) <= one.at:
            next_stream = max(next_stream, one.at) + STREAM_SECONDS
            waits[one.what] = 0
            continue
        going = max(one.at, next_at[one.channel] - (BURST - 1))
        next_at[one.channel] = max(next_at[one.channel], going) + 1
        waits[one.what] = going - one.at
    return waits


def _print(
    load: Load, reports: dict[int, float], words: dict[str, float], ready: list[Ready]
) -> None:
    waits = _slack_waits(ready)
    posted = {number: at - load.attached[number] for number, at in reports.items()}
    told = {ts: at - load.asked[ts] for ts, at in words.items()}
    checked = [one.at - load.attached[one.what] for one in ready if isinstance(one.what, int)]
    answered = [one.at - load.asked[one.what] for one in ready if isinstance(one.what, str)]
    figures = {
        "reports_p95_s": _p(95, [took - waits[number] for number, took in posted.items()]),
        "reports_with_slack_p95_s": _p(95, list(posted.values())),
        "reports_slack_share_p95_s": _p(95, [waits[number] for number in posted]),
        "ready_p95_s": _p(95, checked),
        "first_words_p95_s": _p(95, [took - waits[ts] for ts, took in told.items()]),
        "first_words_with_slack_p50_s": _p(50, list(told.values())),
        "first_words_with_slack_p95_s": _p(95, list(told.values())),
        "first_words_slack_share_p95_s": _p(95, [waits[ts] for ts in told]),
        "answered_p95_s": _p(95, answered),
        "ack_p99_ms": _p(99, [took - without for took, without in load.acks]),
        "ack_with_workspace_p99_ms": _p(99, [took for took, _ in load.acks]),
        "rss_mb": load.rss,
        "pss_mb": load.pss,
        **{f"{name}_cpu_s": seconds for name, seconds in load.cpu.items()},
    }
    table = Table(title=f"{len(reports)} files and {len(words)} questions at once")
    table.add_column("figure")
    table.add_column("measured", justify="right")
    for name, value in figures.items():
        table.add_row(name, f"{value:.1f}")
    Console(width=80).print(table)
    print(json.dumps({name: round(value, 2) for name, value in figures.items()}))


async def _print_calls(load: Load) -> None:
    counts = Counter((call["method"], call["ok"]) for call in await load.calls())
    for (method, ok), count in counts.most_common():
        print(f"{count:6} {method}{'' if ok else ' refused'}", file=sys.stderr)


def _p(percent: int, values: list[float]) -> float:
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="40 files and 20 questions")
    asyncio.run(main(parser.parse_args().quick))
