"""Two nodes of a Ray cluster on this machine, each a group of processes that a test may kill."""

import asyncio
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
_STARTED_SECONDS = 180
_MEMORY = 80 * 1024 * 1024
"""Of the object store: the least that Ray takes is 75 MB."""
HEAD, WORKER = "127.0.0.11", "127.0.0.12"


@dataclass
class Cluster:
    """A head and a worker node; each has `cpus` places."""

    address: str
    token: str
    worker: "subprocess.Popen[bytes]"
    environment: dict[str, str]

    async def ray(self, *arguments: str) -> str:
        """What Ray's own program says of this cluster."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "ray.scripts.scripts", *arguments),
            env=self.environment | {"RAY_ADDRESS": self.address},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        said, _ = await process.communicate()
        assert process.returncode == 0, said
        return said.decode()

    def lose_worker(self) -> None:
        """The worker's machine dies."""
        _kill(self.worker)


def _kill(node: "subprocess.Popen[bytes]") -> None:
    if node.poll() is None:
        os.killpg(node.pid, signal.SIGKILL)
    node.wait()


def free_port(address: str) -> int:
    """A port that nothing listens on at the moment."""
    with socket.socket() as taken:
        taken.bind((address, 0))
        return taken.getsockname()[1]


@contextmanager
def two_nodes(cpus: int = 2) -> Generator[Cluster]:
    """A cluster with a token; every process of it is gone at the end."""
    token = secrets.token_hex(16)
    port, dashboard = free_port(HEAD), free_port("127.0.0.1")
    programs = str(Path(sys.executable).parent)
    environment = os.environ | {
        "RAY_AUTH_MODE": "token",
        "RAY_AUTH_TOKEN": token,
        "RAY_USAGE_STATS_ENABLED": "0",
        "RAY_memory_monitor_refresh_ms": "0",
        "RAY_health_check_timeout_ms": "60000",
        "RAY_ENABLE_UV_RUN_RUNTIME_ENV": "0",
        # Its own default leaves them nothing of a busy machine.
        "RAY_worker_niceness": "0",
        "OMP_NUM_THREADS": "1",
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
    }
    nodes: list[subprocess.Popen[bytes]] = []
    # Ray's sockets have their paths below it, which must be short.
    with tempfile.TemporaryDirectory(prefix="ray") as folder, Path(folder, "log").open("wb") as log:

        def start(*options: str) -> "subprocess.Popen[bytes]":
            command = [sys.executable, "-m", "ray.scripts.scripts", "start", "--block"]
            command += [f"--num-cpus={cpus}", f"--object-store-memory={_MEMORY}", *options]
            # Two nodes on one machine, and whatever else works there: no port is a fixed one.
            command += ["--min-worker-port=0", "--max-worker-port=0"]
            command += [f"--dashboard-agent-listen-port={free_port('127.0.0.1')}"]
            node = subprocess.Popen(
                command, env=environment, stdout=log, stderr=log, start_new_session=True, cwd=folder
            )
            nodes.append(node)
            return node

        try:
            start(
                *("--head", f"--port={port}", f"--node-ip-address={HEAD}", f"--temp-dir={folder}"),
                *("--dashboard-host=127.0.0.1", f"--dashboard-port={dashboard}"),
                *("--disable-usage-stats", f"--ray-client-server-port={free_port(HEAD)}"),
            )
            address = f"http://127.0.0.1:{dashboard}"
            _wait_for(address, token, nodes, Path(folder, "log"))
            worker = start(f"--address={HEAD}:{port}", f"--node-ip-address={WORKER}")
            _wait_for(address, token, nodes, Path(folder, "log"))
            yield Cluster(address, token, worker, environment)
        finally:
            for node in reversed(nodes):
                _kill(node)


def engine_folder(
    folder: Path, name: str, weights: Path, cluster: Cluster | None, workers: int = 2
) -> Path:
    """The folder of an engine like `lora` with one base model; its jobs go to the cluster."""
    made = folder / name
    made.mkdir()
    said = f'like = "lora"\n[[models]]\nname = "{name}"\npath = "{weights}"\n'
    if cluster:
        port = free_port("127.0.0.1")
        said += (
            f'[ray]\naddress = "{cluster.address}"\nlisten = "127.0.0.1:{port}"\n'
            f'reached_at = "http://127.0.0.1:{port}"\nworkers = {workers}\n'
        )
    (made / "engine.toml").write_text(said)
    return made


def _wait_for(address: str, token: str, nodes: "list[subprocess.Popen[bytes]]", log: Path) -> None:
    """Until the dashboard answers and knows all of these nodes."""
    request = urllib.request.Request(
        f"{address}/nodes?view=summary", headers={"Authorization": f"Bearer {token}"}
    )
    deadline = time.monotonic() + _STARTED_SECONDS
    while True:
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                if answer.read().count(b'"ALIVE"') >= len(nodes):
                    return
        except OSError:
            pass
        ended = any(node.poll() is not None for node in nodes)
        assert not ended, log.read_text("utf-8", "replace")[-4000:]
        assert time.monotonic() < deadline, "the cluster does not start"
        time.sleep(0.5)
