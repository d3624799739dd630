"""One look at all jobs of a provider: by its list, page by page, and at few of them alone."""

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable, Sequence

from tunesmith.bot.errors import ProviderBusyError, TunesmithError
from tunesmith.bot.jobs import observe
from tunesmith.bot.jobs.kinds import OfProvider
from tunesmith.bot.providers.remote import JobPage, RemoteJob
from tunesmith.bot.providers.trainer import Trainer
from tunesmith.bot.queue import LeaseLost, Work
from tunesmith.bot.services import Services
from tunesmith.storage import clock, watching
from tunesmith.storage.watching import Watched

_log = logging.getLogger(__name__)

PAGE_SECONDS = 0.75
"""Between two pages of a long list: 80 calls a minute leave room for others under 120."""

_MOST_AT_ONCE = 20
_MOST_PAGES = 500
# Calls a sweep for jobs that are not in the list.
_MOST_ALONE = 10
# Between our clock and a provider's.
_CLOCKS_DIFFER_SECONDS = 3_600.0
# A page that is not answered is asked for so often before the sweep breaks off.
_TRIES = 3


class Sweep:
    """Asks a provider once about its jobs; `calls` is how many calls that took."""

    def __init__(self, services: Services, client: Trainer, work: Work[OfProvider]) -> None:
        self.calls = 0
        self._services = services
        self._client = client
        self._work = work

    async def run(self) -> None:
        """Record what the provider tells of its jobs.

        Raises ProviderError where its list can't be had; a single job's trouble is only logged.
        """
        async with self._services.database.read() as connection:
            began = await clock.read(connection)
            count, oldest = await watching.running(connection, self._client.name)
        await self._read_list(count, oldest)
        async with self._services.database.read() as connection:
            alone = await watching.unseen(connection, self._client.name, began, _MOST_ALONE)
        for watched in alone:
            await self._look_alone(watched)

    async def _read_list(self, count: int, since: float) -> None:
        """Read pages until all `count` jobs were told of, or the list is older than `since`."""
        told: set[str] = set()
        cursors: set[str] = set()
        after: str | None = None
        newest = -math.inf
        while len(told) < count and self.calls < _MOST_PAGES:
            page = await self._page(after)
            if page is None:
                return
            told |= await self._record(page.jobs)
            newest, past = _passed(page.jobs, newest, since - _CLOCKS_DIFFER_SECONDS)
            # Some providers pass over `after`, and send the first page for ever.
            if past or page.after is None or page.after in cursors:
                return
            after = page.after
            cursors.add(after)

    async def _page(self, after: str | None) -> JobPage | None:
        if self.calls >= _MOST_AT_ONCE:
            await asyncio.sleep(PAGE_SECONDS)
        for left in reversed(range(1 if after is None else _TRIES)):
            self.calls += 1
            try:
                return await self._client.jobs_page(after)
            except ProviderBusyError as busy:
                if not left:
                    raise
                await asyncio.sleep(min(busy.retry_after or PAGE_SECONDS, 10))
        raise AssertionError("no page and no error")

    async def _record(self, remotes: Sequence[RemoteJob]) -> set[str]:
        """Record what a page tells; the ids of those jobs in it that run as far as we know."""
        by_id = {remote.id: remote for remote in remotes}
        async with self._services.database.read() as connection:
            known = await watching.among(connection, self._client.name, by_id)
        same = [
            watched.id
            for name, watched in known.items()
            if not observe.differs(watched, by_id[name])
        ]
        if same:
            async with self._work.step() as connection:
                await watching.note_seen(connection, same)
        for name, watched in known.items():
            if watched.id not in same:
                await self._own_trouble(watched, observe.record, by_id[name])
        return {watched.id for watched in known.values() if not watched.lost}

    async def _look_alone(self, watched: Watched) -> None:
        async with self._work.step() as connection:
            await watching.note_look(connection, watched.id)
        self.calls += 1
        await self._own_trouble(watched, _look)

    async def _own_trouble(
        self, watched: Watched, function: Callable[..., Awaitable[None]], *arguments: RemoteJob
    ) -> None:
        """Whatever goes wrong with a job stops no other."""
        try:
            await function(self._services, self._client, self._work, watched, *arguments)
        except LeaseLost:
            raise
        except TunesmithError as error:
            _log.warning("The state of job %s is not told: %s", watched.id, error)
        except Exception:  # noqa: BLE001 - a job's trouble is its own
            _log.exception("The state of job %s was not recorded", watched.id)


async def _look(
    services: Services, client: Trainer, work: Work[OfProvider], watched: Watched
) -> None:
    await observe.look(services, client, work, watched)


def _passed(remotes: Sequence[RemoteJob], newest: float, since: float) -> tuple[float, bool]:
    """The newest creation so far, and whether the list has passed those created `since` then.

    Only a list that is in that order can tell: by an older row behind a newer one.
    """
    past = False
    for remote in remotes:
        if remote.created_at is None:
            continue
        past = past or remote.created_at < min(newest, since)
        newest = max(newest, remote.created_at)
    return newest, past
