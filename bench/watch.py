"""10,000 running jobs of one provider, watched by one bot process.

The workspace, a provider and the bot run as processes of their own; Slack's rate limits apply and
are counted by the workspace. The bot finds the jobs in its database, each with its card posted.
Meanwhile the provider pauses jobs and ends jobs; what is measured is

- calls: the provider's own count of requests, a minute;
- the lag of each change, from when the provider made it until Slack took the card's edit that says
  so. It can't be less than the poll interval allows, which is told too: the time from one reading
  of the whole list to the next;
- the share of one core of the bot and its child processes; the memory of the bot, and of all of
  them (a page that they share counts once): workers draw the charts of the jobs that end;
- edits, a minute, and what Slack refused because it was too much.

A quick run looks at its 100 jobs every 5 seconds, so that it ends within 40.
"""

# ruff: noqa: E402
import sys

# This folder comes first on the path, and its inspect.py would be taken for Python's own.
del sys.path[0]

import argparse
import asyncio
import json
import os
import random
import statistics
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web
from rich.console import Console
from rich.table import Table

sys.path.append(str(Path(__file__).parents[1]))

from bench._programs import BOT, WORKSPACE, bot_environment, process, server, slack_calls
from bench._watch_data import PROVIDER, post_cards, seed
from tests.support.provider_server import ProviderServer
from tunesmith.bot.cli.demo.person import Person

CHANGE_EVERY = 4.0  # seconds between two changes at the provider
QUICK_POLL_SECONDS = 5
LIST = "GET /fine_tuning/jobs"


@dataclass
class Watch:
    """What is measured, by the provider's ids of jobs; times are seconds since 1970."""

    session: aiohttp.ClientSession
    workspace: str
    provider: str
    cards: dict[str, tuple[str, str]]
    changed: dict[str, float] = field(default_factory=dict[str, float])
    rss: float = 0
    alone: float = 0

    async def change(self, name: str, **values: Any) -> None:
        """The provider changes a job."""
        body = {"id": name, **values}
        async with self.session.post(f"{self.provider}/control", json=body) as response:
            assert response.status == 200, await response.text()
        self.changed[name] = time.time()

    async def requests(self) -> dict[str, list[float]]:
        """When the provider was asked for what."""
        async with self.session.get(f"{self.provider}/control") as response:
            found: dict[str, list[float]] = await response.json()
        return found

    async def calls(self, method: str) -> list[dict[str, Any]]:
        """The bot's calls of Slack so far."""
        return await slack_calls(self.session, self.workspace, method)

    async def lags(self) -> list[float]:
        """How long each change took to its card, in seconds."""
        edits: defaultdict[tuple[str, str], list[float]] = defaultdict(list)
        for call in await self.calls("chat.update"):
            if call["ok"]:
                edits[call["args"]["channel"], call["args"]["ts"]].append(call["at"])
        found: list[float] = []
        for name, at in self.changed.items():
            after = [edited for edited in edits[self.cards[name]] if edited > at]
            if after:
                found.append(min(after) - at)
        return found


async def main(quick: bool) -> None:
    """Measure, print a table, and end with one JSON object."""
    count, seconds = (100, 8) if quick else (10_000, 180)
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        session = await stack.enter_async_context(aiohttp.ClientSession())
        watch, bot = await stack.enter_async_context(
            _processes(folder, session, count, quick=quick)
        )
        await _read_once(watch, count)
        began, used = time.time(), await asyncio.to_thread(_used, bot)
        await _change_jobs(watch, bot, seconds)
        ended, used_then = time.time(), await asyncio.to_thread(_used, bot)
        share = (used_then[1] - used[1]) / (ended - began)
        requests, interval = await watch.requests(), await _interval(watch, count)
        await _wait_for_cards(watch, 5 + (interval or 5))
        await _print(watch, requests, (began, ended), interval, share)


async def _read_once(watch: Watch, count: int) -> None:
    """Wait until the bot has read the whole list once."""
    async with asyncio.timeout(240):
        while len((await watch.requests()).get(LIST, [])) < count // 100:
            await asyncio.sleep(0.2)


async def _change_jobs(watch: Watch, bot: int, seconds: float) -> None:
    """Let jobs pause, go on and end for that long."""
    names = random.Random(1).sample(sorted(watch.cards), len(watch.cards))
    until = time.monotonic() + seconds
    every = min(CHANGE_EVERY, seconds / 10)
    for number, name in enumerate(names):
        if time.monotonic() > until:
            return
        if number % 2:
            await watch.change(name, status="paused")
        else:
            model = f"ft:gpt-4.1:{name}"
            await watch.change(name, status="succeeded", fine_tuned_model=model)
        watch.rss = max(watch.rss, (await asyncio.to_thread(_used, bot))[0])
        watch.alone = max(watch.alone, _megabytes(bot))
        await asyncio.sleep(every)


async def _wait_for_cards(watch: Watch, seconds: float) -> None:
    until = time.monotonic() + seconds
    while len(await watch.lags()) < len(watch.changed) and time.monotonic() < until:
        await asyncio.sleep(1)


async def _interval(watch: Watch, count: int) -> float:
    """The time from one reading of the whole list to the next."""
    asked, pages = (await watch.requests())[LIST], count // 100
    gaps = [later - earlier for earlier, later in zip(asked, asked[pages:], strict=False)]
    return statistics.median(gaps) if gaps else 0.0


