"""Tuned models in this process: loaded when first asked, a few kept, answering in threads."""

import asyncio
import importlib
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TypeVar, cast

from tunesmith.local.trainer.descriptor import Engine, Trainable
from tunesmith.local.trainer.jobs import Generator, ModelSource, Piece

T = TypeVar("T")
_KEPT = 4
_THREADS = 4


class LoadedModels:
    """The models that were used last."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="serving")
        self._loaded: OrderedDict[Path | str, asyncio.Future[Generator]] = OrderedDict()

    async def get(self, engine: Engine, folder: Path) -> Generator:
        """The tuned model in a folder, loaded once however many ask for it at the same time.

        Raises FileNotFoundError where the model has gone.
        """
        return await self._get(folder, partial(_load, engine, folder))

    async def get_base(self, base: Trainable) -> Generator:
        """A base model, loaded once. Raises OSError, with a sentence, where its weights are not."""
        return await self._get(base.name, partial(_load_base, base))

    async def _get(self, key: Path | str, load: Callable[[], Generator]) -> Generator:
        loading = self._loaded.get(key)
        if loading is None:
            loading = asyncio.get_running_loop().run_in_executor(self._threads, load)
            self._loaded[key] = loading
            while len(self._loaded) > _KEPT:
                self._loaded.popitem(last=False)
        self._loaded.move_to_end(key)
        try:
            # One asker that goes away must not take the model from the others.
            return await asyncio.shield(loading)
        except Exception:
            self._loaded.pop(key, None)
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


def _load(engine: Engine, folder: Path) -> Generator:
    load = cast("Callable[[Path], Generator]", importlib.import_module(engine.module).load)
    return load(folder)


def _load_base(base: Trainable) -> Generator:
    module = importlib.import_module(base.engine.module)
    return cast("Callable[[ModelSource], Generator]", module.load_base)(base.source)
