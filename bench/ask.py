"""How much later does a question's first token come through the bot than straight from the model?

A model server with a fixed time to its first token, the workspace and the bot run as processes of
their own. Twenty colleagues ask at once, each in a thread of its own; in turns with that, the same
twenty questions go straight to the model through the `openai` SDK, at once too: by one client with
the transport that the bot uses (aiohttp, which takes less time than the SDK's own), each from when
all twenty are asked.

- `added_ttft_*_ms`: from the moment that the workspace hands an event to the bot's connection until
  the bot has the first token, less what the direct streams of the same round took. Twenty at once
  wait for each other on both ways, so the rounds are compared by rank: the first with the first,
  the twentieth with the twentieth.
- `workspace_*_ms`: from when the workspace has a question until it hands the event over, which is
  its own work.
- `to_slack_*_ms`: from the first token in the bot until the workspace has the first words, for
  those questions for which Slack's own pace leaves a stream (`chat.startStream` is taken 20 times a
  minute; the bot begins ten at once).

The table tells where the time goes. All four programs share this machine with whatever else runs on
it. `added_ttft_unhindered_*_ms` is the added time without that: it leaves out for how long the bot,
or who asked straight, was ready to run while the machine did something else, as Linux's schedstat
tells it. `*_cpu_ms` is a program's processor time for each question (`bot_before_asking_cpu_ms`
from the first event of a round until the last question is on its way); `waited_ms` is how long the
bot waited for a processor in a round.
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
from collections import defaultdict
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import aiohttp
from openai import AsyncOpenAI, DefaultAioHttpClient
from rich.console import Console
from rich.table import Table
from sqlalchemy import func, select

sys.path.append(str(Path(__file__).parents[1]))

from bench._noted import FIRST_SECONDS, QUESTION, used
from bench._programs import ROOT, bot_database, bot_environment, process, server, slack_calls
from bench._round import AT_ONCE, Moments, Round, Used, Waits, took_ms
from tests.support.rows import add_rows, dataset_row, job_row
from tests.support.slice import chat_line
from tunesmith.bot.cli.demo.person import Person
from tunesmith.bot.datasets.inspection import inspect_sync
from tunesmith.bot.datasets.verdict import Selection
from tunesmith.bot.providers.catalogue import load_catalogue
from tunesmith.storage.jobs import JobStatus
from tunesmith.storage.tables import tasks

ALICE, CHANNEL, TEAM, MODEL = "U0ALICE", "C0TUNING", "T0LOCAL", "ft:tiny-1m-scratch:bench"
EXAMPLES = 500
WAIT_SECONDS = 120
# After so long Slack takes as many streams again.
REST_SECONDS = 60
DIRECT = "direct "

# What lies between two moments of a question.
STAGES = {
    "workspace: event handed over": ("written", "sent"),
    "bot: event read": ("sent", "arrived"),
    "bot: written down, claimed": ("arrived", "begun"),
    "bot: until the SDK is asked": ("begun", "asked"),
    "SDK: request on the wire": ("asked", "requested"),
    "model: first token sent": ("requested", "told"),
    "SDK, bot: first token read": ("told", "heard"),
    "bot, workspace: first words shown": ("heard", "shown"),
}
DIRECT_STAGES = {
    "SDK: request on the wire": ("asked", "requested"),
    "model: first token sent": ("requested", "told"),
    "SDK, bot: first token read": ("told", "heard"),
}


class Programs:
    """The programs that run: where they are, what they noted, how many questions were asked, and
    how long the bot had waited for a processor by when.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.pids: dict[str, int] = {}
        self.asked = 0
        self.waits: list[tuple[float, float]] = []

    def noted(self) -> defaultdict[str, Moments]:
        """What was noted so far, by question."""
        self.waits.clear()
        found: defaultdict[str, Moments] = defaultdict(dict)
        for name in ("workspace", "bot", "model"):
            for line in (self.folder / f"{name}.notes").read_text().splitlines():
                moment, question, at, cpu, waited = json.loads(line)
                found[question] |= {moment: at, f"{moment} cpu": cpu}
                if name == "bot":
                    self.waits.append((at, waited))
        return found

    def used(self) -> dict[str, Used]:
        """What each has used of the processors since it began, by its main thread and all others'
        (of the waiting, the main thread's).
        """
        return {name: _used(pid) for name, pid in self.pids.items()}


