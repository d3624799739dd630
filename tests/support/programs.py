"""Programs of ours as processes of their own, started by the forker."""

import asyncio
import atexit
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Generator, Sequence
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from typing import IO

from tests.support.forker import Request

_ROOT = Path(__file__).parents[2]
_SOCKET = "socket"
# Names the folder of the forker that xdist's first process started for all.
_SHARED = "TUNESMITH_TEST_FORKER_FOLDER"


class Program:
    """A process, with what `asyncio.subprocess.Process` has of it."""

    def __init__(
        self, pid: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._ended = asyncio.create_task(self._wait(reader, writer))

    async def wait(self) -> int:
        """The exit code, once it has ended."""
        return await asyncio.shield(self._ended)

    def send_signal(self, number: int) -> None:
        """Send it a signal, unless it has ended."""
        if self.returncode is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """SIGKILL."""
        self.send_signal(signal.SIGKILL)

    async def _wait(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> int:
        self.returncode = int(await reader.readline())
        writer.close()
        await writer.wait_closed()
        return self.returncode


async def start_program(
    module: str,
    arguments: Sequence[str],
    *,
    environment: dict[str, str],
    folder: Path,
    output: IO[bytes],
    errors: IO[bytes],
) -> Program:
    """Run a module as a program."""
    request: Request = {
        "module": module,
        "arguments": list(arguments),
        "environment": environment,
        "folder": str(folder),
        "descriptors": [1, 2],
    }
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(str(_folder() / _SOCKET))
    line = json.dumps(request).encode() + b"\n"
    socket.send_fds(connection, [line], [output.fileno(), errors.fileno()])
    reader, writer = await asyncio.open_connection(sock=connection)
    return Program(int(await reader.readline()), reader, writer)


@contextmanager
def shared_forker() -> Generator[None]:
    """Processes that are started inside the block have their programs started by one forker."""
    with _forker() as folder:
        os.environ[_SHARED] = str(folder)
        yield


@cache
def _folder() -> Path:
    """The folder of the forker for this process: the shared one, or else one of its own."""
    shared = os.environ.get(_SHARED)
    if shared:
        return Path(shared)
    exits = ExitStack()
    atexit.register(exits.close)
    return exits.enter_context(_forker())


@contextmanager
def _forker() -> Generator[Path]:
    """A forker runs inside the block; its folder."""
    ours, theirs = socket.socketpair()
    with tempfile.TemporaryDirectory(prefix="tunesmith-forker-") as name:
        with theirs, socket.socket(socket.AF_UNIX) as asked:
            asked.bind(f"{name}/{_SOCKET}")
            asked.listen()
            descriptors = [theirs.fileno(), asked.fileno()]
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.support.forker", *map(str, descriptors), name],
                pass_fds=descriptors,
                cwd=_ROOT,
                start_new_session=True,
            )
        try:
            yield Path(name)
        finally:
            ours.close()
            process.wait()
