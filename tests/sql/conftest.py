"""Database servers of the tests' own."""

import getpass
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.waiting import PATIENCE


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
            running.wait(PATIENCE)


def _wait_until_ready(running: "subprocess.Popen[bytes]", status: Path) -> None:
    """The last line of the server's own file says when it takes connections."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and running.poll() is None:
        if status.exists() and "ready" in status.read_text():
            return
        time.sleep(0.05)
    raise RuntimeError("PostgreSQL did not start")


@pytest.fixture(scope="session")
def mariadb() -> Iterator[str]:
    """The socket of a running MariaDB, for the user root without a password."""
    server, install = _installed("mariadbd"), _installed("mariadb-install-db")
    if server is None or install is None:
        pytest.skip("MariaDB is not installed here")
    with tempfile.TemporaryDirectory(prefix="my") as folder:
        data, listening = f"{folder}/data", f"{folder}/socket"
        mine = ["--no-defaults", f"--datadir={data}", f"--user={getpass.getuser()}"]
        normal = "--auth-root-authentication-method=normal"
        subprocess.run([install, *mine, normal], check=True, capture_output=True)
        running = subprocess.Popen(
            [server, *mine, f"--socket={listening}", "--skip-networking"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _wait_for_socket(running, listening)
            yield listening
        finally:
            running.kill()  # nothing in it is kept
            running.wait(PATIENCE)


def _installed(program: str) -> str | None:
    return shutil.which(program, path=f"{os.environ.get('PATH', '')}:/usr/sbin")


def _wait_for_socket(running: "subprocess.Popen[bytes]", path: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and running.poll() is None:
        with socket.socket(socket.AF_UNIX) as client:
            if client.connect_ex(path) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError("MariaDB did not start")
