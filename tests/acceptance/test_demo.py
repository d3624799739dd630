"""`make demo`: the product's front door."""

import asyncio
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

import pytest

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
    assert demo.stdout is not None
    while b"Alice attaches" not in await demo.stdout.readline():
        assert demo.returncode is None
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


def _command_line(path: Path) -> str:
    try:
        return path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""
