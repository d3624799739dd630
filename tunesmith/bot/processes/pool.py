"""A small pool of warm worker processes.

One program is started with the bot and loads what calls need; each worker is forked from it, so
that it is warm at once, shares that memory, and shares no connection with the bot. It ends with the
bot's process.
"""

import asyncio
import atexit
import contextlib
import logging
import os
import pickle
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from typing import Any, ClassVar, Self, TypeVar

from tunesmith.bot.errors import WorkerError
from tunesmith.bot.log_words import IN_WORKER
from tunesmith.bot.messages import say
from tunesmith.bot.processes import wire

_T = TypeVar("_T")

_log = logging.getLogger(__name__)

_MAX_WORKERS = 4
_START_SECONDS = 60.0
_LEAVE_SECONDS = 3.0
# A call that may take longer is a long one.
_SHORT_SECONDS = 60.0


class WorkerDiedError(WorkerError):
    """The worker process ended before the call did."""


class MemoryLimitError(WorkerError):
    """The call needed more memory than a worker process may take."""

    attempts = 1


class TimeLimitError(WorkerError):
    """The call took longer than it may."""

    attempts = 2


def start_ahead() -> None:
    """Let workers load what they need while the caller still imports the rest of the bot."""
    _Template.running()


class Processes:
    """At most `count` worker processes, by default one a core, at least two and at most four.

    Use it as an asynchronous context manager. Each worker may take 2 GB of data of its own where
    the system holds it to that (RLIMIT_DATA: Linux does). All end with this process, also where it
    is killed.
    """

    def __init__(self, *, count: int | None = None) -> None:
        count = count or max(2, min(_cores(), _MAX_WORKERS))
        self._free = asyncio.Semaphore(count)
        self._free_for_long = asyncio.Semaphore(max(1, count - 1))
        self._idle: list[_Worker] = []

    async def __aenter__(self) -> Self:
        """Start to load what workers need; the first calls wait for it."""
        start_ahead()
        return self

    async def __aexit__(self, *_: object) -> None:
        """End all workers; no call may be running."""
        while self._idle:
            await self._idle.pop().end()

    async def run(
        self,
        call: Callable[..., _T],
        *,
        seconds: float = _SHORT_SECONDS,
        progress: Callable[[float], None] | None = None,
    ) -> _T:
        """The result of `call()` in a worker process; what it raises is raised here.

        `call` must be picklable: a function of a module, or a functools.partial of one. With
        `progress`, it is called with an argument of that name, and what it tells it is told here.
        `seconds` is how long it may take; long calls (more than a minute) leave one worker free
        for the others. A call that is cancelled ends at once. Raises BrokenCallError where
        the worker dies, or the call takes too long or too much memory.
        """
        async with contextlib.AsyncExitStack() as stack:
            if seconds > _SHORT_SECONDS:
                await stack.enter_async_context(self._free_for_long)
            await stack.enter_async_context(self._free)
            worker = await self._take()
            try:
                return await worker.run(call, seconds, progress)
            finally:
                if worker.idle:
                    self._idle.append(worker)
                else:
                    await worker.end()

    async def _take(self) -> "_Worker":
        while self._idle:
            worker = self._idle.pop()
            if worker.alive:
                return worker
            await worker.end()
        try:
            return await _Template.running().fork()
        except (OSError, EOFError, TimeoutError) as error:
            raise WorkerDiedError(say("common.worker_no_start")) from error


class _Template:
    """The program that workers are forked from, and the socket on which it is asked for them."""

    _running: "ClassVar[_Template | None]" = None

    @classmethod
    def running(cls) -> "_Template":
        """The one of this process, started where it does not run."""
        if cls._running is not None and not cls._running.alive:
            cls._running.end()
            cls._running = None
        if cls._running is None:
            cls._running = cls()
            atexit.register(cls._running.end)
        return cls._running

    def __init__(self) -> None:
        self._control, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own program
                [sys.executable, "-m", "tunesmith.bot.processes.worker", str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},  # threads do not survive a fork
                start_new_session=True,  # an interrupt from the keyboard is for the bot
            )

    @property
    def alive(self) -> bool:
        try:
            return bool(self._control.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT))
        except BlockingIOError:
            return True  # it never says anything

    async def fork(self) -> "_Worker":
        """A new worker, once the program has loaded what it needs."""
        ours, theirs = socket.socketpair()
        with theirs:
            socket.send_fds(self._control, [b"\0"], [theirs.fileno()])
        reader, writer = await asyncio.open_connection(sock=ours)
        try:
            async with asyncio.timeout(_START_SECONDS):
                hello = await _receive(reader)
        except BaseException:
            writer.close()
            raise
        assert isinstance(hello, wire.Hello)
        return _Worker(reader, writer, hello.pid)

    def end(self) -> None:
        """Let it end, with any worker that is left, within a few seconds."""
        atexit.unregister(self.end)
        self._control.close()
        self._process.wait()


class _Worker:
    """One worker process, which runs one call at a time."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, pid: int
    ) -> None:
        self._reader, self._writer, self._pid = reader, writer, pid
        self.idle = True

    @property
    def alive(self) -> bool:
        return not self._reader.at_eof()

    async def run(
        self, call: Callable[..., _T], seconds: float, progress: Callable[[float], None] | None
    ) -> _T:
        request = wire.packed(wire.Request(call, progress is not None))
        self.idle = False
        limit = asyncio.timeout(seconds)
        try:
            async with limit:
                answer = await self._ask(request, progress)
        except TimeoutError as error:
            _log.warning("%s took more than %g s", _name(call), seconds)
            raise TimeLimitError(say("common.worker_time", seconds=seconds)) from error
        except (OSError, EOFError) as error:
            _log.warning("The worker process of %s died", _name(call))
            raise WorkerDiedError(say("common.worker_died")) from error
        if isinstance(answer, wire.OutOfMemory):
            _log.warning("%s took too much memory", _name(call))
            raise MemoryLimitError(say("common.worker_memory", most=wire.MEMORY_BYTES))
        self.idle = not answer.last
        if isinstance(answer, wire.Raised):
            answer.error.add_note(f"{IN_WORKER}{answer.traceback}")
            raise answer.error
        return answer.value

    async def _ask(
        self, request: bytes, progress: Callable[[float], None] | None
    ) -> wire.Result | wire.Raised | wire.OutOfMemory:
        self._writer.write(request)
        await self._writer.drain()
        while True:
            message = await _receive(self._reader)
            if isinstance(message, wire.Progress):
                assert progress is not None
                progress(message.share)
            else:
                assert not isinstance(message, wire.Hello)
                return message

    async def end(self) -> None:
        """Let the process end, or kill it where it does not at once."""
        try:
            with contextlib.suppress(OSError, TimeoutError):
                self._writer.write_eof()
                async with asyncio.timeout(_LEAVE_SECONDS):
                    while await self._reader.read(1 << 16):
                        pass
        finally:
            if self.alive:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(self._pid, signal.SIGKILL)
            self._writer.close()


async def _receive(reader: asyncio.StreamReader) -> wire.Message:
    length = wire.length_of(await reader.readexactly(wire.HEAD_BYTES))
    message: wire.Message = pickle.loads(await reader.readexactly(length))  # noqa: S301 - our own program
    return message


def _name(call: Callable[..., Any]) -> str:
    """The name of a function, or of a partial's function."""
    return str(getattr(getattr(call, "func", call), "__qualname__", call))


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
