"""What the process of each engine here does: run a job, tell its events, heed its orders."""

import logging
import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from pydantic import ValidationError

from tunesmith.local.trainer import disk
from tunesmith.local.trainer.jobs import (
    CONTROL_FILE,
    JOB_FILE,
    Control,
    Event,
    ExitCode,
    Failed,
    JobSpec,
)

_STDOUT = 1
_logger = logging.getLogger(__name__)

Emit = Callable[[Event], None]


class JobError(Exception):
    """A job cannot be trained: one of its files, or the model to go on from, cannot be used.

    `code` is OpenAI's where it has one; the message is written for whoever started the job.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def main(folder: Path, run: Callable[[Path, Emit, threading.Event], ExitCode]) -> ExitCode:
    """Run the job; every event goes to stdout, what went wrong inside to stderr."""
    stop = threading.Event()

    def on_terminate(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, on_terminate)

    def emit(event: Event) -> None:
        line = event.model_dump_json(exclude_none=True).encode() + b"\n"
        try:
            while line:  # A full disk may take a part of it, and then raises.
                line = line[os.write(_STDOUT, line) :]
        except BrokenPipeError:
            stop.set()  # Nobody listens any more: keep the work and leave.

    try:
        return run(folder, emit, stop)
    except Exception as error:
        if disk.is_full(error):
            return ExitCode.DISK_FULL
        # It may be a GPU that others use, or another process of the run: it is started again.
        _logger.exception("The engine stopped")
        return ExitCode.FAILED


def run_job(folder: Path, emit: Emit, train: Callable[[JobSpec], ExitCode]) -> ExitCode:
    """Train the job in this folder. One that cannot be trained ends with Failed."""
    try:
        return train(JobSpec.model_validate_json((folder / JOB_FILE).read_bytes()))
    except (ValidationError, FileNotFoundError) as error:
        emit(Failed(code="invalid_job", message=f"The job cannot be read: {_reason(error)}."))
    except JobError as error:
        emit(Failed(code=error.code, message=str(error)))
    return ExitCode.FAILED


def asked(folder: Path, stop: threading.Event) -> Control | None:
    """What the job is to do instead of going on. `stop`, set from outside, means pause."""
    if stop.is_set():
        return Control.PAUSE
    try:
        return Control((folder / CONTROL_FILE).read_text().strip())
    except (FileNotFoundError, ValueError):  # ValueError: the launcher is still writing it.
        return None


def _reason(error: ValidationError | OSError) -> str:
    if isinstance(error, OSError):
        return f"{Path(str(error.filename)).name} is missing"
    first = error.errors(include_url=False, include_input=False)[0]
    return f"{'.'.join(map(str, first['loc'])) or JOB_FILE}: {first['msg']}"
