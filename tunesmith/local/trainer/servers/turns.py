"""Who has the GPU: jobs that train, or requests that are answered, by turns.

A job waits until the answers under way are written, and no new ones begin meanwhile. Requests that
waited while a job trained are answered before the next job begins.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager

PATIENCE_SECONDS = 20.0
"""How long a request waits for its turn."""


class BusyError(Exception):
    """A request's turn did not come in time. The message says why."""


class Turns:
    """`free` lets go of the GPU's memory; it is called before a job begins."""

    def __init__(self, free: Callable[[], Awaitable[None]]) -> None:
        self._free = free
        self._changed = asyncio.Condition()
        self._training = 0
        self._jobs_waiting = 0
        self._answering = 0
        self._requests_waiting = 0
        self._requests_next = False

    @asynccontextmanager
    async def training(self, waits: Callable[[str], Awaitable[None]]) -> AsyncGenerator[None]:
        """A job's turn. `waits` is told why it has to wait, if it has to."""
        async with self._changed:
            if self._answering or self._requests_next:
                number = self._answering + self._requests_waiting
                await waits(f"The job waits for the GPU: {number} answers are being written.")
            self._jobs_waiting += 1
            try:
                await self._changed.wait_for(self._may_train)
            finally:
                self._jobs_waiting -= 1
                self._changed.notify_all()
            self._training += 1
        try:
            await self._free()
            yield
        finally:
            async with self._changed:
                self._training -= 1
                self._requests_next = self._requests_waiting > 0
                self._changed.notify_all()

    @asynccontextmanager
    async def answering(self) -> AsyncGenerator[None]:
        """A request's turn. Raises BusyError."""
        async with self._changed:
            self._requests_waiting += 1
            try:
                async with asyncio.timeout(PATIENCE_SECONDS):
                    await self._changed.wait_for(self._may_answer)
            except TimeoutError:
                raise BusyError(self._why()) from None
            finally:
                self._requests_waiting -= 1
                self._requests_next = self._requests_next and self._requests_waiting > 0
                self._changed.notify_all()
            self._answering += 1
        try:
            yield
        finally:
            async with self._changed:
                self._answering -= 1
                self._changed.notify_all()

    def _may_train(self) -> bool:
        return not self._answering and not self._requests_next

    def _may_answer(self) -> bool:
        return not self._training and (self._requests_next or not self._jobs_waiting)

    def _why(self) -> str:
        if self._training:
            return "The GPU is training a model at the moment. It answers when that is done."
        return "A training job is about to have the GPU. It answers when that is done."