def _used(pid: int) -> tuple[float, float]:
    """The MB of a process and its descendants, and their processor seconds.

    A page that several of them share counts once in all (PSS).
    """
    children: defaultdict[int, list[int]] = defaultdict(list)
    seen: dict[int, list[str]] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rsplit(")", 1)[1].split()
        except OSError:  # it has ended meanwhile
            continue
        children[int(fields[1])].append(int(entry.parent.name))
        seen[int(entry.parent.name)] = fields
    family = [pid]
    for one in family:
        family += children[one]
    known = [seen[one] for one in family if one in seen]
    # Of children that have ended, too.
    ticks = sum(int(each) for fields in known for each in fields[11:13])
    ticks += sum(int(each) for each in seen[pid][13:15])
    return sum(map(_megabytes, family)), ticks / os.sysconf("SC_CLK_TCK")


def _megabytes(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:  # it has ended meanwhile
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), 0.0)


@asynccontextmanager
async def _processes(
    folder: Path, session: aiohttp.ClientSession, count: int, *, quick: bool
) -> AsyncGenerator[tuple[Watch, int]]:
    """All three, the bot with that many jobs."""
    async with AsyncExitStack() as stack:
        here = (str(Path(__file__)), "--provider", str(count))
        (workspace, _), (provider, _) = await asyncio.gather(
            stack.enter_async_context(server(folder, "workspace", *WORKSPACE)),
            stack.enter_async_context(server(folder, "provider", *here)),
        )
        cards = await post_cards(session, workspace, count)
        await seed(folder, cards)
        async with session.post(f"{workspace}/control/limits", json={"on": True}) as response:
            assert response.status == 200, await response.text()
        environment = bot_environment(folder, workspace, provider, PROVIDER)
        if quick:
            ours = folder / "catalogue.toml"
            ours.write_text(f"[providers.{PROVIDER}]\npoll_seconds = {QUICK_POLL_SECONDS}\n")
            environment["TUNESMITH_CATALOGUE"] = str(ours)
        bot = await stack.enter_async_context(process(folder, "bot", *BOT, **environment))
        await Person(session, workspace, "U0ALICE", "Alice", "C0TUNING").command("/tune help")
        yield Watch(session, workspace, provider, cards), bot.pid


async def _serve_provider(count: int) -> None:
    """A provider with that many jobs; `/control` changes one and tells what was asked for."""
    provider, asked = ProviderServer(), defaultdict[str, list[float]](list)
    provider.may_create.set()
    for number in range(count):
        name = f"ftjob-{number}"
        provider.add_job(name, created_at=int(time.time()) - 1_200)
        data = {"step": 10, "total_steps": 100, "train_loss": 1.5}
        provider.events[name] = [{"id": f"e-{number}", "type": "metrics", "data": data}]

    @web.middleware
    async def note(request: web.Request, handler: Any) -> web.StreamResponse:
        if request.path.startswith("/v1"):
            asked[f"{request.method} {request.path.removeprefix('/v1')}"].append(time.time())
        return await handler(request)

    async def change(request: web.Request) -> web.Response:
        body = await request.json()
        provider.jobs[body["id"]] |= body
        return web.json_response({})

    async def tell(_: web.Request) -> web.Response:
        return web.json_response(asked)

    app = provider.app()
    app.middlewares.insert(0, note)
    app.router.add_post("/control", change)
    app.router.add_get("/control", tell)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    print(json.dumps({"ready": True, "url": url}), flush=True)
    await asyncio.Event().wait()


async def _print(
    watch: Watch,
    requests: dict[str, list[float]],
    span: tuple[float, float],
    interval: float,
    share: float,
) -> None:
    minutes = (span[1] - span[0]) / 60
    asked = Counter(
        name if name == LIST else name.rsplit("/", 1)[1] if "events" in name else "other"
        for name, times in requests.items()
        for at in times
        if span[0] <= at <= span[1]
    )
    updates = await watch.calls("chat.update")
    edits = [one for one in updates if span[0] <= one["at"] <= span[1]]
    refused = [one for one in updates if not one["ok"]]
    lags = await watch.lags()
    figures = {
        "api_calls_per_minute": sum(asked.values()) / minutes,
        "core_share": share,
        "lag_p95_s": statistics.quantiles(lags, n=100, method="inclusive")[94],
        "rss_mb": watch.alone,
        "edits_per_minute": len(edits) / minutes,
    }
    beside = {
        "poll_interval_s": interval,
        "with its workers, MB": watch.rss,
        "lag_p50_s": statistics.median(lags),
        "changes": len(watch.changed),
        "changes_on_cards": len(lags),
        "edits_refused": len(refused),
        **{f"calls: {name}": number for name, number in asked.items()},
    }
    table = Table(title=f"{len(watch.cards):,} jobs watched for {minutes:.1f} min")
    table.add_column("figure")
    table.add_column("measured", justify="right")
    for name, value in (figures | beside).items():
        table.add_row(name, f"{value:,.2f}")
    Console(width=80).print(table)
    print(json.dumps({name: round(value, 3) for name, value in figures.items()}))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="100 jobs, 8 seconds")
    parser.add_argument("--provider", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    asked_for = parser.parse_args()
    if asked_for.provider:
        asyncio.run(_serve_provider(asked_for.provider))
    else:
        asyncio.run(main(asked_for.quick))
