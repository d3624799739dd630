"""Which server answers for which model, with its adapter in memory and in its turn."""

import asyncio
import json
import os
from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from tunesmith.local.trainer.descriptor import EngineError, Trainable
from tunesmith.local.trainer.folders import Folders
from tunesmith.local.trainer.jobs import SERVING_FILE
from tunesmith.local.trainer.servers.adapters import Adapters
from tunesmith.local.trainer.servers.settings import Serving
from tunesmith.local.trainer.servers.turns import Turns
from tunesmith.local.trainer.servers.upstream import Upstream, new_session
from tunesmith.local.trainer.servers.vllm import VllmServer


@dataclass(frozen=True, slots=True)
class Target:
    """A model at a server: what each request for it says, its name there among it."""

    upstream: Upstream
    says: dict[str, object]
    adapter: bool


class ModelServer:
    """The server of one base model, and the adapters in its memory."""

    def __init__(
        self, base: Trainable, serving: Serving, fixed: Upstream | None, started: VllmServer | None
    ) -> None:
        self._base = base
        self._serving = serving
        self._fixed = fixed
        self._started = started
        self._adapters = Adapters(self._load, self._unload, serving.adapters)

    @property
    def takes_turns(self) -> bool:
        """Does it need the GPU on which jobs train?"""
        return self._started is not None and self._serving.shares_gpu

    @asynccontextmanager
    async def target(self, name: str, folder: Path | None) -> AsyncGenerator[Target]:
        """The model (`folder` is its adapter's; None is the base model), there in this block.

        Raises ServerError.
        """
        upstream = await self._upstream()
        if folder is None:
            model = self._serving.model or self._base.name
            yield Target(upstream, {"model": model}, adapter=False)
            return
        async with self._adapters.using(name, folder):
            says = await asyncio.to_thread(_says, folder)
            yield Target(upstream, says | {"model": name}, adapter=True)

    def lose(self, name: str) -> None:
        """The server has lost this adapter: it was started anew, by somebody else."""
        self._adapters.lose(name)

    async def remove(self, name: str) -> None:
        """Let go of an adapter that was deleted, if a server has it."""
        await self._adapters.remove(name)

    async def stop(self) -> None:
        """End a server that was started here."""
        if self._started:
            await self._started.stop()
            self._adapters.lose_all()

    async def _upstream(self) -> Upstream:
        if self._started is None:
            assert self._fixed
            return self._fixed
        upstream, new = await self._started.upstream()
        if new:
            self._adapters.lose_all()
        return upstream

    async def _load(self, name: str, folder: Path) -> None:
        await (await self._upstream()).load(name, folder)

    async def _unload(self, name: str) -> None:
        await (await self._upstream()).unload(name)


def _says(folder: Path) -> dict[str, object]:
    """What the engine wants a server to be told with each request for this adapter."""
    try:
        said: object = json.loads((folder / SERVING_FILE).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return cast("dict[str, object]", said) if isinstance(said, dict) else {}


class ModelServers:
    """All of them, by the names of the base models. `turns` are for the one GPU of this machine."""

    def __init__(self, servers: Mapping[str, ModelServer]) -> None:
        self._servers = servers
        self.turns = Turns(self._free)

    def of(self, base: Trainable) -> ModelServer | None:
        """The server that answers for a base model and what was tuned from it, if there is one."""
        return self._servers.get(base.name)

    async def stop(self) -> None:
        """End those that were started here."""
        await asyncio.gather(*(server.stop() for server in self._servers.values()))

    async def _free(self) -> None:
        await asyncio.gather(
            *(server.stop() for server in self._servers.values() if server.takes_turns)
        )


@asynccontextmanager
async def serving(
    trainables: Mapping[str, Trainable], folders: Folders
) -> AsyncGenerator[ModelServers]:
    """The servers of these base models. Raises EngineError where a key is not set."""
    wanted = {name: one for name, one in trainables.items() if one.engine.serving}
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(new_session())
        servers: dict[str, ModelServer] = {}
        for name, base in wanted.items():
            settings = base.engine.serving
            assert settings
            fixed = Upstream(session, settings.url, _key(settings)) if settings.url else None
            log = folders.serving / f"{name}.log"
            started = None if fixed else VllmServer(base, settings, session, log)
            servers[name] = ModelServer(base, settings, fixed, started)
        made = ModelServers(servers)
        stack.push_async_callback(made.stop)
        yield made


def _key(settings: Serving) -> str | None:
    if settings.key is None:
        return None
    if key := os.environ.get(settings.key):
        return key
    raise EngineError(f"{settings.key} is not set, the key of the server at {settings.url}.")
