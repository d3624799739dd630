"""Work on the blocks of a file, on all cores where it is worth it.

Helper processes are started as new programs: they share nothing with the bot, so that its event
loop, its memory and its open connections stay out of it, and they can be ended at any moment.
"""

import os
import pickle
import queue
import signal
import subprocess
import sys
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import IO, Any, Protocol, TypeVar

from tunesmith.bot.errors import DatasetError
from tunesmith.bot.messages import say

_Request = TypeVar("_Request")
_Answer = TypeVar("_Answer")

# Below this size, a helper's start takes longer than the work.
_WORTH_HELPERS = 8 << 20
# More would not be faster than the disk, and each takes about 90 MB.
_MAX_HELPERS = 8


class Map(Protocol):
    """What `map` does: gives the answers of a task to requests, in order.

    The task must be picklable (a function of a module, or a functools.partial of one). The answers
    raise DatasetError where a helper died.
    """

    def __call__(
        self, task: Callable[[_Request], _Answer], requests: Iterable[_Request], /
    ) -> Iterator[_Answer]:
        """All requests are taken at once, and answered as the answers are."""
        ...


@contextmanager
def team(*, size: int, encoding: str = "-") -> Generator[Map]:
    """What works on a file of `size` bytes: helper processes where that is worth it.

    They load the vocabulary of `encoding`. At the end of the context nothing runs any more.
    """
    count = _helpers_for(size)
    if not count:
        yield map
        return
    helpers = _started.pop() if _started else _Team(count, encoding)
    threads = ThreadPoolExecutor(count)
    try:
        yield partial(_ask, helpers.idle, threads)
    except BaseException:
        helpers.kill()
        raise
    finally:
        threads.shutdown(cancel_futures=True)
        helpers.end()


def start_ahead(size: int, encoding: str) -> None:
    """Start the helpers for a file of this size while the caller still imports the rest.

    They load the vocabulary of `encoding` meanwhile.
    """
    if count := _helpers_for(size):
        _started.append(_Team(count, encoding))


def _helpers_for(size: int) -> int:
    count = min(_cores(), _MAX_HELPERS)
    return count if size >= _WORTH_HELPERS and count > 1 else 0


def time_limit(path: Path) -> float:
    """The seconds that reading a file may take: many times what it takes on a slow machine.

    A minute is enough for files that are not worth helpers.
    """
    return max(60.0, path.stat().st_size / _WORTH_HELPERS * 60)


def _ask(
    idle: "queue.SimpleQueue[_Helper]",
    threads: ThreadPoolExecutor,
    task: Callable[[Any], Any],
    requests: Iterable[Any],
) -> Iterator[Any]:
    """The answers in the order of the requests, each from whichever helper is idle."""

    def ask(request: object) -> object:
        helper = idle.get()
        try:
            return helper.ask(task, request)
        finally:
            idle.put(helper)

    return threads.map(ask, requests)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class _Helper:
    """One helper, at the other end of two pipes."""

    def __init__(self, requests: IO[bytes], answers: IO[bytes]) -> None:
        self._requests, self._answers = requests, answers

    def ask(self, task: Callable[[Any], Any], request: object) -> object:
        try:
            pickle.dump((task, request), self._requests, pickle.HIGHEST_PROTOCOL)
            self._requests.flush()
            return pickle.load(self._answers)  # noqa: S301 - our own program
        except (OSError, EOFError, pickle.UnpicklingError, ValueError) as error:
            raise DatasetError(say("reading.worker_ended")) from error

    def close(self) -> None:
        for pipe in (self._requests, self._answers):
            with suppress(OSError):
                pipe.close()


class _Team:
    """Helpers that load a vocabulary once: one is started, and forks the others.

    Where programs cannot fork (on Windows), each is started by itself.
    """

    def __init__(self, count: int, encoding: str) -> None:
        self._helpers: list[_Helper] = []
        self._processes: list[subprocess.Popen[bytes]] = []
        starts, forks = (1, count - 1) if hasattr(os, "fork") else (count, 0)
        for _ in range(starts):
            self._start(encoding, forks)
        self.idle: queue.SimpleQueue[_Helper] = queue.SimpleQueue()
        for helper in self._helpers:
            self.idle.put(helper)

    def _start(self, encoding: str, forks: int) -> None:
        theirs: list[tuple[int, int]] = []
        for _ in range(forks):
            reads_requests, requests = os.pipe()
            answers, writes_answers = os.pipe()
            theirs.append((reads_requests, writes_answers))
            self._helpers.append(_Helper(os.fdopen(requests, "wb"), os.fdopen(answers, "rb")))
        process = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-m", "tunesmith.bot.datasets.worker", encoding]
            + [f"{requests}:{answers}" for requests, answers in theirs],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            pass_fds=[end for pipes in theirs for end in pipes],
            env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},  # numpy's own threads would be idle
            start_new_session=True,  # an interrupt from the keyboard is for the caller
        )
        for pipes in theirs:
            for end in pipes:
                os.close(end)
        assert process.stdin is not None
        assert process.stdout is not None
        self._helpers.append(_Helper(process.stdin, process.stdout))
        self._processes.append(process)

    def kill(self) -> None:
        """End all helpers at once, whatever they do."""
        for process in self._processes:
            if hasattr(os, "killpg"):
                os.killpg(process.pid, signal.SIGKILL)
            else:
                process.kill()

    def end(self) -> None:
        """Let idle helpers go, and wait until all are gone."""
        for helper in self._helpers:
            helper.close()
        for process in self._processes:
            process.wait()
            # Killed, it left those it forked; in a container, its first program must reap them.
            with suppress(AttributeError, ChildProcessError):
                while True:
                    os.waitpid(-process.pid, 0)


# Helpers that wait for their task.
_started: list[_Team] = []
