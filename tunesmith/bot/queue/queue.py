"""The queue: claims due tasks and has their functions run."""

import asyncio
import contextlib
import logging
import random
import time
import uuid
from collections import Counter
from collections.abc import Iterable
from typing import Any, TypeVar

from tunesmith.bot.queue.kinds import Kind, Place
from tunesmith.bot.queue.runner import Runner, Served
from tunesmith.bot.queue.upkeep import tidy
from tunesmith.storage import tasks
from tunesmith.storage.database import Database
from tunesmith.storage.tasks import Task

_log = logging.getLogger(__name__)

_POLL_SECONDS = 0.5
_BETWEEN_CLAIMS_SECONDS = 0.02
_TIDY_EVERY_SECONDS = 30.0

E = TypeVar("E")


class Queue:
    """Runs tasks, each at least once and by one worker at a time.

    `lease` is how many seconds a task is held before anyone may take it over; it is extended
    while its function runs. Tasks in the same lane run one after the other.
    """

    def __init__(self, database: Database, *, lease: float = 15) -> None:
        self._database = database
        self._lease = lease
        self._wake = asyncio.Event()
        self._runner = Runner(database, lease, self._wake.set)
        self._owner = uuid.uuid4().hex
        self._kinds: dict[str, Served] = {}
        self._running: dict[asyncio.Task[None], str] = {}
        self._looked_at = time.monotonic()
        database.after_commit(self._wake.set)

    @property
    def looked_ago(self) -> float:
        """How many seconds ago it last looked for tasks; it does so several times a second."""
        return time.monotonic() - self._looked_at

    def serve(self, kinds: Iterable[Kind[E, Any]], services: E) -> None:
        """Let the functions of these kinds do their tasks; each gets `services`."""
        self._kinds |= {kind.name: Served(kind, services) for kind in kinds}

    async def run(self) -> None:
        """Claim and run tasks until cancelled; running ones are then given back."""
        upkeep = asyncio.create_task(self._keep_up())
        try:
            while True:
                self._wake.clear()
                self._looked_at = time.monotonic()
                for task in await self._claim(self._free()):
                    running = asyncio.create_task(self._runner.run(self._kinds[task.kind], task))
                    self._running[running] = task.place
                    running.add_done_callback(self._done)
                # Each place is full now, or nothing is due in it. Not wait_for: that of Python 3.11
                # can swallow a cancellation.
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(_POLL_SECONDS * random.uniform(0.5, 1.5)):
                        await self._wake.wait()
                # Of many that come due one after the other, several are claimed at once.
                since = time.monotonic() - self._looked_at
                await asyncio.sleep(max(0.0, _BETWEEN_CLAIMS_SECONDS - since))
        finally:
            for running in (upkeep, *self._running):
                running.cancel()
            await asyncio.gather(upkeep, *self._running, return_exceptions=True)

    async def _keep_up(self) -> None:
        while True:
            places = {name: served.kind.place.label for name, served in self._kinds.items()}
            await tidy(self._database, places)
            await asyncio.sleep(_TIDY_EVERY_SECONDS * random.uniform(0.8, 1.2))

    def _done(self, running: asyncio.Task[None]) -> None:
        del self._running[running]
        self._wake.set()
        if not running.cancelled() and (error := running.exception()):
            _log.error("A task was left to its lease: its state was not written", exc_info=error)

    def _free(self) -> dict[str, int]:
        """How many more tasks can run in each place."""
        taken = Counter(self._running.values())
        return {place.label: place.at_once - taken[place.label] for place in Place}

    async def _claim(self, free: dict[str, int]) -> list[Task]:
        if not any(free.values()):
            return []
        try:
            async with self._database.write(wake=False, durable=False) as connection:
                return await tasks.claim(
                    connection,
                    owner=self._owner,
                    lease=self._lease,
                    kinds=list(self._kinds),
                    places=free,
                )
        except Exception:  # noqa: BLE001 - drivers have their own errors where they can't connect
            _log.exception("The database does not answer; looking again at the next poll")
            return []
