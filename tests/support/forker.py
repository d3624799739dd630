"""Starts programs by forking from a process that has imported them, in a tenth of the time.

`python -m tests.support.forker CONTROL` gets a connection for each program over the socket of that
descriptor. On a connection it is sent a line of JSON (`Request`), with the descriptors of standard
output and error; it answers with lines of the process id, and of the exit code once there is one.
"""

import contextlib
import gc
import importlib
import json
import os
import runpy
import selectors
import signal
import socket
import sys
import traceback
from typing import NoReturn, TypedDict

_MODULES = (
    "tunesmith.bot.app",
    "tunesmith.bot.cli",
    "tunesmith.local.trainer.server",
    "tunesmith.local.workspace.server",
)
_MOST_BYTES = 1 << 20


class Request(TypedDict):
    """A module to run as a program, as `python -m MODULE ARGUMENTS...` does."""

    module: str
    arguments: list[str]
    environment: dict[str, str]
    folder: str


def main() -> None:
    """Import the modules, and start programs until whoever asks for them has ended."""
    control = socket.socket(fileno=int(sys.argv[1]))
    for module in _MODULES:
        importlib.import_module(module)
    gc.collect()
    gc.freeze()
    ended, wake = socket.socketpair()
    for each in (ended, wake):
        each.setblocking(False)
    signal.signal(signal.SIGCHLD, _note)
    signal.set_wakeup_fd(wake.fileno())
    children: dict[int, socket.socket] = {}
    with selectors.DefaultSelector() as selector:
        for source in (control, ended):
            selector.register(source, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                if key.fileobj is ended:
                    ended.recv(_MOST_BYTES)
                    _reap(children)
                    continue
                _, descriptors, _, _ = socket.recv_fds(control, 1, 1)
                if not descriptors:
                    for pid in children:
                        os.kill(pid, signal.SIGKILL)
                    return
                pid, connection = _start(socket.socket(fileno=descriptors[0]))
                children[pid] = connection


def _note(_number: int, _frame: object) -> None:
    """A signal that is to be noted at all has a handler."""


def _start(connection: socket.socket) -> tuple[int, socket.socket]:
    data, descriptors, _, _ = socket.recv_fds(connection, _MOST_BYTES, 2)
    while not data.endswith(b"\n"):
        data += connection.recv(_MOST_BYTES)
    pid = os.fork()
    if pid == 0:
        _become(json.loads(data), *descriptors)
    for descriptor in descriptors:
        os.close(descriptor)
    connection.sendall(f"{pid}\n".encode())
    return pid, connection


def _reap(children: dict[int, socket.socket]) -> None:
    with contextlib.suppress(ChildProcessError):
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                return
            with children.pop(pid) as connection, contextlib.suppress(OSError):
                connection.sendall(f"{os.waitstatus_to_exitcode(status)}\n".encode())


def _become(request: Request, output: int, errors: int) -> NoReturn:
    """Be that program, with nothing of this one."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for number, descriptor in enumerate((nothing, output, errors)):
        os.dup2(descriptor, number)
    os.closerange(3, os.sysconf("SC_OPEN_MAX"))
    os.chdir(request["folder"])
    os.environ.clear()
    os.environ.update(request["environment"])
    sys.argv = [request["module"], *request["arguments"]]
    code: object = None
    try:
        runpy.run_module(request["module"], run_name="__main__", alter_sys=True)
    except SystemExit as end:
        code = end.code
    except BaseException:  # noqa: BLE001 - as the interpreter does at the top
        traceback.print_exc()
        code = 1
    sys.exit(code)  # pyright: ignore[reportArgumentType] - whatever the program gave


if __name__ == "__main__":
    main()
