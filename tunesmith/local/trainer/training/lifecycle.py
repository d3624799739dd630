"""Every step in a job's life: what changes, and the event that tells of it, in one transaction.

    validating_files → queued → running → succeeded | failed | cancelled
                          ↑        ↓ pausing
                          └───── paused

All methods run inside of `Store.run`. What comes too late, because the job was cancelled meanwhile,
changes nothing.
"""

import time
from collections.abc import Callable, Collection, Sequence
from typing import Any

from tunesmith.local.trainer.api.errors import bad_value, no_such_job
from tunesmith.local.trainer.api.names import new_id
from tunesmith.local.trainer.api.objects import (
    UNFINISHED,
    File,
    Job,
    JobError,
    JobStatus,
    ShownDpoHyperparameters,
    ShownHyperparameters,
)
from tunesmith.local.trainer.api.store import Store, StoredJob, Where
from tunesmith.local.trainer.folders import Folders
from tunesmith.local.trainer.jobs import (
    CheckpointSaved,
    Done,
    Event,
    Failed,
    Message,
    Metrics,
    Started,
)
from tunesmith.local.trainer.training.backoff import LOST, LOST_ONCE, NO_SPACE, RESTARTS
from tunesmith.local.trainer.training.history import History
from tunesmith.local.trainer.training.hyperparameters import asked_hyperparameters, shown_method
from tunesmith.local.trainer.training.results import as_csv

FILE_CODES = frozenset(("invalid_training_file", "invalid_n_examples"))
_PAUSABLE: frozenset[JobStatus] = frozenset(("validating_files", "queued", "running"))
_TRAINING: frozenset[JobStatus] = frozenset(("running", "pausing"))


def _with_status(status: JobStatus) -> Where:
    return Where("json_extract(body, '$.status') = ?", (status,))


def _now() -> int:
    return int(time.time())


Announce = Callable[[StoredJob], None]
"""Called with a job that has ended."""


