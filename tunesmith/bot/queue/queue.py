"""The queue: claims due tasks and runs their functions."""

import asyncio
import contextlib
import logging
import random
import time
import uuid
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import ValidationError

from tunesmith.bot.errors import ProviderBusyError, TunesmithError, WorkerError
from tunesmith.bot.messages import Message, say, text_for
from tunesmith.bot.queue.kinds import Kind, Place
from tunesmith.bot.queue.work import LeaseLost, Retry, Work
from tunesmith.storage import tasks
from tunesmith.storage.database import Database
from tunesmith.storage.tasks import Task

_log = logging.getLogger(__name__)

_POLL_SECONDS = 0.5
_LONGEST_BACK_OFF = 60.0
_FORGET_EVERY_SECONDS = 3_600.0
_KEEP_DONE_SECONDS = 30 * 86_400.0  # Slack repeats an event for minutes, OpenAI a webhook for days


E = TypeVar("E")


@dataclass(frozen=True, slots=True)
class _Served:
    """A kind, and what its functions get."""

    kind: Kind[Any, Any]
    services: Any


class Queue:
    """Runs tasks, each at least once and by one worker at a time.

    `lease` is how many seconds a task is held before anyone may take it over; it is extended
    while its function runs. Tasks in the same lane run one after the other.
    """

    def __init__(self, database: Database, *, lease: float = 15) -> None:
        self._database = database
        self._lease = lease
        self._owner = uuid.uuid4().hex
        self._kinds: dict[str, _Served] = {}
        self._running: dict[asyncio.Task[None], Place] = {}
        self._wake = asyncio.Event()
        database.after_commit(self._wake.set)

    def serve(self, kinds: Iterable[Kind[E, Any]], services: E) -> None:
        """Let the functions of these kinds do their tasks; each gets `services`."""
        self._kinds |= {kind.name: _Served(kind, services) for kind in kinds}

    async def run(self) -> None:
        """Claim and run tasks until cancelled; running ones are then given back."""
        forget_at = 0.0
        try:
            while True:
                if time.monotonic() >= forget_at:
                    await self._forget()
                    forget_at = time.monotonic() + _FORGET_EVERY_SECONDS
                self._wake.clear()
                free = self._free()
                claimed = await self._claim(free)
                for task in claimed:
                    runner = asyncio.create_task(self._run_one(task))
                    self._running[runner] = self._kinds[task.kind].kind.place
                    runner.add_done_callback(self._done)
                if len(claimed) < sum(free.values()):
                    # Not wait_for: that of Python 3.11 can swallow a cancellation.
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(_POLL_SECONDS * random.uniform(0.5, 1.5)):
                            await self._wake.wait()
        finally:
            for runner in self._running:
                runner.cancel()
            await asyncio.gather(*self._running, return_exceptions=True)

    def _done(self, runner: asyncio.Task[None]) -> None:
        del self._running[runner]
        self._wake.set()
        if not runner.cancelled() and (error := runner.exception()):
            _log.error("A task was left to its lease: its state was not written", exc_info=error)

    def _free(self) -> dict[Place, int]:
        """How many more tasks can run in each place that is not full."""
        taken = Counter(self._running.values())
        free = {place: place.at_once - taken[place] for place in Place}
        return {place: most for place, most in free.items() if most > 0}

    async def _claim(self, free: dict[Place, int]) -> list[Task]:
        kinds = [served.kind for served in self._kinds.values()]
        rests = {kind.name: kind.pace for kind in kinds}
        claimed: list[Task] = []
        try:
            async with self._database.write(wake=False) as connection:
                for place, most in free.items():
                    claimed += await tasks.claim(
                        connection,
                        owner=self._owner,
                        lease=self._lease,
                        kinds=[kind.name for kind in kinds if kind.place is place],
                        rests=rests,
                        most=most,
                    )
        except Exception:  # noqa: BLE001 - drivers have their own errors where they can't connect
            _log.exception("The database does not answer; looking again at the next poll")
            return []
        return claimed

    async def _forget(self) -> None:
        try:
            async with self._database.write(wake=False) as connection:
                await tasks.forget(connection, _KEEP_DONE_SECONDS)
        except Exception:  # noqa: BLE001 - as above
            _log.exception("Old tasks were not forgotten; trying again in an hour")

    async def _run_one(self, task: Task) -> None:
        served = self._kinds[task.kind]
        try:
            payload = served.kind.payload.model_validate(task.payload)
        except ValidationError:
            _log.exception("Task %s can't be read: it is given up", task.key)
            async with self._database.write(wake=False) as connection:
                await tasks.finish(connection, task, error="its payload can't be read")
            return
        work = Work(task, payload, self._database, self._lease)
        heart = asyncio.create_task(self._keep(work, asyncio.current_task()))
        try:
            await self._try(served, work)
        except LeaseLost:
            _log.info("Task %s was taken over", task.key)
        except asyncio.CancelledError:
            async with self._database.write(wake=False) as connection:
                await tasks.release(connection, task, delay=0, failed=False)
            raise
        finally:
            heart.cancel()

    async def _try(self, served: _Served, work: Work[Any]) -> None:
        try:
            await _do(served, work)
        except LeaseLost:
            raise
        except Retry as retry:
            await self._try_again(served, work, retry, retry.after)
        except ProviderBusyError as busy:
            await self._try_again(served, work, busy, busy.retry_after)
        except WorkerError as broken:
            await self._try_again(served, work, broken, None)
        except TunesmithError as error:
            await self._give_up(served, work, error.message)
        except Exception as error:  # noqa: BLE001 - the last net: a task is tried again, never lost
            reference = uuid.uuid4().hex[:8]
            _log.exception("Task %s failed (reference %s)", work.task.key, reference)
            said = TunesmithError(say("common.our_fault", reference=reference))
            said.__cause__ = error
            await self._try_again(served, work, said, None)

    async def _keep(self, work: Work[Any], runner: "asyncio.Task[None] | None") -> None:
        """Extend the lease while the task runs; stop the run where somebody else took it over."""
        held = True
        while held and not work.finished:
            await asyncio.sleep(self._lease / 3)
            try:
                async with self._database.write(wake=False) as connection:
                    held = work.finished or await tasks.extend(connection, work.task, self._lease)
            except Exception:  # noqa: BLE001 - as above
                _log.exception("The lease of task %s was not extended", work.task.key)
        if not work.finished and runner is not None:
            runner.cancel()

    async def _try_again(
        self, served: _Served, work: Work[Any], error: TunesmithError, after: float | None
    ) -> None:
        kind = served.kind
        failed = not isinstance(error, kind.uncounted)
        if failed and work.task.attempts >= kind.attempts:
            await self._give_up(served, work, error.message)
            return
        delay = min(_LONGEST_BACK_OFF, 0.5 * 2 ** min(work.task.attempts, 10))
        delay = after if after is not None else delay * random.uniform(0.8, 1.2)
        _log.info("Task %s again in %.1f s: %s", work.task.key, delay, error)
        async with self._database.write(wake=False) as connection:
            await tasks.release(connection, work.task, delay=delay, failed=failed)

    async def _give_up(self, served: _Served, work: Work[Any], reason: Message) -> None:
        english = text_for("en")(reason)
        _log.warning("Task %s given up: %s", work.task.key, english)
        if served.kind.give_up is not None:
            await served.kind.give_up(served.services, work, reason)
        async with self._database.write(wake=False) as connection:
            await tasks.finish(connection, work.task, error=english)


async def _do(served: _Served, work: Work[Any]) -> None:
    if work.task.attempts > served.kind.attempts:  # its workers died before they could give it up
        raise TunesmithError(say("common.broke_off_each_time"))
    await served.kind.run(served.services, work)
    if not work.finished:
        async with work.finish():
            pass
