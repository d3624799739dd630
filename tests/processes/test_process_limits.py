"""Calls that take more memory or more time than they may."""

import os
import signal
import time
from collections.abc import Callable
from functools import partial

import psutil
import pytest

from tests.processes.test_processes import ENDLESS
from tests.support.queues import AnyWork, add, running, serve
from tests.support.waiting import eventually
from tunesmith.bot.messages import Message
from tunesmith.bot.processes import (
    MemoryLimitError,
    Processes,
    TimeLimitError,
)
from tunesmith.bot.queue import Queue
from tunesmith.storage.database import Database


async def test_more_memory_than_allowed_fails_the_call_and_replaces_the_worker(
    processes: Processes,
) -> None:
    pid = await processes.run(os.getpid)
    with pytest.raises(MemoryLimitError, match="memory"):
        await processes.run(partial(bytes, 8 << 30))
    assert await processes.run(os.getpid) != pid


class _DamagedError(Exception):
    """What a library raises in the place of a MemoryError."""


def _hide_the_lack_of_memory() -> None:
    try:
        bytes(8 << 30)
    except MemoryError as error:
        raise _DamagedError from error


async def test_a_lack_of_memory_is_seen_behind_the_error_of_a_library(processes: Processes) -> None:
    with pytest.raises(MemoryLimitError, match=r"more than \d"):
        await processes.run(_hide_the_lack_of_memory)


@pytest.mark.parametrize(
    ("call", "tries"),
    [(partial(bytes, 8 << 30), 1), (partial(signal.raise_signal, signal.SIGSEGV), 3)],
    ids=["memory", "death"],
)
async def test_a_file_that_ends_its_worker_each_time_is_told_after_few_tries(
    processes: Processes, database: Database, call: Callable[[], object], tries: int
) -> None:
    tried = 0
    said: list[Message] = []

    async def run(_: AnyWork) -> None:
        nonlocal tried
        tried += 1
        await processes.run(call)

    async def give_up(_: AnyWork, reason: Message) -> None:
        said.append(reason)

    queue = Queue(database)
    serve(queue, run, give_up=give_up, attempts=100)
    async with running(queue):
        await add(database, "a")
        await eventually(lambda: said)
    assert tried == tries


async def test_a_worker_that_took_much_memory_gives_it_back_by_ending(
    processes: Processes,
) -> None:
    pid = await processes.run(os.getpid)
    await processes.run(partial(_length, 400 << 20))
    assert await processes.run(os.getpid) != pid


def _length(count: int) -> int:
    return len(b"a" * count)


@pytest.mark.parametrize("call", [partial(time.sleep, 300), ENDLESS], ids=["waiting", "endless"])
async def test_a_call_over_its_time_fails_and_its_process_ends(
    processes: Processes, call: Callable[[], object]
) -> None:
    pid = await processes.run(os.getpid)
    with pytest.raises(TimeLimitError, match="took more than"):
        await processes.run(call, seconds=0.2)
    await eventually(lambda: not psutil.pid_exists(pid))
    assert await processes.run(os.getpid) != pid
