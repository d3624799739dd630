"""Which job trains when: files are validated one job at a time, training has a number of places."""

import asyncio
import logging
import shutil
import signal
import threading
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial

from tunesmith.local.trainer.api.store import Store, StoredJob
from tunesmith.local.trainer.descriptor import Trainable
from tunesmith.local.trainer.folders import Folders
from tunesmith.local.trainer.jobs import (
    JOB_FILE,
    TRAIN_FILE,
    VALID_FILE,
    Control,
    Done,
    ExitCode,
    Failed,
    Hyperparameters,
    JobSpec,
    Metrics,
)
from tunesmith.local.trainer.launchers.event_log import read_events
from tunesmith.local.trainer.launchers.process import EngineProcess
from tunesmith.local.trainer.training.lifecycle import (
    FILE_CODES,
    Lifecycle,
    asked_hyperparameters,
)
from tunesmith.local.trainer.training.training_file import Kind, Param, UnfitFileError, check, unfit

_logger = logging.getLogger(__name__)
GRACE_SECONDS = 15.0
"""How long an engine may take to save its state before it is killed."""
_READ_SECONDS = 0.1
"""How often an engine's events are read."""
_UNREADABLE = Failed(code="server_error", message="The files could not be read.")
_BROKEN = Failed(code="server_error", message="The training process ended unexpectedly.")


class NoEngineError(Exception):
    """A job was made when the server had an engine that it does not have any more."""

    def __init__(self, base_model: str) -> None:
        super().__init__(base_model)
        self.failed = Failed(
            code="model_not_available",
            message=f"This server no longer has an engine that trains {base_model}.",
        )


@dataclass(slots=True)
class Run:
    """A job that has a place, from the decision to start it to the end of its process."""

    job: StoredJob
    process: EngineProcess | None = None
    outcome: Done | Failed | None = None
    first_step: tuple[int, float] | None = None
    estimated_finish: int | None = None

    def tell(self, control: Control) -> None:
        """Pass on what the process is to do. One that is not there yet asks when it is."""
        if self.process:
            self.process.tell(control)
            asyncio.get_running_loop().call_later(GRACE_SECONDS, self.process.kill)

    def estimate(self, metrics: Metrics) -> None:
        """Note when training ends (Unix seconds), from the pace since this process's first step."""
        now = time.monotonic()
        if self.first_step is None:
            self.first_step = (metrics.step, now)
            return
        step, since = self.first_step
        pace = (now - since) / max(1, metrics.step - step)
        self.estimated_finish = int(time.time() + pace * (metrics.total_steps - metrics.step))


class TrainingQueue:
    """Takes jobs from `validating_files` to their end. `trainables` are the base models by name."""

    def __init__(
        self,
        store: Store,
        folders: Folders,
        lifecycle: Lifecycle,
        trainables: Mapping[str, Trainable],
        slots: int,
    ) -> None:
        self._store = store
        self._folders = folders
        self._lifecycle = lifecycle
        self._trainables = trainables
        self._slots = slots
        self._runs: dict[str, Run] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._loops: list[asyncio.Task[None]] = []
        self._validator_wake = asyncio.Event()
        self._starter_wake = asyncio.Event()
        self._stopping = False
        self._stop_validating = threading.Event()

    async def start(self) -> None:
        """Go on where the last server left off; first record what it has not."""
        for job in await self._store.run(self._lifecycle.in_training):
            await self._record(Run(job))
        await self._store.run(self._lifecycle.recover)
        self._loops = [
            asyncio.create_task(self._forever(self._validate_next, self._validator_wake)),
            asyncio.create_task(self._forever(self._start_next, self._starter_wake)),
        ]

    async def stop(self) -> None:
        """Pause what runs; it goes on with the next server."""
        self._stopping = True
        self._stop_validating.set()
        for loop in self._loops:
            loop.cancel()
        await asyncio.gather(*self._loops, return_exceptions=True)
        for run in self._runs.values():
            run.tell(Control.PAUSE)
        await asyncio.gather(*self._tasks)

    def wake(self) -> None:
        """Look for work: a job is new, has changed its status or has left its place."""
        self._validator_wake.set()
        self._starter_wake.set()

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
        job = await self._store.run(self._lifecycle.next_to_validate)
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
        except OSError:
            _logger.exception("The files of %s could not be read", job.id)
            await self._store.run(partial(self._lifecycle.fail, job.id, _UNREADABLE))
        else:
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

    async def _start_next(self) -> bool:
        if len(self._runs) >= self._slots:
            return False
        running = frozenset(self._runs)
        job = await self._store.run(partial(self._lifecycle.next_to_run, running))
        if job is None:
            return False
        self._runs[job.id] = Run(job)
        task = asyncio.create_task(self._run(self._runs[job.id]))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return True

    async def _run(self, run: Run) -> None:
        """One stay of a job in a place."""
        job_id = run.job.id
        try:
            engine = self._trainable(run.job).engine
            run.process = await EngineProcess.start(engine, self._folders.job(job_id))
            await self._catch_up(run)
            while (code := await run.process.wait(_READ_SECONDS)) is None:
                await self._record(run)
            await self._record(run)
            await self._settle(run, code)
        except NoEngineError as error:
            await self._store.run(partial(self._lifecycle.fail, job_id, error.failed))
        except Exception:
            _logger.exception("The run of %s broke off", job_id)
            await self._store.run(partial(self._lifecycle.fail, job_id, _BROKEN))
        finally:
            if run.process:
                run.process.kill()
            del self._runs[job_id]
            self.wake()

    async def _catch_up(self, run: Run) -> None:
        """Pass on an order that was given before there was a process to give it to."""
        job = await self._store.run(partial(self._store.jobs.get, run.job.id))
        if job and job.status == "cancelled":
            run.tell(Control.CANCEL)
        elif self._stopping or (job and job.status == "pausing"):
            run.tell(Control.PAUSE)

    async def _record(self, run: Run) -> None:
        """Record what was told since the last time."""
        folder = self._folders.job(run.job.id)
        events, read = await asyncio.to_thread(read_events, folder, run.job.events_read)
        if read == run.job.events_read:
            return
        # Only the newest step is as old as this moment.
        for metrics in [event for event in events if isinstance(event, Metrics)][-1:]:
            run.estimate(metrics)
        for outcome in [event for event in events if isinstance(event, Done | Failed)]:
            run.outcome = outcome
        record = partial(
            self._lifecycle.record,
            run.job.id,
            events,
            read=read,
            estimated_finish=run.estimated_finish,
        )
        await self._store.run(record)
        run.job.events_read = read

    async def _settle(self, run: Run, code: int) -> None:
        """The process has left: what that means for the job."""
        life, job_id = self._lifecycle, run.job.id
        match run.outcome, code:
            case Failed() as failed, _:
                param = "training_file" if failed.code in FILE_CODES else None
                await self._store.run(partial(life.fail, job_id, failed, param))
            case Done() as done, ExitCode.DONE:
                await self._store.run(partial(life.succeed, job_id, done))
            case _ if self._stopping:
                pass  # The next server finds the job running and goes on with it.
            case _, ExitCode.CANCELLED:
                pass  # The job was cancelled at once; its process took a moment longer.
            case _ if code in (ExitCode.PAUSED, -signal.SIGTERM):
                await self._store.run(partial(life.paused, job_id))
            case _:
                _logger.error("The engine of %s ended with %s; see its engine.log", job_id, code)
                await self._store.run(partial(life.lost, job_id, _BROKEN))
