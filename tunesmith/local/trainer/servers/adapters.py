"""The adapters that a server has in memory: those used last. One in use never leaves it."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(slots=True)
class _Loaded:
    users: int = 0


class Adapters:
    """At most `limit` of them. `load` and `unload` do it in the server's memory."""

    def __init__(
        self,
        load: Callable[[str, Path], Awaitable[None]],
        unload: Callable[[str], Awaitable[None]],
        limit: int,
    ) -> None:
        self._load = load
        self._unload = unload
        self._limit = limit
        self._loaded: OrderedDict[str, _Loaded] = OrderedDict()
        self._one_at_a_time = asyncio.Lock()
        self._left = asyncio.Event()

    @asynccontextmanager
    async def using(self, name: str, folder: Path) -> AsyncGenerator[None]:
        """The adapter is in memory in this block; it waits for room where all others are in use.

        Raises what `load` and `unload` raise.
        """
        async with self._one_at_a_time:
            loaded = self._loaded.get(name)
            if loaded is None:
                await self._make_room()
                await self._load(name, folder)
                loaded = self._loaded[name] = _Loaded()
            self._loaded.move_to_end(name)
            loaded.users += 1
        try:
            yield
        finally:
            loaded.users -= 1
            self._left.set()

    async def _make_room(self) -> None:
        while len(self._loaded) >= self._limit:
            self._left.clear()
            idle = next((name for name, one in self._loaded.items() if not one.users), None)
            if idle is None:
                await self._left.wait()
            else:
                await self._unload(idle)
                self._loaded.pop(idle, None)

    def lose(self, name: str) -> None:
        """The server does not have it any more."""
        self._loaded.pop(name, None)

    def lose_all(self) -> None:
        """The server has gone."""
        self._loaded.clear()

    async def remove(self, name: str) -> None:
        """Let the server forget an adapter that was deleted."""
        async with self._one_at_a_time:
            if self._loaded.pop(name, None):
                await self._unload(name)
