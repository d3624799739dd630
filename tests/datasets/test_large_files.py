"""Large files: in helper processes, the same answer, bounded memory, no waiting event loop."""

import asyncio
import os
import subprocess
import sys
import threading
import time
from functools import partial
from pathlib import Path

import orjson
import psutil
import pytest

from tests.datasets.defects import asking
from tests.datasets.files import look, message
from tests.support.waiting import PATIENCE
from tunesmith.bot.datasets import inspect, workers
from tunesmith.bot.datasets.fix import fix_sync
from tunesmith.bot.datasets.rules import FIXED_BY_DEFAULT
from tunesmith.bot.datasets.verdict import Selection
from tunesmith.bot.errors import DatasetError
from tunesmith.bot.processes import Processes
from tunesmith.bot.providers.catalogue import load_catalogue

_MB = 1 << 20


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """9 MB of examples in which every kind of finding across lines occurs."""
    path = tmp_path_factory.mktemp("large") / "train.jsonl"
    with path.open("wb") as file:
        number = 0
        while file.tell() < 9 * _MB:
            said = " ".join(str((number * step) % 9973) for step in range(1, 300))
            lines = [asking(f"{number}?", said)]
            if number % 50 == 0:
                lines += [lines[0], asking(f"{number}?", "!"), asking(f"So {number}?", said)]
                lines += [{"messages": [message("User", "my mail is kim@corp.kr")]}]
            file.write(b"".join(_line(line) for line in lines))
            number += 1
    return path


def _line(example: object) -> bytes:
    return orjson.dumps(example) + b"\n"


def children() -> list[psutil.Process]:
    """The helper processes of this one; other tests leave servers of theirs running."""
    helpers: list[psutil.Process] = []
    for process in psutil.Process().children(recursive=True):
        try:
            if "tunesmith.bot.datasets.worker" in process.cmdline():
                helpers.append(process)
        except (psutil.NoSuchProcess, psutil.ZombieProcess):
            continue
    return helpers


def test_helpers_say_what_one_process_says(large: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with_helpers = look(large)
    monkeypatch.setattr(workers, "_WORTH_HELPERS", 1 << 40)
    alone = look(large)
    assert with_helpers == alone
    for code in ("exact_duplicate", "near_duplicate", "conflicting_answers", "personal_data"):
        assert alone.counts[code] > 0
    assert not children()


def test_helpers_load_nothing_that_only_the_report_needs() -> None:
    code = "import sys, tunesmith.bot.datasets.block; print('pydantic' in sys.modules)"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert ended.stdout.split() == [b"False"]


def test_the_command_says_what_the_bot_says(large: Path, tmp_path: Path) -> None:
    ended = _command(tmp_path, str(large), "--output-format", "json")
    assert ended.returncode == 1
    said = orjson.loads(ended.stdout)
    assert said["counts"] == look(large).counts
    assert not ended.stderr


def test_helpers_that_a_command_started_in_vain_end_with_it(large: Path, tmp_path: Path) -> None:
    assert _command(tmp_path, str(large), "--no-such-option").returncode == 2

    def left() -> list[int]:
        found = psutil.process_iter(["cwd"])
        return [process.pid for process in found if process.info["cwd"] == str(tmp_path)]

    deadline = time.monotonic() + PATIENCE
    while left() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not left()


def _command(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[bytes]":
    command = [sys.executable, "-m", "tunesmith.bot", "inspect", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, check=False)


def test_the_corrected_file_is_the_same_from_helpers(
    large: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    selection = Selection(load_catalogue())
    codes = FIXED_BY_DEFAULT | {"exact_duplicate"}
    fix = partial(fix_sync, large, name="a.jsonl", selection=selection, codes=codes)
    one = fix(out=tmp_path / "one")
    monkeypatch.setattr(workers, "_WORTH_HELPERS", 1 << 40)
    two = fix(out=tmp_path / "two")
    assert one == two
    assert one.counts["exact_duplicate"] > 10
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


async def test_the_event_loop_is_not_kept_waiting(large: Path, processes: Processes) -> None:
    longest = 0.0
    shares: list[float] = []

    async def tick() -> None:
        nonlocal longest
        while True:
            before = time.perf_counter()
            await asyncio.sleep(0.005)
            longest = max(longest, time.perf_counter() - before - 0.005)

    ticking = asyncio.create_task(tick())
    selection = Selection(load_catalogue())
    await inspect(processes, large, name="a.jsonl", selection=selection, progress=shares.append)
    ticking.cancel()
    assert longest < 0.25
    assert shares == sorted(shares)
    assert shares[-1] == 1


async def test_cancelling_ends_the_helpers_soon(large: Path, processes: Processes) -> None:
    started = asyncio.Event()

    def on_progress(share: float) -> None:
        started.set()

    selection = Selection(load_catalogue())
    task = asyncio.create_task(
        inspect(processes, large, name="a.jsonl", selection=selection, progress=on_progress)
    )
    await started.wait()
    found = children()
    assert found
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with asyncio.timeout(PATIENCE):
        while any(helper.is_running() for helper in found):
            await asyncio.sleep(0.02)


def test_a_helper_that_dies_is_told_of_and_leaves_nothing_behind(large: Path) -> None:
    def kill_one() -> None:
        while not (found := children()):
            time.sleep(0.01)
        found[0].kill()

    killer = threading.Thread(target=kill_one)
    killer.start()
    with pytest.raises(DatasetError, match="worker process ended"):
        look(large)
    killer.join()
    assert not children()


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    def peak(size: int) -> int:
        path = tmp_path / "train.jsonl"
        block = b"".join(_line(asking(os.urandom(200).hex(), "ok")) for _ in range(2_000))
        with path.open("wb") as file:
            while file.tell() < size:
                file.write(block)
        highest, done = 0, threading.Event()

        def watch() -> None:
            nonlocal highest
            while not done.is_set():
                rss = 0
                for process in children():
                    try:
                        rss += process.memory_info().rss
                    except psutil.NoSuchProcess:
                        continue
                highest = max(highest, rss)
                time.sleep(0.1)  # looking for them takes the processor, too

        watching = threading.Thread(target=watch)
        watching.start()
        look(path)
        done.set()
        watching.join()
        return highest

    small, big = peak(9 * _MB), peak(27 * _MB)
    assert big < 1.25 * small
    assert big < len(os.sched_getaffinity(0)) * 130 * _MB
