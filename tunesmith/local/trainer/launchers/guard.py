"""Runs an engine so that it cannot outlive the server, and keeps what it tells.

`python -m tunesmith.local.trainer.launchers.guard ENGINE JOBDIR`, with a pipe from the server as
stdin: the pipe ends when the server does, however it ends, and then so does this process. Portable,
where the kernel's parent-death signal is Linux's alone and bound to a thread.
"""

import os
import runpy
import sys
import threading
from pathlib import Path

from tunesmith.local.trainer.jobs import ExitCode
from tunesmith.local.trainer.launchers.event_log import append_stdout


def _leave_with_the_server() -> None:
    while os.read(0, 4096):
        pass
    os._exit(ExitCode.FAILED)


def main() -> None:
    """Become the engine."""
    engine, folder = sys.argv[1:]
    threading.Thread(target=_leave_with_the_server, daemon=True).start()
    append_stdout(Path(folder))
    sys.argv = [engine, folder]
    runpy.run_module(engine, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
