"""Runs a program so that it cannot outlive the server: `PYTHON leash.py PROGRAM ARGUMENT...`.

With a pipe from the server as stdin: the pipe ends when the server does, however it ends, and then
the program and all that it started are ended.
"""

import os
import signal
import subprocess
import sys
import threading
import time

GRACE_SECONDS = 10.0


def _end(program: "subprocess.Popen[bytes]") -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(program.pid, number)
        except ProcessLookupError:
            return
        deadline = time.monotonic() + GRACE_SECONDS
        while program.poll() is None and time.monotonic() < deadline:
            time.sleep(0.05)


def _end_with_the_server(program: "subprocess.Popen[bytes]") -> None:
    while os.read(0, 4096):
        pass
    _end(program)


def main() -> int:
    """Wait for the program; gives its exit code."""
    program = subprocess.Popen(  # noqa: S603
        sys.argv[1:], stdin=subprocess.DEVNULL, start_new_session=True
    )
    threading.Thread(target=_end_with_the_server, args=(program,), daemon=True).start()
    code = program.wait()
    _end(program)  # What it started may still be there.
    return code


if __name__ == "__main__":
    sys.exit(main())
