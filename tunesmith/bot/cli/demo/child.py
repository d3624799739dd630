"""Runs a module so that it ends with the process that started it, however that one ends.

`python -m tunesmith.bot.cli.demo.child MODULE [ARGUMENT...]`, with a pipe from the parent as
stdin: the pipe ends with the parent, and then the module gets SIGTERM.
"""

import os
import runpy
import signal
import sys
import threading
import time

_STOP_SECONDS = 10.0


def main() -> None:
    """Become the module."""
    threading.Thread(target=_end_with_the_parent, daemon=True).start()
    sys.argv = sys.argv[1:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


def _end_with_the_parent() -> None:
    while os.read(0, 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_STOP_SECONDS)
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main()