async def main(quick: bool) -> None:
    """Measure, print a table, and end with one JSON object."""
    rounds: list[Round] = []
    async with AsyncExitStack() as stack:
        programs = Programs(Path(stack.enter_context(tempfile.TemporaryDirectory())))
        session = await stack.enter_async_context(aiohttp.ClientSession())
        workspace, model = await stack.enter_async_context(_processes(programs, session))
        client = await stack.enter_async_context(
            AsyncOpenAI(api_key="k", base_url=f"{model}/v1", http_client=DefaultAioHttpClient())
        )
        person = Person(session, workspace, ALICE, ALICE, CHANNEL)
        await _round(programs, person, client, "warm-up")
        for number in range(2 if quick else 10):
            if not quick:
                await asyncio.sleep(REST_SECONDS)
            name, to_the_end = f"round {number}", not quick or number == 0
            rounds.append(await _round(programs, person, client, name, to_the_end=to_the_end))
    _print(rounds)


async def _round(
    programs: Programs,
    person: Person,
    client: AsyncOpenAI,
    name: str,
    *,
    to_the_end: bool = True,
) -> Round:
    """Ask straight, then through the bot, and tell what it took.

    Slack's pace spreads twenty answers over some twenty seconds: a round that is not waited for
    `to_the_end` has no processor times.
    """
    questions = [f"{name}, question {number}" for number in range(AT_ONCE)]
    asked = time.time()
    direct_waits = [(asked, used()[1])]
    asking = (_ask_directly(client, each, asked, direct_waits) for each in questions)
    direct = dict(await asyncio.gather(*asking))
    before = programs.used()
    began = (time.time(), before["bot"].waited)
    programs.asked += len(questions)
    written = dict(await asyncio.gather(*(_ask(person, each) for each in questions)))
    took: dict[str, Used] = {}
    if to_the_end:
        await _all_told(programs)
        took = {
            program: Used(*(late - early for early, late in zip(before[program], now, strict=True)))
            for program, now in programs.used().items()
        }
    await _all_noted(programs, questions)
    noted, shown = programs.noted(), await _shown(person, written)
    through = {each: {**noted[each], "written": written[each]} for each in questions}
    for question, at in shown.items():
        through[question]["shown"] = at
    for question, moments in direct.items():
        moments["requested"] = noted[question][f"{DIRECT}requested"]
        moments["told"] = noted[question][f"{DIRECT}told"]
    return Round(direct, through, sorted(direct_waits), sorted([began, *programs.waits]), took)


async def _ask_directly(
    client: AsyncOpenAI, question: str, asked: float, waits: Waits
) -> tuple[str, Moments]:
    moments = {"asked": asked}
    stream = await client.chat.completions.create(
        model=MODEL,
        messages=[{"role": "user", "content": question}],
        temperature=0,
        stream=True,
        user=DIRECT,
    )
    async for chunk in stream:
        if chunk.choices[0].delta.content and "heard" not in moments:
            moments["heard"] = time.time()
            waits.append((moments["heard"], used()[1]))
    return question, moments


async def _ask(person: Person, question: str) -> tuple[str, float]:
    """Write a question to the bot; its `ts`, which is when Slack had it."""
    body = {"user": ALICE, "channel": CHANNEL, "text": f"@tunesmith {question}"}
    async with person.session.post(f"{person.url}/control/messages", json=body) as response:
        return question, float((await response.json())["ts"])


async def _all_told(programs: Programs) -> None:
    """Wait until every answer stands in its thread: the next round finds the bot at rest."""
    told = select(func.count()).where(tasks.c.kind == "answer.tell", tasks.c.done_at.is_not(None))
    database = bot_database(programs.folder)
    try:
        async with asyncio.timeout(WAIT_SECONDS), database.read() as connection:
            while (await connection.execute(told)).scalar_one() < programs.asked:
                await asyncio.sleep(0.5)
    finally:
        await database.close()


async def _all_noted(programs: Programs, questions: Sequence[str]) -> None:
    """Wait until the bot has the first token of every answer, and all have written their notes."""
    moments = {moment for stage in STAGES.values() for moment in stage} - {"written", "shown"}
    moments |= {f"{DIRECT}requested", f"{DIRECT}told"}
    async with asyncio.timeout(WAIT_SECONDS):
        while True:
            noted = programs.noted()
            if all(moments <= noted[each].keys() for each in questions):
                return
            await asyncio.sleep(0.5)


async def _shown(person: Person, written: Mapping[str, float]) -> dict[str, float]:
    """When a stream was begun in Slack, for the ten questions for which it took one at once.

    Each answer begins with its question, so that a stream's first words tell whose it is.
    """
    calls = await slack_calls(person.session, person.url, "chat.startStream")
    found: dict[str, float] = {}
    for call in calls:
        named = QUESTION.search(str(call["args"].get("markdown_text", "")))
        if call["ok"] and named and named[0] in written:
            found.setdefault(named[0], call["at"])
    return dict(sorted(found.items(), key=lambda one: one[1])[:10])


def _used(pid: int) -> Used:
    numbers = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    _, waited, _ = Path(f"/proc/{pid}/schedstat").read_text().split()
    ticks = int(numbers[11]) + int(numbers[12])
    return Used(ticks / os.sysconf("SC_CLK_TCK"), int(waited) / 1e9)


