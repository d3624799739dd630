"""CPU work in a process of its own, so that the bot goes on acknowledging."""

import asyncio
import multiprocessing
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from typing import ParamSpec, TypeVar

_P = ParamSpec("_P")
_T = TypeVar("_T")


async def run_apart(function: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
    """Call a function of a module in a fresh process; what it raises is raised here.

    The process is spawned, not forked, so that it shares no connection with the bot.
    """
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(1, mp_context=context)
    try:
        return await asyncio.wrap_future(pool.submit(function, *args, **kwargs))
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
