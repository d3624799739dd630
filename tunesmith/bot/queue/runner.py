"""One try of a task, and what becomes of it."""

import asyncio
import contextlib
import logging
import random
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from tunesmith.bot import disk, telemetry
from tunesmith.bot.errors import DiskError, ProviderBusyError, TunesmithError, WorkerError
from tunesmith.bot.messages import Message, from_stored, say, to_stored
from tunesmith.bot.queue.kinds import FOREVER, Kind
from tunesmith.bot.queue.work import LeaseLost, Retry, Wait, Work
from tunesmith.bot.telemetry import Outcome
from tunesmith.storage import tasks
from tunesmith.storage.database import Database
from tunesmith.storage.outage import is_outage
from tunesmith.storage.tasks import Task

_log = logging.getLogger(__name__)

_LONGEST_BACK_OFF = 60.0
_CLOCKS_DIFFER = 0.005  # SQLite's has milliseconds
# Shorter outages are over before anybody has wondered.
_DELAYED_SECONDS = 60.0
# Twelve minutes of a bot that ends again and again: it may be for another reason.
_MOST_LOST = 50


@dataclass(frozen=True, slots=True)
class Served:
    """A kind, and what its functions get."""

    kind: Kind[Any, Any]
    services: Any


class Runner:
    """Runs claimed tasks, each held by a lease of `lease` seconds that is extended meanwhile.

    Waiting (`Wait`) counts for nothing. An outage (`Retry`, ProviderBusyError, the database's own,
    a disk that takes nothing) is waited out for the kind's patience; any other failure is an
    attempt; a refusal is final.
    Giving up is noted first; then people are told, as a task of its own that is tried as long.
    `wake` is called when a task that was put off, or the next one of a lane that rests, comes due.
    """

    def __init__(self, database: Database, lease: float, wake: Callable[[], None]) -> None:
        self._database = database
        self._lease = lease
        self._wake = wake

    async def run(self, served: Served, task: Task) -> None:
        """Try a claimed task once. Cancelled, it is given back for the next worker."""
        kind = served.kind
        try:
            payload = kind.payload.model_validate(task.payload)
        except ValidationError as error:
            work = Work(task, BaseModel(), self._database, self._lease, kind.pace)
            with contextlib.suppress(LeaseLost):
                await self._end(work, _our_fault(task, error).message)
            return
        work = Work(task, payload, self._database, self._lease, kind.pace)
        heart = asyncio.create_task(self._keep(work, asyncio.current_task()))
        outcome, began = Outcome.STOPPED, time.monotonic()
        try:
            outcome = await self._try(served, work)
            if kind.pace:
                self._wake_in(kind.pace)
        except LeaseLost:
            outcome = Outcome.LOST
        except asyncio.CancelledError:
            await self._release(work, delay=0)
            raise
        finally:
            heart.cancel()
            telemetry.task_tried(task, outcome, time.monotonic() - began)

    async def _keep(self, work: Work[Any], runner: "asyncio.Task[None] | None") -> None:
        """Extend the lease while the task runs; stop the run where somebody else took it over."""
        held = True
        while held and not work.finished:
            await asyncio.sleep(self._lease / 3)
            try:
                async with self._database.write(wake=False, durable=False) as connection:
                    held = work.finished or await tasks.extend(connection, work.task, self._lease)
            except Exception:  # noqa: BLE001 - drivers have their own errors where they can't connect
                _log.exception("The lease of task %s was not extended", work.task.key)
        if not work.finished and runner is not None:
            runner.cancel()

    async def _try(self, served: Served, work: Work[Any]) -> Outcome:
        kind, began = served.kind, time.monotonic()
        try:
            await _do(served, work)
            outcome = Outcome.DONE
        except LeaseLost:
            raise
        except Wait as wait:
            await self._release(work, delay=1 if wait.after is None else wait.after)
            outcome = Outcome.WAITS
        except Retry as retry:
            outcome = await self._wait_out(served, work, retry, retry.after, began)
        except ProviderBusyError as busy:
            outcome = await self._wait_out(served, work, busy, busy.retry_after, began)
        except DiskError as full:
            outcome = await self._wait_out(served, work, full, None, began)
        except WorkerError as broken:
            outcome = await self._fail(kind, work, broken, most=broken.attempts)
        except TunesmithError as refused:
            outcome = await self._give_up(kind, work, refused.message)
        except Exception as error:  # noqa: BLE001 - the last net: a task is tried again, never lost
            refused = disk.refusal(error) if isinstance(error, OSError) else None
            said = refused or _our_fault(work.task, error)
            if refused or is_outage(error):
                outcome = await self._wait_out(served, work, said, None, began)
            else:
                outcome = await self._fail(kind, work, said)
        return outcome

    async def _wait_out(
        self,
        served: Served,
        work: Work[Any],
        error: TunesmithError,
        after: float | None,
        began: float,
    ) -> Outcome:
        """Try again later, unless it has met nothing but outages for longer than its patience."""
        before = work.task.failing_for
        failing = 0.0 if before is None else before + time.monotonic() - began
        if failing > served.kind.patience:
            return await self._give_up(served.kind, work, error.message)
        if failing > _DELAYED_SECONDS:
            await _tell_delayed(served, work, error.message)
        delay = _jittered(max(1.0, failing)) if after is None else after
        _log.info("Task %s again in %.1f s: %s", work.task.key, delay, error)
        await self._release(work, delay=delay, outage=True)
        return Outcome.OUTAGE

    async def _fail(
        self, kind: Kind[Any, Any], work: Work[Any], error: TunesmithError, most: int = FOREVER
    ) -> Outcome:
        """Try again later, unless that was its last attempt or the last worth trying (`most`)."""
        failed = work.task.attempts + 1
        if failed >= min(kind.attempts, most):
            return await self._give_up(kind, work, error.message)
        delay = _jittered(0.5 * 2 ** min(failed, 10))
        _log.info("Task %s again in %.1f s: %s", work.task.key, delay, error)
        await self._release(work, delay=delay, failed=True)
        return Outcome.FAILED

    async def _release(
        self, work: Work[Any], *, delay: float, failed: bool = False, outage: bool = False
    ) -> None:
        async with self._database.write(wake=False) as connection:
            await tasks.release(connection, work.task, delay=delay, failed=failed, outage=outage)
        self._wake_in(delay)

    def _wake_in(self, seconds: float) -> None:
        if seconds < _LONGEST_BACK_OFF:
            asyncio.get_running_loop().call_later(seconds + _CLOCKS_DIFFER, self._wake)

    async def _give_up(self, kind: Kind[Any, Any], work: Work[Any], reason: Message) -> Outcome:
        """Note why, for people to be told; end the task where they can't be."""
        if work.task.given_up is not None or kind.give_up is None:
            await self._end(work, reason)
            return Outcome.GIVEN_UP
        _log.warning("Task %s given up: %s", work.task.key, reason)
        async with self._database.write() as connection:
            await tasks.give_up(connection, work.task, to_stored(reason))
        return Outcome.GIVEN_UP

    async def _end(self, work: Work[Any], reason: Message) -> None:
        """End a task that nobody can be told of."""
        _log.warning("Task %s ended, and nobody was told of it: %s", work.task.key, reason)
        async with work.finish(error=to_stored(reason)):
            pass


