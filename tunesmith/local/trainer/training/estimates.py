"""What a job needs on this machine, before it is started: measured once for a base model and its
settings by a few steps of the engine, and kept.
"""

import asyncio
import hashlib
import json
import logging
import tempfile
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Callable
from pathlib import Path

from pydantic import ValidationError

from tunesmith.local.trainer.descriptor import Capability, Engine
from tunesmith.local.trainer.folders import Folders
from tunesmith.local.trainer.jobs import JOB_FILE, JobSpec, Measured
from tunesmith.local.trainer.launchers import guard
from tunesmith.local.trainer.servers.turns import Turns

_logger = logging.getLogger(__name__)
_WAIT_SECONDS = 2.0
_LOOK_SECONDS = 0.2
_MOST_SECONDS = 1800.0


class Estimates:
    """Measures one base model at a time, while nothing trains here (`idle`).

    Where a server answers on the same GPU, it has a turn as a job has.
    """

    def __init__(self, folders: Folders, turns: Turns, idle: Callable[[], bool]) -> None:
        self._folder = folders.root / "measured"
        self._turns = turns
        self._idle = idle
        self._one = asyncio.Lock()
        self._running: dict[str, asyncio.Task[None]] = {}
        self._failed: set[str] = set()

    def can_measure(self, engine: Engine) -> bool:
        """Does the engine train here, and can it say what it needs?"""
        return engine.ray is None and Capability.MEASURES in engine.capabilities

    def of(self, engine: Engine, spec: JobSpec) -> Measured | None:
        """What was measured; None, and it is being measured, where nothing was.

        Raises LookupError where it could not be measured.
        """
        key = _key(engine, spec)
        try:
            return Measured.model_validate_json((self._folder / key).read_bytes())
        except (FileNotFoundError, ValidationError):
            pass
        if key in self._failed:
            raise LookupError(key)
        if key not in self._running:
            task = asyncio.create_task(self._measure(key, engine, spec))
            self._running[key] = task
            task.add_done_callback(lambda _: self._running.pop(key))
        return None

    async def close(self) -> None:
        """Leave what is being measured."""
        for task in list(self._running.values()):
            task.cancel()
        await asyncio.gather(*self._running.values(), return_exceptions=True)

    async def _measure(self, key: str, engine: Engine, spec: JobSpec) -> None:
        async with self._one:
            try:
                if engine.serving and engine.serving.shares_gpu:
                    async with self._turns.training(_tell_nobody):
                        measured = await self._alone(engine, spec)
                else:
                    measured = await self._alone(engine, spec)
            except OSError:
                _logger.exception("%s could not be measured", spec.base_model)
                measured = None
        if measured is None:
            self._failed.add(key)
            return
        self._folder.mkdir(exist_ok=True)
        draft = self._folder / f".{key}"
        draft.write_text(measured.model_dump_json())
        draft.replace(self._folder / key)

    async def _alone(self, engine: Engine, spec: JobSpec) -> Measured | None:
        """Measure while nothing trains: both would need the memory, and spoil the figures.

        A job that begins meanwhile has its way, and it is measured again afterwards.
        """
        while True:
            while not self._idle():  # noqa: ASYNC110
                await asyncio.sleep(_WAIT_SECONDS)
            running = asyncio.create_task(_run(engine, spec))
            try:
                while self._idle():
                    await asyncio.wait([running], timeout=_LOOK_SECONDS)
                    if running.done():
                        return running.result()
            finally:
                running.cancel()
                await asyncio.wait([running])


async def _tell_nobody(_why: str) -> None:
    pass


async def _run(engine: Engine, spec: JobSpec) -> Measured | None:
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
            said, _ = await asyncio.wait_for(_output(process), _MOST_SECONDS)
            return Measured.model_validate_json(said)
        except (TimeoutError, ValidationError):
            _logger.warning("%s could not be measured", spec.base_model)
            return None
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()


async def _output(process: asyncio.subprocess.Process) -> tuple[bytes, int]:
    assert process.stdout
    said = await process.stdout.read()
    return said, await process.wait()


def _key(engine: Engine, spec: JobSpec) -> str:
    """The file that keeps it: what the pace and the memory depend on, and nothing else."""
    about = [str(engine.folder), spec.base_model, spec.source.model_dump(mode="json")]
    about += [spec.method, spec.extra]
    text = json.dumps(about, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32] + ".json"
