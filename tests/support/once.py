"""What takes long to make, made once for all of xdist's processes."""

import fcntl
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """A folder that `make` has filled, in whichever process needs it first; nobody changes it."""
    base = factory.getbasetemp()
    # Each of xdist's processes has a folder of its own in the one of the whole run.
    run = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    made, half = run / f"{name}-made", run / f"{name}-half"
    with (run / f"{name}-lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            shutil.rmtree(half, ignore_errors=True)
            half.mkdir()
            make(half)
            half.rename(made)
    return made
