"""SIGKILL all along the main job: nothing lost, nothing done twice.

What happens at each step of a launch is shown in `tests/jobs/test_kill.py`.
"""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import openai
import pytest

from tests.support.slice import (
    answer_in,
    assert_told_once,
    files_of,
    final_of,
    report_of,
    small_file,
    start,
)
from tests.support.waiting import until
from tests.support.world import World, key
from tunesmith.bot.cli.demo.person import Person

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(300)]

_HELD = 200.0  # longer than the test waits: a held call never ends by itself


async def _kill_when(
    world: World,
    seen: Callable[[], Awaitable[Any]],
    what: str,
    then: Awaitable[None] | None = None,
    seconds: float = 60,
) -> None:
    """Kill the bot when something is seen; the fault for the next step is set while it is dead."""
    await until(seen, what, seconds=seconds)
    await world.kill("bot")
    if then is not None:
        await then
    await world.start_bot()


def _provider(world: World) -> openai.AsyncOpenAI:
    return openai.AsyncOpenAI(base_url=f"{world.trainer_url}/v1", api_key="local")


async def _jobs(world: World) -> list[Any]:
    async with _provider(world) as client:
        return [job async for job in client.fine_tuning.jobs.list()]


async def _files(world: World) -> list[Any]:
    async with _provider(world) as client:
        return [file async for file in client.files.list(purpose="fine-tune")]


def _in_thread(person: Person, thread: str, kind: str) -> Callable[[], Awaitable[Any]]:
    async def look() -> bool:
        return any(key(m).startswith(kind) for m in await person.messages(thread))

    return look


def _attached(person: Person, thread: str, name: str) -> Callable[[], Awaitable[Any]]:
    async def look() -> bool:
        return name in files_of(await person.messages(thread))

    return look


async def test_killed_all_along_there_is_one_job_and_each_message_once(
    world: World, tmp_path: Path
) -> None:
    alice = world.person()

    # Killed while the file is asked for: its event was acknowledged long ago.
    await world.workspace_fault("url_private", "slow", seconds=_HELD)
    thread = await alice.attach([small_file(tmp_path, examples=30)], "")

    async def asked_for() -> bool:
        return not await world.workspace_faults_waiting()

    hold = world.workspace_fault
    await _kill_when(
        world,
        asked_for,
        "the file to be asked for",
        hold("chat.postMessage", "slow_after", seconds=_HELD),
    )

    # Killed after the report was posted, before the bot knew.
    def hold_upload() -> Awaitable[None]:
        return hold("files.completeUploadExternal", "slow_after", seconds=_HELD)

    await _kill_when(world, _in_thread(alice, thread, "report:"), "the report", hold_upload())
    report = await report_of(alice, thread)

    # Killed after each file was shared, before the bot knew.
    for name in ("small.findings.csv", "small.findings.json"):
        await _kill_when(world, _attached(alice, thread, name), name, hold_upload())
    await _kill_when(world, _attached(alice, thread, "tokens.png"), "the histogram")

    # Killed in the middle of training.
    await start(alice, report, epochs="6")

    async def training() -> bool:
        found = await _jobs(world)
        return bool(found) and found[0].status in {"running", "succeeded"}

    await _kill_when(world, training, "training", hold_upload())

    # Killed after the picture was uploaded, before the bot knew.
    async def uploaded_picture() -> bool:
        return any(call["ok"] for call in await world.calls("files.completeUploadExternal"))

    await _kill_when(
        world,
        uploaded_picture,
        "the picture",
        hold("chat.postMessage", "slow_after", seconds=_HELD),
        seconds=90,
    )

    # Killed after the channel was told, before the bot knew.
    async def told() -> bool:
        return any(key(m).startswith("notice:") for m in await alice.messages())

    await _kill_when(world, told, "the notice")
    await final_of(alice, thread)

    # Killed while the answer streams.
    await hold("chat.startStream", "slow_after", seconds=_HELD)
    asked = await alice.say("@tunesmith What is 3 plus one?", thread)

    async def streaming() -> bool:
        return any(m["ts"] > asked and m.get("streaming") for m in await alice.messages(thread))

    await _kill_when(world, streaming, "the stream")
    await answer_in(alice, thread, asked)

    # Killed once more at rest; and Slack delivers everything a second time.
    await world.kill("bot")
    await world.start_bot()
    await world.redeliver_all()
    await alice.command("/tune jobs")

    assert len(await _jobs(world)) == 1
    assert len(await _files(world)) == 1
    await assert_told_once(alice, thread, histograms=1)
    after = [m for m in await alice.messages(thread) if m["ts"] > asked]
    assert len(after) == 1, "one answer"
