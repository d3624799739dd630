"""`python -m tunesmith.local.trainer.engines.tiny JOBDIR` trains one job; see jobs.py."""

import logging
import os
import signal
import sys
import threading
from pathlib import Path
from types import FrameType

from tunesmith.local.trainer.jobs import Event, ExitCode, Failed

from .run import run

_STDOUT = 1

log = logging.getLogger(__name__)


def main(folder: Path) -> ExitCode:
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
    except Exception:
        log.exception("The engine stopped")
        emit(Failed(code="server_error", message="The training engine stopped unexpectedly."))
        return ExitCode.FAILED


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
