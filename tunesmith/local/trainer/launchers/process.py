"""An engine as a child process on this machine."""

import asyncio
from asyncio.subprocess import DEVNULL, PIPE, Process
from pathlib import Path

from tunesmith.local.trainer.descriptor import Engine
from tunesmith.local.trainer.jobs import CONTROL_FILE, Control
from tunesmith.local.trainer.launchers import guard

LOG_FILE = "engine.log"


class EngineProcess:
    """A running engine; what it tells goes to the job's event log."""

    def __init__(self, process: Process, folder: Path) -> None:
        self._process = process
        self._folder = folder

    @classmethod
    async def start(cls, engine: Engine, folder: Path) -> "EngineProcess":
        """Start (or go on with) the job in the folder."""
        (folder / CONTROL_FILE).unlink(missing_ok=True)
        with (folder / LOG_FILE).open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                engine.interpreter,
                guard.__file__,
                engine.folder,
                engine.module,
                folder,
                stdin=PIPE,
                stdout=DEVNULL,
                stderr=log,
                # Ctrl-C in a terminal reaches the server alone, which then pauses its engines.
                start_new_session=True,
            )
        return cls(process, folder)

    def tell(self, control: Control) -> None:
        """Ask the engine to pause or to cancel."""
        draft = self._folder / f"{CONTROL_FILE}.new"
        draft.write_text(control)
        draft.replace(self._folder / CONTROL_FILE)

    async def wait(self, seconds: float) -> int | None:
        """The exit code, negative for a signal; None where the process outlasts the `seconds`."""
        try:
            return await asyncio.wait_for(self._process.wait(), seconds)
        except TimeoutError:
            return None

    def kill(self) -> None:
        """End the process at once, if it is still there."""
        if self._process.returncode is None:
            self._process.kill()
