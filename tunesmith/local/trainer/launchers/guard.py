"""Runs an engine so that it cannot outlive the server, and keeps what it tells.

`INTERPRETER guard.py ENGINEDIR MODULE [--measure] JOBDIR`, with a pipe from the server as stdin:
the pipe ends when the server does, however it ends, and then so does this process. Portable, where
the kernel's parent-death signal is Linux's alone and bound to a thread.

Any Python can run this file, whatever is installed for it: an engine may have one of its own.
"""

import fcntl
import os
import runpy
import sys
import threading

EVENTS_FILE = "events.jsonl"
_STDOUT = 1
_FAILED = 1


def append_stdout(folder: str) -> None:
    """From now on, append this process's stdout to the job's log.

    Waits until an earlier process has left the job: two would write over each other's state. A
    last line that such a process has not finished is removed; no server has read it.
    """
    with open(os.path.join(folder, EVENTS_FILE), "a+b") as log:  # noqa: PTH118, PTH123
        # The lock belongs to the open file, and so to stdout: it ends with the last process that
        # can still write there.
        fcntl.flock(log, fcntl.LOCK_EX)
        log.seek(0)
        log.truncate(log.read().rfind(b"\n") + 1)
        os.dup2(log.fileno(), _STDOUT)


def _leave_with_the_server() -> None:
    while os.read(0, 4096):
        pass
    os._exit(_FAILED)


def main() -> None:
    """Become the engine."""
    engine_folder, module, *arguments = sys.argv[1:]
    threading.Thread(target=_leave_with_the_server, daemon=True).start()
    if len(arguments) == 1:  # With `--measure` nothing is told of a job.
        append_stdout(arguments[0])
    # As `python -m` has it, and the engine's own folder after everything that is installed.
    sys.path[0] = os.getcwd()  # noqa: PTH109
    sys.path.append(engine_folder)
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
