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
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import IO

from tests.support.forker import Request

_ROOT = Path(__file__).parents[2]


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
    ours, theirs = socket.socketpair()
    with theirs:
        socket.send_fds(_control(), [b"\0"], [theirs.fileno()])
    line = json.dumps(request).encode() + b"\n"
    socket.send_fds(ours, [line], [output.fileno(), errors.fileno()])
    reader, writer = await asyncio.open_connection(sock=ours)
    return Program(int(await reader.readline()), reader, writer)


@cache
def _control() -> socket.socket:
    """The socket of this process's forker."""
    ours, theirs = socket.socketpair()
    folder = tempfile.TemporaryDirectory(prefix="tunesmith-forker-")
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.forker", str(theirs.fileno()), folder.name],
            pass_fds=[theirs.fileno()],
            cwd=_ROOT,
            start_new_session=True,
        )

    def end() -> None:
        ours.close()
        process.wait()
        folder.cleanup()

    atexit.register(end)
    return ours
