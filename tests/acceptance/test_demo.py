"""`make demo`: the whole product on one machine."""

import asyncio
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from tests.support.world import ROOT
from tunesmith.bot.cli.demo.processes import DemoError, running

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(400)]


async def _demo(folder: Path, *arguments: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tunesmith.bot",
        "demo",
        *arguments,
        cwd=folder,
        env={**os.environ, "TMPDIR": str(folder)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )


async def test_the_tour_ends_well_and_every_answer_is_the_trained_one(tmp_path: Path) -> None:
    demo = await _demo(tmp_path, "--exit")
    told = (await demo.communicate())[0].decode()
    assert demo.returncode == 0, told
    assert "is ready" in told
    assert "The tour took" in told
    assert list(tmp_path.iterdir()) == [], "it cleans up behind itself"


@pytest.mark.parametrize(
    "signals", [[signal.SIGINT] * 3, [signal.SIGHUP]], ids=["impatient Ctrl-C", "closed terminal"]
)
async def test_being_stopped_ends_every_child(
    tmp_path: Path, signals: list[signal.Signals]
) -> None:
    demo = await _demo(tmp_path)
    await _until_the_tour_began(demo)
    for number in signals:
        with suppress(ProcessLookupError):  # it may be gone before the last one
            demo.send_signal(number)
        await asyncio.sleep(0.1)
    told = (await demo.communicate())[0].decode()
    assert (demo.returncode, "Traceback" in told) == (0, False), told
    left = [
        line
        for process in Path("/proc").glob("[0-9]*/cmdline")
        if str(tmp_path) in (line := _command_line(process))
    ]
    assert left == []


@pytest.mark.parametrize("name", ["bot", "workspace"])
async def test_the_end_of_a_process_ends_the_tour_at_once_and_is_told_with_its_log(
    tmp_path: Path, name: str
) -> None:
    demo = await _demo(tmp_path)
    await _until_the_tour_began(demo)
    module = {"bot": "tunesmith.bot", "workspace": "tunesmith.local.workspace"}[name]
    [child] = [p for p in psutil.Process(demo.pid).children() if module in p.cmdline()]
    child.kill()
    told = (await demo.communicate())[0].decode()
    assert demo.returncode == 1
    assert "Traceback" not in told
    [log] = tmp_path.glob(f"*/{name}.log")
    assert f"The {name} has ended (killed by SIGKILL); its log is {log}" in told


async def test_the_end_of_a_process_is_noticed_while_the_demo_only_waits(tmp_path: Path) -> None:
    async with running(tmp_path, ROOT / "manifest.yml") as demo:
        demo.processes["trainer"].terminate()
        with pytest.raises(DemoError, match=r"The trainer has ended \(exit code 0\)"):
            await demo.during(_for_ever())


async def test_a_killed_demo_leaves_no_process_behind(tmp_path: Path) -> None:
    demo = await _demo(tmp_path)
    await _until_the_tour_began(demo)
    children = psutil.Process(demo.pid).children(recursive=True)
    assert len(children) >= 3
    demo.kill()
    _gone, alive = await asyncio.to_thread(psutil.wait_procs, children, timeout=60)
    assert alive == []
    await demo.communicate()


async def _until_the_tour_began(demo: asyncio.subprocess.Process) -> None:
    assert demo.stdout is not None
    while b"Alice attaches" not in await demo.stdout.readline():
        assert demo.returncode is None


async def _for_ever() -> None:
    await asyncio.Event().wait()


def _command_line(path: Path) -> str:
    try:
        return path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""
