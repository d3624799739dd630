"""A file of 64 MB is checked while the bot goes on answering."""

import asyncio
import json
import random
import re
import string
import sys
from pathlib import Path

import pytest

from tests.support.slice import attach_streamed, report_of
from tests.support.world import key, open_world, words

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(300)]

_BYTES = 64 << 20
_TICK = 0.01
# Beyond the worst lag of a process that does nothing at the same time on the same machine. Slack
# waits 3 s for an acknowledgement.
_MOST_LAG = 1.0

# Writes how late each tick of its event loop comes, with the time (that of the whole machine).
_TICKING = """
import asyncio, sys, time
async def tick():
    with open(sys.argv[-1], "w", buffering=1) as file:
        while True:
            began = time.monotonic()
            await asyncio.sleep({tick})
            now = time.monotonic()
            file.write(f"{{now}} {{now - began - {tick}}}\\n")
"""
_IDLE = _TICKING + "asyncio.run(tick())"
# The bot as it is, but for the ticks, and for progress that is told of more often.
_WATCHED = (
    _TICKING
    + """
from tunesmith.bot import app
from tunesmith.handlers.slack import progress
progress._QUIET_SECONDS = progress._EDIT_SECONDS = 0.3
run = app.run
async def watched(settings):
    ticking = asyncio.create_task(tick())
    await run(settings)
app.run = watched
from tunesmith.bot.cli import app
app(["run"])
"""
)


async def test_while_a_large_file_is_checked_the_event_loop_goes_on_and_progress_is_told(
    tmp_path: Path,
) -> None:
    path = tmp_path / "large.jsonl"
    _write_large(path)
    idle = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _IDLE.format(tick=_TICK), str(tmp_path / "idle")
    )
    try:
        async with open_world(tmp_path, bot=False) as world:
            catalogue = tmp_path / "catalogue.toml"
            catalogue.write_text(f"[providers.local]\nmax_file_bytes = {2 * _BYTES}\n")
            world.bot_settings["TUNESMITH_CATALOGUE"] = str(catalogue)
            await world.start_bot(("-c", _WATCHED.format(tick=_TICK), str(tmp_path / "bot.ticks")))
            alice = world.person()
            thread = await attach_streamed(world, alice, path)
            attached = float((tmp_path / "idle").read_text().split()[-2])
            report = await report_of(alice, thread, seconds=240)
            told = float((tmp_path / "idle").read_text().split()[-2])
            ours = [m for m in await alice.messages(thread) if key(m).startswith("report:")]
            posts = [str(call["args"]) for call in await world.calls("chat.postMessage")]
            edits = [str(call["args"]) for call in await world.calls("chat.update")]
    finally:
        idle.kill()
        await idle.wait()

    assert "1 error" in words(report), "it is larger than the machine takes"
    assert len(ours) == 1, "the report takes the place of the progress message"
    shares = [int(n) for said in posts + edits for n in re.findall(r"… (\d+)%", said)]
    assert len(set(shares)) > 2, shares
    assert shares == sorted(shares)

    lag, unavoidable = (_worst(tmp_path / name, attached, told) for name in ("bot.ticks", "idle"))
    assert lag < unavoidable + _MOST_LAG


def _worst(ticks: Path, begin: float, end: float) -> float:
    """The worst lag in a span of time."""
    found = [tuple(map(float, line.split())) for line in ticks.read_text().splitlines()]
    return max(late for at, late in found if begin <= at <= end)


def _write_large(path: Path) -> None:
    """Examples that have nothing in common but their words."""
    rng = random.Random(7)
    vocabulary = ["".join(rng.choices(string.ascii_lowercase, k=k % 9 + 2)) for k in range(5_000)]
    written = 0
    with path.open("w") as file:
        while written < _BYTES:
            question, answer = (" ".join(rng.choices(vocabulary, k=k)) for k in (40, 300))
            messages = [
                {"role": "user", "content": question},
                {"role": "assistant", "content": answer},
            ]
            written += file.write(json.dumps({"messages": messages}) + "\n")
