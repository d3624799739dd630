"""How long tests wait for what must happen, and how."""

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")

PATIENCE = 200.0
"""Seconds. Only a test that fails waits so long: a busy machine takes many times what others do."""


async def eventually(found: Callable[[], T], seconds: float = PATIENCE) -> T:
    """Wait until `found()` is true; returns it."""
    async with asyncio.timeout(seconds):
        while not (value := found()):
            await asyncio.sleep(0.005)
    return value


async def until(
    found: Callable[[], Any], what: str, *, seconds: float = PATIENCE, every: float = 0.05
) -> Any:
    """Wait for an asynchronous look to find something; what it found comes back."""
    try:
        async with asyncio.timeout(seconds):
            while not (seen := await found()):
                await asyncio.sleep(every)
            return seen
    except TimeoutError as error:
        raise AssertionError(what) from error
