"""An engine as a child process on this machine."""

import asyncio
import logging
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from pathlib import Path

from pydantic import ValidationError

from tunesmith.local.trainer.jobs import CONTROL_FILE, Control, Event, parse_event

_logger = logging.getLogger(__name__)
LOG_FILE = "engine.log"


class EngineProcess:
    """A running engine."""

    def __init__(self, process: Process, folder: Path) -> None:
        self._process = process
        self._folder = folder

    @classmethod
    async def start(cls, engine: str, folder: Path) -> "EngineProcess":
        """Start (or go on with) the job in the folder. `engine` is its module."""
        (folder / CONTROL_FILE).unlink(missing_ok=True)
        with (folder / LOG_FILE).open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "tunesmith.local.trainer.launchers.guard",
                engine,
                str(folder),
                stdin=PIPE,
                stdout=PIPE,
                stderr=log,
                # Ctrl-C in a terminal reaches the server alone, which then pauses its engines.
                start_new_session=True,
            )
        return cls(process, folder)

    async def events(self) -> AsyncIterator[Event]:
        """What the engine tells, until it closes its stdout."""
        assert self._process.stdout
        async for line in self._process.stdout:
            try:
                yield parse_event(line)
            except ValidationError:
                _logger.warning("The engine of %s wrote a line that is no event", self._folder.name)

    def tell(self, control: Control) -> None:
        """Ask the engine to pause or to cancel."""
        draft = self._folder / f"{CONTROL_FILE}.new"
        draft.write_text(control)
        draft.replace(self._folder / CONTROL_FILE)

    async def wait(self) -> int:
        """The exit code, negative for a signal, once the process has gone."""
        return await self._process.wait()

    def kill(self) -> None:
        """End the process at once, if it is still there."""
        if self._process.returncode is None:
            self._process.kill()
