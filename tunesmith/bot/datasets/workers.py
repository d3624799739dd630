"""Work on the blocks of a file, on all cores where it is worth it.

Helper processes are started as new programs: they share nothing with the bot, so that its event
loop, its memory and its open connections stay out of it, and they can be ended at any moment.
"""

import os
import pickle
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

from tunesmith.bot.errors import DatasetError

_Request = TypeVar("_Request")
_Answer = TypeVar("_Answer")

# Below this size, a helper's start takes longer than the work.
_WORTH_HELPERS = 8 << 20
# More would not be faster than the disk, and each takes about 90 MB.
_MAX_HELPERS = 8


class CancelledWorkError(Exception):
    """The one who asked does not want the answer any more."""


@contextmanager
def run(
    task: Callable[[_Request], _Answer],
    requests: Iterable[_Request],
    *,
    size: int,
    cancelled: threading.Event,
) -> Generator[Iterator[_Answer]]:
    """`task` of each request, in order; in helper processes for files of more than 8 MB.

    `task` must be picklable (a function of a module, or a functools.partial of one). The answers
    raise CancelledWorkError soon after `cancelled` is set, and DatasetError where a helper died.
    At the end of the context nothing runs any more.
    """
    count = _helpers_for(size)
    if not count:
        yield _until(cancelled, map(task, requests))
        return
    helpers = [_started.pop() if _started else _Helper() for _ in range(count)]
    for helper in helpers:
        helper.task = task
    threads = ThreadPoolExecutor(count)
    try:
        yield _until(cancelled, _ask(helpers, threads, requests))
    finally:
        for helper in helpers:
            helper.end()
        threads.shutdown(cancel_futures=True)


def start_ahead(size: int, encoding: str) -> None:
    """Start the helpers for a file of this size while the caller still imports the rest.

    They load the vocabulary of `encoding` meanwhile.
    """
    _started.extend(_Helper(encoding) for _ in range(_helpers_for(size)))


def _helpers_for(size: int) -> int:
    count = min(_cores(), _MAX_HELPERS)
    return count if size >= _WORTH_HELPERS and count > 1 else 0


def _until(cancelled: threading.Event, answers: Iterable[_Answer]) -> Iterator[_Answer]:
    for answer in answers:
        if cancelled.is_set():
            raise CancelledWorkError
        yield answer


def _ask(
    helpers: Sequence["_Helper"], threads: ThreadPoolExecutor, requests: Iterable[Any]
) -> Iterator[Any]:
    """The answers in the order of the requests, each from whichever helper is idle."""
    idle: queue.SimpleQueue[_Helper] = queue.SimpleQueue()
    for helper in helpers:
        idle.put(helper)

    def ask(request: object) -> object:
        helper = idle.get()
        try:
            return helper.ask(request)
        finally:
            idle.put(helper)

    return threads.map(ask, requests)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class _Helper:
    def __init__(self, *encodings: str) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-m", "tunesmith.bot.datasets.worker", *encodings],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # an interrupt from the keyboard is for the one who asks
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._requests, self._answers = self._process.stdin, self._process.stdout
        self.task: Callable[[Any], Any] | None = None

    def ask(self, request: object) -> object:
        try:
            if self.task is not None:
                self._send(self.task)
                self.task = None
            self._send(request)
            return pickle.load(self._answers)  # noqa: S301 - our own program
        except (OSError, EOFError, pickle.UnpicklingError, ValueError) as error:
            raise DatasetError(
                "The check stopped: a helper process ended before it was done, most likely for "
                "want of memory. Nothing was changed. Try again, or with a smaller file."
            ) from error

    def _send(self, message: object) -> None:
        pickle.dump(message, self._requests, pickle.HIGHEST_PROTOCOL)
        self._requests.flush()

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._requests, self._answers):
            with suppress(OSError):
                pipe.close()


# Helpers that wait for their task.
_started: list[_Helper] = []
