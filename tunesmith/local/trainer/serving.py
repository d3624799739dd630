"""Tuned models in this process: loaded when first asked, a few kept, answering in threads."""

import asyncio
import importlib
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TypeVar, cast

from tunesmith.local.trainer.jobs import Generator, Piece

T = TypeVar("T")
_KEPT = 4
_THREADS = 4


class LoadedModels:
    """The models that were used last."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="serving")
        self._loaded: OrderedDict[Path, asyncio.Future[Generator]] = OrderedDict()

    async def get(self, engine: str, folder: Path) -> Generator:
        """The model in a folder, loaded once however many ask for it at the same time.

        `engine` is the module whose `load` understands the folder. Raises FileNotFoundError where
        the model has gone.
        """
        loading = self._loaded.get(folder)
        if loading is None:
            loading = asyncio.get_running_loop().run_in_executor(
                self._threads, _load, engine, folder
            )
            self._loaded[folder] = loading
            while len(self._loaded) > _KEPT:
                self._loaded.popitem(last=False)
        self._loaded.move_to_end(folder)
        try:
            # One asker that goes away must not take the model from the others.
            return await asyncio.shield(loading)
        except Exception:
            self.forget(folder)
            raise

    def forget(self, folder: Path) -> None:
        """Drop a model that was deleted."""
        self._loaded.pop(folder, None)

    async def pieces(self, begin: Callable[[], Iterator[Piece]]) -> AsyncIterator[Piece]:
        """An answer, piece by piece. An answer that nobody asks on for is not worked on.

        `begin` calls a Generator's `generate`; what it raises, this raises at the first piece.
        """
        following = partial(next, await self.call(begin), None)
        while (piece := await self.call(following)) is not None:
            yield piece

    async def call(self, work: Callable[[], T]) -> T:
        """Let a model do something, in one of the threads."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    def close(self) -> None:
        """Let the threads end."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _load(engine: str, folder: Path) -> Generator:
    load = cast("Callable[[Path], Generator]", importlib.import_module(engine).load)
    return load(folder)
