"""Which job trains when: files are validated one job at a time, training has a number of places."""

import asyncio
import logging
import shutil
import threading
from collections.abc import Awaitable, Callable, Mapping
from functools import partial

from tunesmith.local.trainer import disk
from tunesmith.local.trainer.api.store import Store, StoredJob
from tunesmith.local.trainer.descriptor import Engine, Trainable
from tunesmith.local.trainer.folders import Folders
from tunesmith.local.trainer.jobs import (
    JOB_FILE,
    TRAIN_FILE,
    VALID_FILE,
    Control,
    Failed,
    Hyperparameters,
    JobSpec,
)
from tunesmith.local.trainer.launchers.launcher import Launcher
from tunesmith.local.trainer.launchers.launchers import Launchers
from tunesmith.local.trainer.servers.turns import Turns
from tunesmith.local.trainer.training.backoff import Backoff
from tunesmith.local.trainer.training.hyperparameters import asked_hyperparameters
from tunesmith.local.trainer.training.lifecycle import Lifecycle
from tunesmith.local.trainer.training.runs import Run, wait_for_space
from tunesmith.local.trainer.training.training_file import Kind, Param, UnfitFileError, check, unfit

_logger = logging.getLogger(__name__)
_UNREADABLE = Failed(code="server_error", message="The files could not be read.")


class NoEngineError(Exception):
    """A job was made when the server had an engine that it does not have any more."""

    def __init__(self, base_model: str) -> None:
        super().__init__(base_model)
        self.failed = Failed(
            code="model_not_available",
            message=f"This server no longer has an engine that trains {base_model}.",
        )


