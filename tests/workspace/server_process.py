"""The workspace as its own process, as people and scripts start it."""

import asyncio
import json
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager


class ServerProcess:
    """A running `python -m tunesmith.local.workspace`."""

    def __init__(self, process: Process, url: str) -> None:
        self.process = process
        self.url = url

    @classmethod
    @asynccontextmanager
    async def started(cls, *options: str) -> AsyncGenerator["ServerProcess"]:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tunesmith.local.workspace", "--port", "0", *options, stdout=PIPE
        )
        assert process.stdout is not None
        try:
            ready = json.loads(await process.stdout.readline())
            assert ready["ready"] is True
            yield cls(process, ready["url"])
        finally:
            if process.returncode is None:
                process.kill()
            await process.communicate()

    async def end(self, number: signal.Signals) -> int:
        """Send a signal and wait; returns the exit code."""
        self.process.send_signal(number)
        return await asyncio.wait_for(self.process.wait(), 10)