async def _tell_delayed(served: Served, work: Work[Any], reason: Message) -> None:
    """Tell what a task waits for, unless the outage keeps that from being told too."""
    kind, task = served.kind, work.task
    if kind.delayed is None or task.given_up is not None:
        return
    try:
        await kind.delayed(served.services, work, reason)
    except LeaseLost:
        raise
    except Exception as error:  # noqa: BLE001 - the task itself is tried again all the same
        _log.info("Nobody was told what task %s waits for: %s", task.key, error)


async def _do(served: Served, work: Work[Any]) -> None:
    kind, task = served.kind, work.task
    if task.given_up is not None:
        if kind.give_up is not None:
            await kind.give_up(served.services, work, from_stored(task.given_up))
    elif task.lost >= _MOST_LOST and kind.attempts < FOREVER:  # it ends its workers each time
        raise TunesmithError(say("common.broke_off_each_time"))
    else:
        await kind.run(served.services, work)
    if not work.finished:
        async with work.finish():
            pass


def _our_fault(task: Task, error: Exception) -> TunesmithError:
    """What people are told of an error that is not for them: where to find it in the log."""
    reference = uuid.uuid4().hex[:8]
    _log.error("Task %s failed (reference %s)", task.key, reference, exc_info=error)
    said = TunesmithError(say("common.our_fault", reference=reference))
    said.__cause__ = error
    return said


def _jittered(delay: float) -> float:
    return min(_LONGEST_BACK_OFF, delay) * random.uniform(0.8, 1.2)