class TrainingQueue:
    """Takes jobs from `validating_files` to their end. `trainables` are the base models by name."""

    def __init__(
        self,
        store: Store,
        folders: Folders,
        lifecycle: Lifecycle,
        *,
        launchers: Launchers,
        trainables: Mapping[str, Trainable],
        slots: int,
        turns: Turns,
    ) -> None:
        self._store = store
        self._folders = folders
        self._lifecycle = lifecycle
        self._launchers = launchers
        self._trainables = trainables
        self._slots = slots
        self._turns = turns
        self._runs: dict[str, Run] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._loops: list[asyncio.Task[None]] = []
        self._backoff = Backoff(self.wake)
        self._validator_wake = asyncio.Event()
        self._starter_wake = asyncio.Event()
        self._stop_validating = threading.Event()

    async def start(self) -> None:
        """Go on where the last server left off; first record what it has not."""
        for job in await self._store.run(self._lifecycle.in_training):
            await self._new_run(job, self._launchers.here).record()
        await self._store.run(partial(self._lifecycle.recover, self._queueing))
        self._loops = [
            asyncio.create_task(self._forever(self._validate_next, self._validator_wake)),
            asyncio.create_task(self._forever(self._start_next, self._starter_wake)),
        ]

    async def stop(self) -> None:
        """Pause what needs this server; it goes on with the next one."""
        self._stop_validating.set()
        for loop in self._loops:
            loop.cancel()
        await asyncio.gather(*self._loops, return_exceptions=True)
        for run in self._runs.values():
            run.leave()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def wake(self) -> None:
        """Look for work: a job is new, has changed its status or has left its place."""
        self._validator_wake.set()
        self._starter_wake.set()

    @property
    def is_idle(self) -> bool:
        """Does no job have an engine on this machine?"""
        return all(run.launcher.independent for run in self._runs.values())

    def tell(self, job_id: str, control: Control) -> None:
        """Pass an order on to the job's process, if it has one."""
        if run := self._runs.get(job_id):
            run.tell(control)

    async def _forever(self, do_next: Callable[[], Awaitable[bool]], wake: asyncio.Event) -> None:
        """Do one thing after the other; wait where there is nothing to do."""
        while True:
            wake.clear()
            try:
                found = await do_next()
            except Exception:
                _logger.exception("The queue could not go on; it tries again")
                await asyncio.sleep(1)
                continue
            if not found:
                await wake.wait()

    async def _validate_next(self) -> bool:
        next_to_validate = partial(self._lifecycle.next_to_validate, self._backoff.jobs())
        job = await self._store.run(next_to_validate)
        if job is None:
            return False
        try:
            await asyncio.to_thread(self._prepare, job)
        except UnfitFileError as error:
            failed = Failed(code=error.code, message=str(error))
            await self._store.run(partial(self._lifecycle.fail, job.id, failed, error.param))
        except NoEngineError as error:
            await self._store.run(partial(self._lifecycle.fail, job.id, error.failed))
        except InterruptedError:
            return False
        except OSError as error:
            if disk.is_full(error):
                await wait_for_space(self._backoff, self._store, self._lifecycle, job.id)
                return True
            _logger.exception("The files of %s could not be read", job.id)
            await self._store.run(partial(self._lifecycle.fail, job.id, _UNREADABLE))
        else:
            self._backoff.forget(job.id)
            await self._store.run(partial(self._lifecycle.validated, job.id))
            self._starter_wake.set()
        return True

    def _prepare(self, job: StoredJob) -> None:
        """Check the files and lay out the job's folder. Raises UnfitFileError, NoEngineError."""
        trainable = self._trainable(job)
        kind = Kind(job.method.type, trainable.engine.capabilities)
        folder = self._folders.job(job.id)
        folder.mkdir(exist_ok=True)
        files: dict[str, tuple[Param, str]] = {TRAIN_FILE: ("training_file", job.training_file)}
        if job.validation_file:
            files[VALID_FILE] = ("validation_file", job.validation_file)
        for name, (param, file_id) in files.items():
            copy = folder / name
            try:
                # The file may be deleted while the job runs.
                shutil.copyfile(self._folders.files / file_id, copy)
            except FileNotFoundError:
                raise unfit(param, f"File {file_id} was deleted.") from None
            check(copy, kind, param=param, file_id=file_id, stop=self._stop_validating)
        asked = asked_hyperparameters(job)
        spec = JobSpec(
            id=job.id,
            base_model=job.base_model,
            source=trainable.source,
            parent=(self._folders.root / job.parent).absolute() if job.parent else None,
            method=job.method.type,
            hyperparameters=Hyperparameters.model_validate(
                asked.model_dump(exclude=set(asked.extra))
            ),
            extra=asked.extra,
            seed=job.seed,
        )
        (folder / JOB_FILE).write_text(spec.model_dump_json(indent=1))

    def _trainable(self, job: StoredJob) -> Trainable:
        """The job's base model. Raises NoEngineError."""
        try:
            return self._trainables[job.base_model]
        except KeyError:
            raise NoEngineError(job.base_model) from None

    @property
    def _queueing(self) -> frozenset[str]:
        """The base models whose jobs queue elsewhere."""
        of = self._launchers.of
        return frozenset(n for n, one in self._trainables.items() if of(one.engine).independent)

    async def _start_next(self) -> bool:
        here = [run for run in self._runs.values() if not run.launcher.independent]
        next_to_run = partial(
            self._lifecycle.next_to_run,
            self._backoff.jobs() | frozenset(self._runs),
            queueing=self._queueing,
            full=len(here) >= self._slots,
        )
        job = await self._store.run(next_to_run)
        if job is None:
            return False
        try:
            engine = self._trainable(job).engine
        except NoEngineError as error:
            await self._store.run(partial(self._lifecycle.fail, job.id, error.failed))
            return True
        run = self._runs[job.id] = self._new_run(job, self._launchers.of(engine))
        task = asyncio.create_task(self._run(run, engine))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return True

    async def _tell_why(self, job_id: str, why: str) -> None:
        await self._store.run(partial(self._lifecycle.waits, job_id, why))

    def _new_run(self, job: StoredJob, launcher: Launcher) -> Run:
        folder = self._folders.job(job.id)
        return Run(
            job,
            folder,
            launcher,
            store=self._store,
            lifecycle=self._lifecycle,
            backoff=self._backoff,
        )

    async def _run(self, run: Run, engine: Engine) -> None:
        try:
            if engine.serving and engine.serving.shares_gpu and not run.launcher.independent:
                waits = partial(self._tell_why, run.job.id)
                async with self._turns.training(waits):
                    await run.train(engine)
            else:
                await run.train(engine)
        finally:
            del self._runs[run.job.id]
            self.wake()
