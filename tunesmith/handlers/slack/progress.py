"""Tell how far a piece of work is that takes more than a moment."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

from tunesmith.bot.errors import SlackError
from tunesmith.bot.queue import Retry, Wait, Work
from tunesmith.handlers.slack import blocks
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.thread import ThreadRef

_QUIET_SECONDS = 3.0
_EDIT_SECONDS = 2.0


@asynccontextmanager
async def progress_told(
    context: Context,
    work: Work[Any],
    key: str,
    ref: ThreadRef,
    words: Callable[[float], str],
    *,
    below: Sequence[blocks.Block] = (),
) -> AsyncGenerator[Callable[[float], None]]:
    """Tell the progress of what the block does, in the message of that key.

    Gives a function that takes the share which is done; `words` say it, and
    the blocks `below` stand under them. The message is there for the answer to take its place.
    """
    share, ended = 0.0, asyncio.Event()

    def progress(done: float) -> None:
        nonlocal share
        share = done

    async def tell() -> None:
        wait, told = _QUIET_SECONDS, ""
        while not await _ended_within(ended, wait):
            said = words(round(share, 2))
            try:
                if said != told:
                    await context.outbox.put(
                        work, key, ref, said, [blocks.context(said), *below], background=True
                    )
                told = said
            except Wait as asked:
                wait = asked.after or _EDIT_SECONDS
            except (Retry, SlackError):
                return  # the answer will be told all the same
            else:
                wait = _EDIT_SECONDS

    teller = asyncio.create_task(tell())
    try:
        yield progress
    finally:
        # Not cancelled: a message that is being sent is noted first, so that it stays the only one.
        ended.set()
        await teller


async def _ended_within(ended: asyncio.Event, seconds: float) -> bool:
    try:
        async with asyncio.timeout(seconds):
            await ended.wait()
    except TimeoutError:
        return False
    return True