class Lifecycle:
    """The steps. Raises ApiError where a job is not there or a step does not fit its status."""

    def __init__(self, store: Store, folders: Folders, announce: Announce) -> None:
        self._store = store
        self._folders = folders
        self._announce = announce
        self._history = History(store)

    def create(self, job: StoredJob) -> None:
        """A job begins."""
        self._store.jobs.add(job, job.team)
        self._history.tell(job.id, f"Created fine-tuning job: {job.id}")
        validation = f" and validation file: {job.validation_file}" if job.validation_file else ""
        self._history.tell(job.id, f"Validating training file: {job.training_file}{validation}")

    def in_training(self) -> list[StoredJob]:
        """The jobs that a process works on, or did when the last server ended."""
        jobs = self._store.jobs
        return jobs.all(_with_status("running")) + jobs.all(_with_status("pausing"))

    def recover(self, queueing: Collection[str]) -> None:
        """After a restart: a process that was to pause has gone with the server.

        `queueing` are the base models whose engines work without it.
        """
        for job in self._store.jobs.all(_with_status("pausing")):
            if job.base_model not in queueing:
                self._to_paused(job)

    def next_to_validate(self, put_off: Collection[str]) -> StoredJob | None:
        """The oldest job whose files nobody has looked at, and that is not put off."""
        jobs = self._store.jobs.all(_with_status("validating_files"))
        return next((job for job in jobs if job.id not in put_off), None)

    def validated(self, job_id: str) -> None:
        """The files are fit: the job waits for a place."""
        job = self._get(job_id)
        if job.status == "validating_files":
            job.status, job.validated = "queued", True
            self._store.jobs.put(job)
            self._history.tell(job_id, "Files validated, moving job to queued state")

    def next_to_run(
        self, running: Collection[str], *, queueing: Collection[str], full: bool
    ) -> StoredJob | None:
        """The job to start: one that a restart interrupted, or the oldest queued.

        `running` are the jobs that have an engine or are put off, `queueing` the base models whose
        jobs queue elsewhere: they need no place here, where all may be taken (`full`).
        """
        interrupted = [job for job in self.in_training() if job.id not in running]
        # A job that was paused and resumed may have to wait for its old process to leave.
        queued = [j for j in self._store.jobs.all(_with_status("queued")) if j.id not in running]
        for job in interrupted + queued:
            if job.base_model in queueing:
                return job
            if full:
                continue
            if job.status == "queued":
                job.status = "running"
                self._store.jobs.put(job)
            return job
        return None

    def waits(self, job_id: str, why: str) -> None:
        """The job queues elsewhere, or for the GPU."""
        job = self._get(job_id)
        if job.status in ("queued", "running"):
            job.waiting_for = why
            self._store.jobs.put(job)
        self._history.tell(job_id, why)

    def begun(self, job_id: str, trouble: str | None) -> None:
        """An engine works on the job, as far as is known."""
        job = self._get(job_id)
        if job.status == "queued":
            job.status = "running"
        job.waiting_for = None
        self._store.jobs.put(job)
        if trouble:
            self._history.tell(job_id, trouble, level="warn")

    def record(
        self, job_id: str, events: Sequence[Event], *, read: int, estimated_finish: int | None
    ) -> bool:
        """The engine has told this; `read` is the byte of its log after the last of the events.

        True where a checkpoint is new: the job gets on.

        How a run ends (`Done`, `Failed`) counts once the process has left: `succeed`, `fail`.
        """
        job = self._get(job_id)
        if job.status not in _TRAINING:
            return False  # It has ended meanwhile.
        gets_on = False
        for event in events:
            match event:
                case Started():
                    self._started(job, event)
                case Metrics():
                    self._history.measured(job_id, event)
                case CheckpointSaved():
                    gets_on |= self._history.saved(job, event)
                case Message():
                    self._history.tell(job_id, event.text, level=event.level)
                case Done() | Failed():
                    pass
        job.events_read, job.estimated_finish = read, estimated_finish
        if gets_on:
            job.deaths = 0
        self._store.jobs.put(job)
        return gets_on

    def _started(self, job: StoredJob, plan: Started) -> None:
        names = set(ShownDpoHyperparameters.model_fields)
        numbers = plan.model_dump(include=names, exclude_none=True)
        numbers |= asked_hyperparameters(job).extra
        job.method = shown_method(job.method.type, ShownDpoHyperparameters.model_validate(numbers))
        numbers.pop("beta", None)
        job.hyperparameters = ShownHyperparameters.model_validate(numbers)
        self._history.tell(job.id, "Fine-tuning job started")
        if plan.resumed_from is not None:
            text = f"Training goes on after step {plan.resumed_from}"
            self._history.tell(job.id, text, again=True)

    def succeed(self, job_id: str, done: Done) -> None:
        """The tuned model is there."""
        job = self._get(job_id)
        if job.status not in _TRAINING:
            return
        table = as_csv(self._store.events.all(parent=job_id), job.method.type)
        job.result_files = [self._add_result(job, "step_metrics.csv", table)]
        if done.row_losses is not None:
            losses = (self._folders.job(job_id) / done.row_losses).read_bytes()
            job.result_files.append(self._add_result(job, "row_losses.csv", losses))
        self._history.add_model(job, job.tuned_name, done.folder)
        job.fine_tuned_model = job.tuned_name
        job.trained_tokens = done.trained_tokens
        self._finish(job, "succeeded")
        self._history.tell(job_id, "New fine-tuned model created")
        self._history.tell(job_id, "The job has successfully completed")

    def _add_result(self, job: StoredJob, filename: str, content: bytes) -> str:
        """Add a file that the job wrote; gives its id."""
        shown: Any = {"filename": filename, "purpose": "fine-tune-results", "bytes": len(content)}
        file = File(id=new_id("file-"), created_at=_now(), **shown)
        (self._folders.files / file.id).write_bytes(content)
        self._store.files.add(file, job.team)
        return file.id

    def fail(self, job_id: str, failed: Failed, param: str | None = None) -> None:
        """The job cannot go on; the error tells why."""
        job = self._get(job_id)
        if job.status in ("validating_files", "running", "pausing"):
            job.error = JobError(code=failed.code, message=failed.message, param=param)
            self._finish(job, "failed")
            self._history.tell(job_id, failed.message, level="error")

    def pause(self, job_id: str) -> StoredJob:
        """Somebody wants the job to wait; a running one first saves its state."""
        job = self._get(job_id)
        self._require(job, _PAUSABLE, "paused")
        if job.status == "running":
            job.status = "pausing"
            self._store.jobs.put(job)
        else:
            self._to_paused(job)
        return job

    def paused(self, job_id: str, why: str | None = None) -> None:
        """The engine has left with its state saved; `why` where somebody stopped it elsewhere.

        A job that nobody wanted to pause stays running, and so is started again: a signal to all
        processes, when a machine goes down, must not leave it waiting for somebody to resume it.
        """
        job = self._get(job_id)
        if why and job.status == "running":
            self._history.tell(job_id, why, level="warn", again=True)
            self._to_paused(job)
        elif job.status == "pausing":
            self._to_paused(job)

    def lost(self, job_id: str, why: str | None = None) -> None:
        """The engine has left without a word: enough for a job that was to pause.

        Another one stays running, and so is started again, unless that was of no use before. `why`
        is what the place says where it worked.
        """
        job = self._get(job_id)
        said = f" {why}" if why else ""
        if job.status == "pausing":
            self._to_paused(job)
        elif job.deaths == RESTARTS:
            self.fail(job_id, Failed(code=LOST.code, message=LOST.message + said))
        elif job.status == "running":
            job.deaths += 1
            self._store.jobs.put(job)
            number = f"restart {job.deaths} of {RESTARTS}"
            self._history.tell(job_id, f"{LOST_ONCE} ({number}).{said}", level="warn", again=True)

    def wait_for_space(self, job_id: str) -> None:
        """The disk is full: the job is put off."""
        if self._get(job_id).status in UNFINISHED:
            self._history.tell(job_id, NO_SPACE, level="warn", again=True)

    def resume(self, job_id: str) -> StoredJob:
        """A paused job waits for a place again."""
        job = self._get(job_id)
        self._require(job, frozenset(("paused",)), "resumed")
        job.status = "queued" if job.validated else "validating_files"
        self._store.jobs.put(job)
        self._history.tell(job_id, "Fine-tuning job resumed", again=True)
        return job

    def cancel(self, job_id: str) -> StoredJob:
        """Somebody wants the job to end; its checkpoints stay."""
        job = self._get(job_id)
        self._require(job, UNFINISHED, "cancelled")
        self._finish(job, "cancelled")
        self._history.tell(job_id, "Fine-tuning job cancelled")
        return job

    def _to_paused(self, job: StoredJob) -> None:
        job.status, job.estimated_finish, job.waiting_for = "paused", None, None
        self._store.jobs.put(job)
        self._history.tell(job.id, "Fine-tuning job paused", again=True)

    def _finish(self, job: StoredJob, status: JobStatus) -> None:
        job.status, job.finished_at = status, _now()
        job.estimated_finish = job.waiting_for = None
        self._store.jobs.put(job)
        self._announce(job)

    def _get(self, job_id: str) -> StoredJob:
        job = self._store.jobs.get(job_id)
        if job is None:
            raise no_such_job(job_id)
        return job

    def _require(self, job: Job, allowed: frozenset[JobStatus], done: str) -> None:
        if job.status not in allowed:
            raise bad_value(f"Job {job.id} is {job.status} and cannot be {done}.", "fine_tune_id")
