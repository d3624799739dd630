"""CPU work in a process of its own, so that the bot goes on acknowledging."""

import asyncio
import multiprocessing
import os
import threading
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
    pool = ProcessPoolExecutor(1, mp_context=context, initializer=_leave_with_the_bot)
    try:
        return await asyncio.wrap_future(pool.submit(function, *args, **kwargs))
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _leave_with_the_bot() -> None:
    """In the process: end with the bot also where it is killed and can't say so."""
    bot = multiprocessing.parent_process()
    assert bot is not None

    def follow() -> None:
        bot.join()
        os._exit(1)

    threading.Thread(target=follow, daemon=True).start()
