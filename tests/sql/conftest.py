"""A MariaDB server of the tests' own."""

import getpass
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator

import pytest

from tests.support.waiting import PATIENCE


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
