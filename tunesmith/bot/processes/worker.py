"""The program of the pool's processes: loads what calls need, then forks workers when asked.

Started by `pool` as `python -m tunesmith.bot.processes.worker CONTROL`, with a socket's descriptor.
It forks a worker for each descriptor that comes over the socket. It has no thread and nothing open
that workers should not have, and loads no module that starts a thread.
"""

import contextlib
import gc
import importlib
import os
import pickle
import queue
import resource
import signal
import socket
import sys
import threading
import time
from functools import partial
from typing import IO, cast

from tunesmith.bot.datasets import tokens
from tunesmith.bot.log_words import traced
from tunesmith.bot.processes import wire

_MODULES = (
    "tunesmith.bot.datasets.export",
    "tunesmith.bot.datasets.histogram",
    "tunesmith.bot.datasets.inspection",
    "tunesmith.bot.ddl.picture.title",
    "tunesmith.bot.ddl.store",
    "tunesmith.bot.ddl.summary",
    "tunesmith.bot.drawing.losses",
    "tunesmith.bot.sql",
)
_LEAVE_SECONDS = 2
_NICE = 10  # who waits for the bot's answer goes before a file that is being read
# What a worker keeps in memory after a large file, the system does not get back before it ends.
_KEPT_BYTES = 300 << 20


def main() -> None:
    """Load, fork workers as long as the bot lives, and end with it."""
    control = socket.socket(fileno=int(sys.argv[1]))
    _load()
    gc.collect()
    gc.freeze()  # what is loaded stays: neither looked through again nor copied after a fork
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the system reaps workers
    while True:
        _, descriptors, _, _ = socket.recv_fds(control, 1, 1)
        if not descriptors:
            break
        connection = socket.socket(fileno=descriptors[0])
        if os.fork() == 0:
            control.close()
            _become_worker(connection)
        connection.close()
    _leave()


def _load() -> None:
    """Import what calls work with, and load the vocabulary of most models."""
    for module in _MODULES:
        importlib.import_module(module)
    tokens.count([""], "o200k_base")


def _leave() -> None:
    """Wait for the workers to end with the bot; kill those that do not."""
    signal.signal(signal.SIGALRM, _kill_all)
    signal.alarm(_LEAVE_SECONDS + 1)
    with contextlib.suppress(ChildProcessError):
        while True:
            os.wait()
    os._exit(0)


def _kill_all(_number: int, _frame: object) -> None:
    os.killpg(0, signal.SIGKILL)


def _exit(_number: int, _frame: object) -> None:
    sys.exit()


def _become_worker(connection: socket.socket) -> None:
    """Run calls until the bot hangs up, and end the process."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, _exit)
    os.nice(_NICE)
    resource.setrlimit(resource.RLIMIT_DATA, (wire.MEMORY_BYTES, wire.MEMORY_BYTES))
    with contextlib.suppress(SystemExit, BrokenPipeError, ConnectionResetError):  # the bot died
        _serve(connection)
    os._exit(0)  # Python would take its time to tidy up what nobody needs any more


def _serve(connection: socket.socket) -> None:
    requests: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    incoming, answers = connection.makefile("rb"), connection.makefile("wb")
    _send(answers, wire.packed(wire.Hello(os.getpid())))
    threading.Thread(target=_listen, args=(incoming, requests), daemon=True).start()
    most = _peak_bytes() + _KEPT_BYTES
    last = False
    while not last:
        answer, last = _answer(requests.get(), answers, most)
        _send(answers, answer)


def _listen(incoming: IO[bytes], requests: "queue.SimpleQueue[bytes]") -> None:
    """Take requests until the bot hangs up or dies; then stop the call under way."""
    while len(head := incoming.read(wire.HEAD_BYTES)) == wire.HEAD_BYTES:
        requests.put(incoming.read(wire.length_of(head)))
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_LEAVE_SECONDS)
    os._exit(1)


def _answer(data: bytes, answers: IO[bytes], most: int) -> tuple[bytes, bool]:
    """The answer to a request, packed, and whether it is the worker's last one."""

    def progress(share: float) -> None:
        _send(answers, wire.packed(wire.Progress(share)))

    try:
        request = cast("wire.Request", pickle.loads(data))  # noqa: S301 - our own program
        call = partial(request.call, progress=progress) if request.tells_progress else request.call
        value = call()
        last = _peak_bytes() > most
        return wire.packed(wire.Result(value, last)), last
    except MemoryError:
        return wire.packed(wire.OutOfMemory()), True
    except Exception as error:  # noqa: BLE001 - it is raised again in the bot
        if _ran_out(error):
            return wire.packed(wire.OutOfMemory()), True
        last = _peak_bytes() > most
        return wire.packed(wire.Raised(_picklable(error), traced(error), last)), last


def _ran_out(error: BaseException) -> bool:
    """Whether an error came of having no memory: some C code raises another for it."""
    cause = error.__cause__ or error.__context__
    return isinstance(cause, MemoryError) or (cause is not None and _ran_out(cause))


def _picklable(error: Exception) -> Exception:
    """The error, or another that shows it where its class can't be sent."""
    try:
        return cast("Exception", pickle.loads(pickle.dumps(error)))  # noqa: S301
    except Exception:  # noqa: BLE001 - whatever its class does
        return RuntimeError(repr(error))


def _send(answers: IO[bytes], message: bytes) -> None:
    answers.write(message)
    answers.flush()


def _peak_bytes() -> int:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


if __name__ == "__main__":
    main()
