"""The pool of worker processes: calls, crashes, and its end."""

import asyncio
import json
import os
import re
import signal
import socket
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import psutil
import pytest

from tests.support.queues import AnyWork, add, running, serve
from tests.support.waiting import PATIENCE, eventually
from tests.support.world import EXAMPLES
from tunesmith.bot.datasets import Selection, inspect_sync
from tunesmith.bot.datasets.histogram import Labels, histogram
from tunesmith.bot.ddl import parse_file, summarise
from tunesmith.bot.ddl.picture import er_picture
from tunesmith.bot.ddl.picture.title import picture_title
from tunesmith.bot.log_words import traced
from tunesmith.bot.processes import (
    Processes,
    TimeLimitError,
    WorkerDiedError,
)
from tunesmith.bot.providers.catalogue import load_catalogue
from tunesmith.bot.queue import Queue
from tunesmith.bot.sql import check_answer
from tunesmith.bot.text2sql import build_training_set
from tunesmith.storage.database import Database

COUNT = 2  # of the fixture's workers
# A regular expression holds the interpreter's lock for years here.
ENDLESS = partial(re.match, "(a+)+$", "a" * 64 + "b")


def ours() -> list[psutil.Process]:
    """The pool's program and its workers; not those of a bot that other tests left running."""
    found: list[psutil.Process] = []
    for process in psutil.Process().children(recursive=True):
        try:
            if process.cmdline()[1:3] == ["-m", "tunesmith.bot.processes.worker"]:
                found.append(process)
        except (psutil.NoSuchProcess, psutil.ZombieProcess):
            continue
    return found


async def kill_worker(processes: Processes) -> int:
    """Kill an idle worker; returns its process id once the event loop has seen the end of it."""
    pid = await processes.run(os.getpid)
    os.kill(pid, signal.SIGKILL)
    await eventually(lambda: not psutil.pid_exists(pid))
    await asyncio.sleep(0.02)
    return pid


async def test_a_call_gives_what_the_plain_call_gives(processes: Processes) -> None:
    sample, ddl = EXAMPLES / "barista.jsonl", EXAMPLES / "market.sql"
    check = partial(inspect_sync, sample, name=sample.name, selection=Selection(load_catalogue()))
    report, schema = check(), parse_file(ddl)
    labels = Labels(tokens="tokens", examples="examples", median="median", p95="p95")
    calls: list[Callable[[], object]] = [
        check,
        partial(parse_file, ddl),
        partial(summarise, schema),
        partial(er_picture, schema, partial(picture_title, "ko")),
        partial(histogram, report.tokens, labels, labels),
        partial(check_answer, "SELECT nothing FROM orders", schema),
        build_training_set(schema, languages=["en"], max_pairs=300).coverage,
    ]
    for call in calls:
        assert await processes.run(call) == call()


async def test_what_a_call_raises_is_raised_with_its_traceback(processes: Processes) -> None:
    with pytest.raises(json.JSONDecodeError, match="line 1 column 2") as raised:
        await processes.run(partial(json.loads, "{"))
    told = traced(raised.value)
    assert "raw_decode" in told
    assert "line 1 column 2" not in told
    with pytest.raises(TypeError, match="pickle"):
        await processes.run(partial(open, os.devnull))


async def test_calls_one_after_the_other_run_in_the_same_process(processes: Processes) -> None:
    pids = {await processes.run(os.getpid) for _ in range(5)}
    assert len(pids) == 1
    assert pids != {os.getpid()}


async def test_progress_is_told_in_order(processes: Processes) -> None:
    sample = EXAMPLES / "barista.jsonl"
    check = partial(inspect_sync, sample, name=sample.name, selection=Selection(load_catalogue()))
    shares: list[float] = []
    await processes.run(check, progress=shares.append)
    assert shares
    assert shares == sorted(shares)
    assert shares[-1] == 1


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV, signal.SIGABRT])
async def test_a_worker_that_dies_fails_its_call_alone_and_is_replaced(
    processes: Processes, number: signal.Signals
) -> None:
    other = asyncio.create_task(processes.run(partial(time.sleep, 0.5)))
    with pytest.raises(WorkerDiedError, match="ended before"):
        await processes.run(partial(signal.raise_signal, number))
    assert await processes.run(partial(int, "7")) == 7
    await other


@pytest.mark.databases("sqlite")
async def test_a_task_whose_worker_dies_is_tried_again(
    processes: Processes, database: Database, tmp_path: Path
) -> None:
    attempts: list[int] = []
    done = asyncio.Event()

    async def run(work: AnyWork) -> None:
        attempts.append(work.task.attempts)
        await processes.run(partial(_die_once, tmp_path / "died"))
        done.set()

    queue = Queue(database)
    serve(queue, run)
    async with running(queue):
        await add(database, "a")
        async with asyncio.timeout(PATIENCE):
            await done.wait()
    assert attempts == [0, 1]


