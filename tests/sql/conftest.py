"""A PostgreSQL of the tests' own."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

_WAIT = 30


def _find(program: str) -> str | None:
    installed = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"))
    return shutil.which(program) or (str(installed[-1]) if installed else None)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The directory of a running PostgreSQL's socket, for the user postgres."""
    initdb, server = _find("initdb"), _find("postgres")
    if initdb is None or server is None:
        pytest.skip("PostgreSQL is not installed here")
    user = None
    if os.geteuid() == 0:
        if "postgres" not in {entry.pw_name for entry in pwd.getpwall()}:
            pytest.skip("PostgreSQL does not run as root, and there is no user postgres")
        user = "postgres"
    # Not pytest's own directory: its path is too long for a socket, and only root may enter it.
    with tempfile.TemporaryDirectory(prefix="pg") as folder:
        if user:
            shutil.chown(folder, user)
        data = f"{folder}/data"
        subprocess.run(
            [initdb, "-D", data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-sync"],
            check=True,
            capture_output=True,
            user=user,
            cwd=folder,
        )
        running = subprocess.Popen(
            [server, "-D", data, "-k", folder, "-c", "listen_addresses=", "-c", "fsync=off"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            user=user,
            cwd=folder,
        )
        try:
            _wait_until_ready(running, Path(data, "postmaster.pid"))
            yield folder
        finally:
            running.send_signal(signal.SIGQUIT)  # at once; nothing in it is kept
            running.wait(_WAIT)


def _wait_until_ready(running: "subprocess.Popen[bytes]", status: Path) -> None:
    """The last line of the server's own file says when it takes connections."""
    deadline = time.monotonic() + _WAIT
    while time.monotonic() < deadline and running.poll() is None:
        if status.exists() and "ready" in status.read_text():
            return
        time.sleep(0.05)
    raise RuntimeError("PostgreSQL did not start")
