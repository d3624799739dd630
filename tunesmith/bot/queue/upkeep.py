"""What the tasks table needs from time to time, besides its tasks being done."""

import logging
from collections.abc import Awaitable, Callable, Mapping

from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.storage import lanes, pace, tasks
from tunesmith.storage.database import Database

_log = logging.getLogger(__name__)

_KEEP_DONE_SECONDS = 30 * 86_400.0  # Slack repeats an event for minutes, OpenAI a webhook for days
_FORGOTTEN_AT_ONCE = 1_000


async def tidy(database: Database, places: Mapping[str, str]) -> None:
    """Take over what an earlier version wrote or ended, and forget what was done long ago.

    `places` are those of the kinds that are served here. What fails is logged and left to the
    next time.
    """
    try:
        async with database.write(wake=False) as connection:
            await tasks.set_places(connection, places)
        async with database.read() as connection:
            stuck = await lanes.stuck(connection)
        for lane in stuck:
            async with database.write(wake=False) as connection:
                await lanes.let_next(connection, lane)
        await _all(database, lambda to, most: tasks.forget(to, _KEEP_DONE_SECONDS, most))
        await _all(database, lanes.forget)
        await _all(database, pace.forget)
    except Exception:  # noqa: BLE001 - drivers have their own errors where they can't connect
        _log.exception("Old tasks were not tidied up; trying again soon")


async def _all(
    database: Database, forget: Callable[[AsyncConnection, int], Awaitable[int]]
) -> None:
    """Forget in small transactions, so that others write in between."""
    while True:
        async with database.write(wake=False) as connection:
            if await forget(connection, _FORGOTTEN_AT_ONCE) < _FORGOTTEN_AT_ONCE:
                return