def _die_once(mark: Path) -> None:
    if not mark.exists():
        mark.touch()
        signal.raise_signal(signal.SIGKILL)


async def test_a_worker_that_is_killed_while_idle_is_not_given_a_call(processes: Processes) -> None:
    pid = await kill_worker(processes)
    assert await processes.run(os.getpid) != pid


async def test_the_program_that_forks_is_started_again_after_it_was_killed(
    processes: Processes,
) -> None:
    await kill_worker(processes)
    [program] = ours()
    program.kill()
    await eventually(lambda: program.status() == psutil.STATUS_ZOMBIE)
    assert await processes.run(partial(int, "7")) == 7


async def test_a_cancelled_call_ends_its_process(processes: Processes) -> None:
    pid = await processes.run(os.getpid)
    call = asyncio.create_task(processes.run(partial(time.sleep, 300)))
    await asyncio.sleep(0.1)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    await eventually(lambda: not psutil.pid_exists(pid))


async def test_fifty_calls_at_once_share_the_few_workers(processes: Processes) -> None:
    most = 0

    async def call(number: int) -> int:
        nonlocal most
        found = await processes.run(partial(_slow, number))
        most = max(most, len(ours()))
        return found

    assert await asyncio.gather(*map(call, range(50))) == list(range(50))
    assert most == COUNT + 1  # and the program that forks


def _slow(number: int) -> int:
    time.sleep(0.02)
    return number


async def test_long_calls_leave_a_worker_for_the_others(processes: Processes) -> None:
    long = [
        asyncio.create_task(processes.run(partial(time.sleep, 300), seconds=600)) for _ in range(4)
    ]
    await asyncio.sleep(0.1)
    async with asyncio.timeout(PATIENCE):
        assert await processes.run(partial(int, "7")) == 7
    for each in long:
        each.cancel()
    await asyncio.gather(*long, return_exceptions=True)


async def test_the_event_loop_goes_on_while_a_call_holds_the_interpreter(
    processes: Processes,
) -> None:
    await processes.run(os.getpid)
    longest = 0.0
    call = asyncio.create_task(processes.run(ENDLESS, seconds=1))
    while not call.done():
        before = time.perf_counter()
        await asyncio.sleep(0.005)
        longest = max(longest, time.perf_counter() - before)
    with pytest.raises(TimeLimitError):
        await call
    assert longest < 0.5


async def test_no_worker_is_left_at_the_end_of_the_block() -> None:
    async with Processes(count=COUNT) as processes:
        await asyncio.gather(*(processes.run(partial(time.sleep, 0.1)) for _ in range(COUNT)))
        assert len(ours()) == COUNT + 1
    [program] = ours()
    assert program.ppid() == os.getpid()


async def test_a_process_has_one_program_that_forks_however_many_pools() -> None:
    async with Processes(count=COUNT) as one, Processes(count=COUNT) as other:
        await asyncio.gather(*(pool.run(partial(time.sleep, 0.1)) for pool in (one, other)))
        assert len(ours()) == 2 + 1


async def test_the_program_that_forks_has_one_thread(processes: Processes) -> None:
    await kill_worker(processes)
    [program] = ours()
    assert program.num_threads() == 1


_BOT = """
import asyncio, time
from functools import partial
from pathlib import Path
from tests.processes.test_processes import ENDLESS
from tunesmith.bot.processes import Processes

async def main():
    async with Processes(count=2) as processes:
        calls = [processes.run(call) for call in (partial(time.sleep, 300), ENDLESS)]
        await asyncio.gather(*calls)

asyncio.run(main())
"""


async def test_all_processes_end_with_a_bot_that_is_killed() -> None:
    before = set(ours())
    bot = await asyncio.create_subprocess_exec(sys.executable, "-c", _BOT)
    try:
        await eventually(lambda: len(set(ours()) - before) == 3)
        left = set(ours()) - before
        await asyncio.sleep(0.5)  # until it is at work
    finally:
        bot.kill()
        await bot.wait()
    await eventually(lambda: not any(map(psutil.Process.is_running, left)))


async def test_a_worker_whose_bot_died_meanwhile_ends_without_a_word() -> None:
    control, theirs = socket.socketpair()
    program = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tunesmith.bot.processes.worker", str(theirs.fileno())),
        pass_fds=[theirs.fileno()],
        stderr=asyncio.subprocess.PIPE,
    )
    dead, workers = socket.socketpair()
    dead.close()
    socket.send_fds(control, [b"\0"], [workers.fileno()])
    for each in (control, theirs, workers):
        each.close()
    assert await program.communicate() == (None, b"")
