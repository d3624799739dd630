"""A vLLM server that the trainer starts and stops, reached by nobody else.

It listens on loopback with a key made for it, given by the environment (VLLM_API_KEY), where no
list of processes shows it.
"""

import asyncio
import logging
import os
import secrets
import socket
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path

import aiohttp

from tunesmith.local.trainer.descriptor import Trainable
from tunesmith.local.trainer.launchers.process import end_of
from tunesmith.local.trainer.servers import leash
from tunesmith.local.trainer.servers.settings import Serving
from tunesmith.local.trainer.servers.upstream import ServerError, Upstream

_logger = logging.getLogger(__name__)
START_SECONDS = 900.0
"""How long weights may take to load."""
_LOOK_SECONDS = 0.2
_MAX_RANK = "64"
_HOST = "127.0.0.1"


class VllmServer:
    """The server of one base model. `log` is the file that it logs to."""

    def __init__(
        self, base: Trainable, serving: Serving, session: aiohttp.ClientSession, log: Path
    ) -> None:
        self._base = base
        self._serving = serving
        self._session = session
        self._log = log
        self._process: Process | None = None
        self._upstream: Upstream | None = None
        self._starting = asyncio.Lock()

    async def upstream(self) -> tuple[Upstream, bool]:
        """The running server, started where there is none; and whether it is a new one.

        Raises ServerError.
        """
        async with self._starting:
            if self._upstream and self._process and self._process.returncode is None:
                return self._upstream, False
            self._upstream = await self._start()
            return self._upstream, True

    async def stop(self) -> None:
        """End it, and let its memory go."""
        async with self._starting:
            if self._process and self._process.stdin:
                self._process.stdin.close()
                await self._process.wait()
            self._process = self._upstream = None

    async def _start(self) -> Upstream:
        port, key = _free_port(), secrets.token_urlsafe(32)
        environment = os.environ | {
            "VLLM_API_KEY": key,
            "VLLM_ALLOW_RUNTIME_LORA_UPDATING": "1",
            "HF_HUB_OFFLINE": "1",
        }
        self._log.parent.mkdir(exist_ok=True)
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                leash.__file__,
                *self._command(port),
                stdin=PIPE,
                stdout=log,
                stderr=log,
                env=environment,
                start_new_session=True,
            )
        await self._until_ready(self._process, f"http://{_HOST}:{port}/health")
        return Upstream(self._session, f"http://{_HOST}:{port}/v1", key)

    def _command(self, port: int) -> list[str]:
        source, adapters = self._base.source, str(self._serving.adapters)
        weights = source.hub or str(source.path)
        revision = ["--revision", source.revision] if source.revision else []
        return [
            self._serving.vllm or "",
            *("serve", weights, *revision, "--served-model-name", self._base.name),
            *("--host", _HOST, "--port", str(port)),
            *("--enable-lora", "--max-loras", adapters, "--max-cpu-loras", adapters),
            *("--max-lora-rank", _MAX_RANK),
            *self._serving.options,
        ]

    async def _until_ready(self, process: Process, url: str) -> None:
        try:
            async with asyncio.timeout(START_SECONDS):
                while process.returncode is None:
                    if await self._is_healthy(url):
                        return
                    await asyncio.sleep(_LOOK_SECONDS)
        except TimeoutError:
            pass
        what = "did not begin in time" if process.returncode is None else "ended"
        _logger.error("vLLM for %s %s:\n%s", self._base.name, what, end_of(self._log))
        if process.stdin:
            process.stdin.close()
        raise ServerError(
            f"The server for {self._base.name} could not be started. Its log tells more."
        )

    async def _is_healthy(self, url: str) -> bool:
        try:
            async with self._session.get(url) as response:
                return response.status == 200
        except (aiohttp.ClientError, OSError, TimeoutError):
            return False


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind((_HOST, 0))
        return taken.getsockname()[1]