@asynccontextmanager
async def _processes(
    programs: Programs, session: aiohttp.ClientSession
) -> AsyncGenerator[tuple[str, str]]:
    """The addresses of the workspace and the model's server, with the bot between them."""
    folder, pids = programs.folder, programs.pids
    async with AsyncExitStack() as stack:
        manifest = ("--manifest", str(ROOT / "manifest.yml"))
        noted = server(folder, "workspace", *_noted(folder, "workspace"), *manifest)
        workspace, pids["workspace"] = await stack.enter_async_context(noted)
        noted = server(folder, "model", *_noted(folder, "model"))
        model, pids["model"] = await stack.enter_async_context(noted)
        await _seed(folder)
        program, environment = _noted(folder, "bot"), bot_environment(folder, workspace, model)
        bot = process(folder, "bot", *program, "run", **environment)
        pids["bot"] = (await stack.enter_async_context(bot)).pid
        await Person(session, workspace, ALICE, ALICE, CHANNEL).command("/tune help")
        yield workspace, model


def _noted(folder: Path, name: str) -> tuple[str, ...]:
    """One of the programs, with its notes of each question."""
    return ("-m", "bench._noted", name, str(folder / f"{name}.notes"))


async def _seed(folder: Path) -> None:
    """A tuned model in the channel."""
    (folder / "bot").mkdir()
    file = folder / "train.jsonl"
    lines = (chat_line(f"When does shop {n} open?", f"At {n % 12}.") for n in range(EXAMPLES))
    file.write_text("\n".join(lines) + "\n")
    report = inspect_sync(file, name=file.name, selection=Selection(load_catalogue()))
    said = report.model_dump(mode="json")
    dataset = dataset_row(team=TEAM, channel=CHANNEL, created_by=ALICE, report=said)
    job = job_row(dataset, status=JobStatus.SUCCEEDED, fine_tuned_model=MODEL, finished_at=1.0)
    database = bot_database(folder)
    await database.migrate()
    await add_rows(database, dataset, job)
    await database.close()


def _print(rounds: Sequence[Round]) -> None:
    both = {
        "direct": {f"{n}{q}": m for n, each in enumerate(rounds) for q, m in each.direct.items()},
        "through": {f"{n}{q}": m for n, each in enumerate(rounds) for q, m in each.through.items()},
    }
    table = Table(title=f"From the question to its first token, {AT_ONCE} at once, ms")
    for column in ("", "through p50", "p95", "direct p50", "p95"):
        table.add_column(column, justify="right" if column else "left")
    for title, stage in STAGES.items():
        direct = DIRECT_STAGES.get(title)
        row = [*_shares(took_ms(both["through"], *stage))]
        row += _shares(took_ms(both["direct"], *direct)) if direct else []
        table.add_row(title, *row)
    table.add_section()
    figures: dict[str, float] = {}
    totals = {
        "direct_ttft": took_ms(both["direct"], "asked", "heard"),
        "ttft": took_ms(both["through"], "sent", "heard"),
        "added_ttft": [ms for each in rounds for ms in each.added("sent")],
        "added_ttft_unhindered": [ms for each in rounds for ms in each.added_unhindered()],
        "added_with_workspace": [ms for each in rounds for ms in each.added("written")],
        "workspace": took_ms(both["through"], "written", "sent"),
        "to_slack": took_ms(both["through"], "heard", "shown"),
    }
    for name, values in totals.items():
        p50, p95 = _percentiles(values)
        table.add_row(name, f"{p50:.0f}", f"{p95:.0f}")
        figures |= {f"{name}_p50_ms": p50, f"{name}_p95_ms": p95}
    whole = [each.used for each in rounds if each.used]
    for program in ("bot", "workspace", "model"):
        figures[f"{program}_cpu_ms"] = _mean([used[program].cpu for used in whole]) / AT_ONCE
    figures["bot_before_asking_cpu_ms"] = _mean([each.before_asking for each in rounds])
    figures["waited_ms"] = _mean([used["bot"].waited for used in whole])
    Console(width=90).print(table)
    print(f"The model's first token takes {FIRST_SECONDS * 1000:.0f} ms.", file=sys.stderr)
    print(json.dumps({name: round(value, 1) for name, value in figures.items()}))


def _mean(seconds: Sequence[float]) -> float:
    return statistics.mean(seconds) * 1000


def _shares(values: list[float]) -> list[str]:
    return [f"{value:.0f}" for value in _percentiles(values)]


def _percentiles(values: list[float]) -> tuple[float, float]:
    cuts = statistics.quantiles(values, n=100, method="inclusive")
    return cuts[49], cuts[94]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="2 rounds of 20 questions, not 10")
    asyncio.run(main(parser.parse_args().quick))
