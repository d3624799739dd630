"""The queue: claims due tasks and runs their functions."""

import asyncio
import contextlib
import logging
import random
import time
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tunesmith.bot.errors import ProviderBusyError, TunesmithError
from tunesmith.bot.queue.work import GiveUp, LeaseLost, Retry, Work
from tunesmith.storage import tasks
from tunesmith.storage.database import Database
from tunesmith.storage.tasks import Task

Handler = Callable[[Work], Awaitable[None]]
OnGiveUp = Callable[[Work, str], Awaitable[None]]

_log = logging.getLogger(__name__)

_AT_ONCE = 16
_POLL_SECONDS = 0.5
_LONGEST_BACK_OFF = 60.0
_FORGET_EVERY_SECONDS = 3_600.0
_KEEP_DONE_SECONDS = 30 * 86_400.0  # Slack repeats an event for minutes, OpenAI a webhook for days


@dataclass(frozen=True, slots=True)
class _Kind:
    run: Handler
    attempts: int
    pace: float
    give_up: OnGiveUp | None


class Queue:
    """Runs tasks, each at least once and by one worker at a time.

    `lease` is how many seconds a task is held before anyone may take it over; it is extended
    while its function runs. Tasks in the same lane run one after the other.
    """

    def __init__(self, database: Database, *, lease: float = 15) -> None:
        self._database = database
        self._lease = lease
        self._owner = uuid.uuid4().hex
        self._kinds: dict[str, _Kind] = {}
        self._running: set[asyncio.Task[None]] = set()
        self._wake = asyncio.Event()
        database.after_commit(self._wake.set)

    def handle(
        self,
        kind: str,
        run: Handler,
        *,
        attempts: int = 10,
        pace: float = 0,
        give_up: OnGiveUp | None = None,
    ) -> None:
        """Let `run` do the tasks of this kind.

        `attempts` is how often a task is tried before it is given up (`give_up` is then called
        with the reason, to tell people), `pace` how many seconds its lane rests after it.
        """
        self._kinds[kind] = _Kind(run, attempts, pace, give_up)

    async def run(self) -> None:
        """Claim and run tasks until cancelled; tasks under way are then given back."""
        forget_at = 0.0
        try:
            while True:
                if time.monotonic() >= forget_at:
                    await self._forget()
                    forget_at = time.monotonic() + _FORGET_EVERY_SECONDS
                self._wake.clear()
                free = _AT_ONCE - len(self._running)
                claimed = await self._claim(free)
                for task in claimed:
                    runner = asyncio.create_task(self._run_one(task))
                    self._running.add(runner)
                    runner.add_done_callback(self._done)
                if not claimed or len(claimed) < free:
                    # Not wait_for: that of Python 3.11 can swallow a cancellation.
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(_POLL_SECONDS * random.uniform(0.5, 1.5)):
                            await self._wake.wait()
        finally:
            for runner in self._running:
                runner.cancel()
            await asyncio.gather(*self._running, return_exceptions=True)

    def _done(self, runner: asyncio.Task[None]) -> None:
        self._running.discard(runner)
        self._wake.set()
        if not runner.cancelled() and (error := runner.exception()):
            _log.error("A task was left to its lease: its state was not written", exc_info=error)

    async def _claim(self, most: int) -> list[Task]:
        if not most:
            return []
        rests = {name: kind.pace for name, kind in self._kinds.items()}
        try:
            async with self._database.write(wake=False) as connection:
                return await tasks.claim(
                    connection, owner=self._owner, lease=self._lease, kinds=rests, most=most
                )
        except Exception:  # noqa: BLE001 - drivers have their own errors where they can't connect
            _log.exception("The database does not answer; looking again at the next poll")
            return []

    async def _forget(self) -> None:
        try:
            async with self._database.write(wake=False) as connection:
                await tasks.forget(connection, _KEEP_DONE_SECONDS)
        except Exception:  # noqa: BLE001 - as above
            _log.exception("Old tasks were not forgotten; trying again in an hour")

    async def _run_one(self, task: Task) -> None:
        kind = self._kinds[task.kind]
        work = Work(task, self._database, self._lease)
        heart = asyncio.create_task(self._keep(work, asyncio.current_task()))
        try:
            await _do(kind, work)
        except LeaseLost:
            _log.info("Task %s was taken over", task.key)
        except Retry as retry:
            await self._try_again(kind, work, str(retry), retry.after)
        except ProviderBusyError as busy:
            await self._try_again(kind, work, str(busy), busy.retry_after)
        except (TunesmithError, GiveUp) as error:
            await self._give_up(kind, work, str(error))
        except asyncio.CancelledError:
            async with self._database.write(wake=False) as connection:
                await tasks.release(connection, task, delay=0)
            raise
        except Exception:  # noqa: BLE001 - the last net: a task is tried again, never lost
            reference = uuid.uuid4().hex[:8]
            _log.exception("Task %s failed (reference %s)", task.key, reference)
            reason = f"Something went wrong on our side (reference {reference})."
            await self._try_again(kind, work, reason, None)
        finally:
            heart.cancel()

    async def _keep(self, work: Work, runner: "asyncio.Task[None] | None") -> None:
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

    async def _try_again(self, kind: _Kind, work: Work, reason: str, after: float | None) -> None:
        if work.task.attempts >= kind.attempts:
            await self._give_up(kind, work, reason)
            return
        delay = min(_LONGEST_BACK_OFF, 0.5 * 2 ** min(work.task.attempts, 10))
        delay = after if after is not None else delay * random.uniform(0.8, 1.2)
        _log.info("Task %s again in %.1f s: %s", work.task.key, delay, reason)
        async with self._database.write(wake=False) as connection:
            await tasks.release(connection, work.task, delay=delay)

    async def _give_up(self, kind: _Kind, work: Work, reason: str) -> None:
        _log.warning("Task %s given up: %s", work.task.key, reason)
        if kind.give_up is not None:
            try:
                await kind.give_up(work, reason)
            except LeaseLost:
                return
        async with self._database.write(wake=False) as connection:
            await tasks.finish(connection, work.task, error=reason)


async def _do(kind: _Kind, work: Work) -> None:
    if work.task.attempts > kind.attempts:  # its workers died before they could give it up
        raise GiveUp("It was begun several times, and broke off each time.")
    await kind.run(work)
    if not work.finished:
        async with work.finish():
            pass
