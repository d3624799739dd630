"""Starts programs by forking from a process that has imported them, in a tenth of the time.

`python -m tests.support.forker CONTROL LISTENER FOLDER` gets a connection for each program on the
socket of the descriptor LISTENER. On a connection it is sent a line of JSON (`Request`), with the
descriptors that the program is to have; it answers with lines of the process id, and of the exit
code once there is one. It ends, and its programs with it, with whoever holds the other end of
CONTROL, a descriptor too. It imports once the first program is asked for.

The bot starts a program itself, by `sys.executable`: the one that its worker processes are forked
from, which loads what is loaded here. In the programs that are started here `sys.executable` is a
script in FOLDER that asks for that one over the same socket, and runs Python for any other.
"""

import contextlib
import fcntl
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
from functools import cache
from pathlib import Path
from typing import NoReturn, TypedDict

from tunesmith.bot.datasets import tokens

_MODULES = (
    "tunesmith.bot.app",
    "tunesmith.bot.cli",
    "tunesmith.local.trainer.server",
    "tunesmith.local.workspace.server",
)
_MOST_BYTES = 1 << 20
_MOST_DESCRIPTORS = 8
_ASIDE = 500  # descriptors from here on are free for a moment
_SCRIPT = """\
#!{python} -IS
import json, os, socket, sys
given = sys.argv[1:]
if given[:2] != ["-m", "tunesmith.bot.processes.worker"]:
    os.execv("{python}", ["{python}", *given])
control = int(given[2])
descriptors = [1, 2, control]
request = dict(module=given[1], arguments=given[2:], environment=dict(os.environ),
               folder=os.getcwd(), descriptors=descriptors)
forker = socket.socket(socket.AF_UNIX)
forker.connect("{address}")
socket.send_fds(forker, [json.dumps(request).encode() + b"\\n"], descriptors)
os.close(control)
told = forker.makefile()
told.readline()
sys.exit(int(told.readline()))
"""


class Request(TypedDict):
    """A module to run as a program, as `python -m MODULE ARGUMENTS...` does.

    `descriptors` are the numbers that it is to have the given ones under.
    """

    module: str
    arguments: list[str]
    environment: dict[str, str]
    folder: str
    descriptors: list[int]


def main() -> None:
    """Start programs until whoever asks for them has ended."""
    control, asked = (socket.socket(fileno=int(number)) for number in sys.argv[1:3])
    script = Path(sys.argv[3]) / "python"
    script.write_text(_SCRIPT.format(python=sys.executable, address=asked.getsockname()))
    script.chmod(0o700)
    ended, wake = socket.socketpair()
    for each in (ended, wake):
        each.setblocking(False)
    signal.signal(signal.SIGCHLD, _note)
    signal.set_wakeup_fd(wake.fileno())
    children: dict[int, socket.socket] = {}
    with selectors.DefaultSelector() as selector:
        for source in (control, asked, ended):
            selector.register(source, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                if key.fileobj is control:
                    for pid in children:
                        os.kill(pid, signal.SIGKILL)
                    return
                if key.fileobj is ended:
                    ended.recv(_MOST_BYTES)
                    _reap(children)
                    continue
                _load()
                connection, _ = asked.accept()
                children[_start(connection, script)] = connection


@cache
def _load() -> None:
    """Import what programs work with."""
    for module in _MODULES:
        importlib.import_module(module)
    tokens.count([""], "o200k_base")
    gc.collect()
    gc.freeze()


def _note(_number: int, _frame: object) -> None:
    """A signal that is to be noted at all has a handler."""


def _start(connection: socket.socket, script: Path) -> int:
    data, descriptors, _, _ = socket.recv_fds(connection, _MOST_BYTES, _MOST_DESCRIPTORS)
    while not data.endswith(b"\n"):
        data += connection.recv(_MOST_BYTES)
    pid = os.fork()
    if pid == 0:
        _become(json.loads(data), descriptors, script)
    for descriptor in descriptors:
        os.close(descriptor)
    connection.sendall(f"{pid}\n".encode())
    return pid


def _reap(children: dict[int, socket.socket]) -> None:
    with contextlib.suppress(ChildProcessError):
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                return
            with children.pop(pid) as connection, contextlib.suppress(OSError):
                connection.sendall(f"{os.waitstatus_to_exitcode(status)}\n".encode())


def _become(request: Request, descriptors: list[int], script: Path) -> NoReturn:
    """Be that program, with nothing of this one."""
    os.setsid()  # a program may signal its own group
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    given = {0: os.open(os.devnull, os.O_RDONLY)}
    given |= zip(request["descriptors"], descriptors, strict=True)
    aside = {number: fcntl.fcntl(one, fcntl.F_DUPFD, _ASIDE) for number, one in given.items()}
    os.closerange(3, _ASIDE)
    for number, descriptor in aside.items():
        os.dup2(descriptor, number)
    os.closerange(_ASIDE, os.sysconf("SC_OPEN_MAX"))
    os.chdir(request["folder"])
    os.environ.clear()
    os.environ.update(request["environment"])
    sys.executable = str(script)
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
