"""An engine as a child process on this machine."""

import asyncio
import tempfile
from asyncio.subprocess import DEVNULL, PIPE, Process
from pathlib import Path

from tunesmith.local.trainer.descriptor import Engine
from tunesmith.local.trainer.jobs import CONTROL_FILE, JOB_FILE, Control, JobSpec, Measured
from tunesmith.local.trainer.launchers import guard
from tunesmith.local.trainer.launchers.launcher import Ended, Running, Status

LOG_FILE = "engine.log"
_GRACE_SECONDS = 15.0
_SHOWN_BYTES = 4096


class ProcessLauncher:
    """Starts engines here; what they tell goes to the job's event log."""

    independent = False
    grace_seconds = _GRACE_SECONDS

    def __init__(self) -> None:
        self._processes: dict[Path, Process] = {}

    async def room(self) -> None:
        """Jobs here have places, whatever they need."""

    async def measure(self, engine: Engine, spec: JobSpec) -> Measured | None:
        """Let the engine take a few steps here."""
        with tempfile.TemporaryDirectory(prefix="tunesmith-measure-") as made:
            await asyncio.to_thread(Path(made, JOB_FILE).write_text, spec.model_dump_json())
            process = await asyncio.create_subprocess_exec(
                *(engine.interpreter, guard.__file__, engine.folder, engine.module),
                *("--measure", made),
                stdin=PIPE,
                stdout=PIPE,
                stderr=DEVNULL,
                start_new_session=True,
            )
            try:
                assert process.stdout
                said = await process.stdout.read()
                await process.wait()
            finally:
                if process.returncode is None:
                    process.kill()
                    await process.wait()
        return Measured.model_validate_json(said) if said else None

    async def submit(self, engine: Engine, folder: Path) -> None:
        """Start the engine, which goes on with a job that was begun."""
        (folder / CONTROL_FILE).unlink(missing_ok=True)
        with (folder / LOG_FILE).open("ab") as log:
            self._processes[folder] = await asyncio.create_subprocess_exec(
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

    async def status(self, folder: Path) -> Status:
        """Whether the process is there."""
        code = self._processes[folder].returncode
        return Running() if code is None else Ended(code)

    async def logs(self, folder: Path) -> str:
        """The end of the engine's stderr."""
        return end_of(folder / LOG_FILE)

    async def stop(self, folder: Path, control: Control) -> None:
        """Write the job's control file."""
        draft = folder / f"{CONTROL_FILE}.new"
        draft.write_text(control)
        draft.replace(folder / CONTROL_FILE)

    async def kill(self, folder: Path) -> None:
        """SIGKILL."""
        process = self._processes.get(folder)
        if process and process.returncode is None:
            process.kill()
            await process.wait()

    async def close(self) -> None:
        """Nothing is held: the queue waits for its engines, or kills them."""


def end_of(log: Path) -> str:
    """The last of a log; nothing where there is none."""
    try:
        with log.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - _SHOWN_BYTES))
            return file.read().decode("utf-8", "replace")
    except FileNotFoundError:
        return ""
