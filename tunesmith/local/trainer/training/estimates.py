"""What a job needs where it will train, before it is started: measured once for a base model and
its settings by a few steps of the engine, and kept.
"""

import asyncio
import hashlib
import json
import logging
from collections.abc import Callable

from pydantic import ValidationError

from tunesmith.local.trainer.descriptor import Engine
from tunesmith.local.trainer.folders import Folders
from tunesmith.local.trainer.jobs import JobSpec, Measured
from tunesmith.local.trainer.launchers.launcher import Launcher, Room
from tunesmith.local.trainer.launchers.launchers import Launchers
from tunesmith.local.trainer.servers.turns import Turns

_logger = logging.getLogger(__name__)
_WAIT_SECONDS = 2.0
_LOOK_SECONDS = 0.2
_MOST_SECONDS = 1800.0


class Estimates:
    """Measures one base model at a time here, while nothing trains (`idle`).

    Where a server answers on the same GPU, it has a turn as a job has. A cluster has its own queue.
    """

    def __init__(
        self, folders: Folders, turns: Turns, launchers: Launchers, idle: Callable[[], bool]
    ) -> None:
        self._folder = folders.root / "measured"
        self._turns = turns
        self._launchers = launchers
        self._idle = idle
        self._one = asyncio.Lock()
        self._running: dict[str, asyncio.Task[None]] = {}
        self._failed: set[str] = set()

    async def room(self, engine: Engine) -> Room | None:
        """What the place holds where the engine trains; None where that is not known."""
        return await self._launchers.of(engine).room()

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
        launcher = self._launchers.of(engine)
        measured = None
        try:
            if launcher.independent:
                measured = await _take_steps(launcher, engine, spec)
            else:
                measured = await self._measure_here(launcher, engine, spec)
        except TimeoutError:
            _logger.warning("%s was not measured in time", spec.base_model)
            if launcher.independent:
                return  # Its queue may be shorter when somebody asks again.
        except (OSError, ValidationError):
            _logger.exception("%s could not be measured", spec.base_model)
        if measured is None:
            self._failed.add(key)
            return
        self._folder.mkdir(exist_ok=True)
        draft = self._folder / f".{key}"
        draft.write_text(measured.model_dump_json())
        draft.replace(self._folder / key)

    async def _measure_here(
        self, launcher: Launcher, engine: Engine, spec: JobSpec
    ) -> Measured | None:
        async with self._one:
            if engine.serving and engine.serving.shares_gpu:
                async with self._turns.training(_tell_nobody):
                    return await self._alone(launcher, engine, spec)
            return await self._alone(launcher, engine, spec)

    async def _alone(self, launcher: Launcher, engine: Engine, spec: JobSpec) -> Measured | None:
        """Measure while nothing trains: both would need the memory, and spoil the figures.

        A job that begins meanwhile has its way, and it is measured again afterwards.
        """
        while True:
            while not self._idle():  # noqa: ASYNC110
                await asyncio.sleep(_WAIT_SECONDS)
            running = asyncio.create_task(_take_steps(launcher, engine, spec))
            try:
                while self._idle():
                    await asyncio.wait([running], timeout=_LOOK_SECONDS)
                    if running.done():
                        return running.result()
            finally:
                running.cancel()
                await asyncio.wait([running])


async def _take_steps(launcher: Launcher, engine: Engine, spec: JobSpec) -> Measured | None:
    async with asyncio.timeout(_MOST_SECONDS):
        return await launcher.measure(engine, spec)


async def _tell_nobody(_why: str) -> None:
    pass


def _key(engine: Engine, spec: JobSpec) -> str:
    """The file that keeps it: what the pace and the memory depend on, and nothing else."""
    about: list[object] = [str(engine.folder), spec.base_model, spec.source.model_dump(mode="json")]
    about += [spec.method, spec.extra]
    if engine.ray:
        about.append(engine.ray.model_dump())
    text = json.dumps(about, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32] + ".json"
