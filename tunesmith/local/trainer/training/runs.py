"""A job's stay in a place: its engine is submitted, heard and told what to do until it has left."""

import asyncio
import logging
import signal
import sqlite3
import time
from functools import partial
from pathlib import Path

from tunesmith.local.trainer import disk
from tunesmith.local.trainer.api.store import Store, StoredJob
from tunesmith.local.trainer.descriptor import Engine
from tunesmith.local.trainer.jobs import Control, Done, ExitCode, Failed, Metrics
from tunesmith.local.trainer.launchers.event_log import read_events
from tunesmith.local.trainer.launchers.launcher import Ended, Launcher, Running, Status, Waiting
from tunesmith.local.trainer.training.backoff import Backoff
from tunesmith.local.trainer.training.lifecycle import FILE_CODES, Lifecycle

_logger = logging.getLogger(__name__)
_READ_SECONDS = 0.1
"""How often an engine's events are read."""


class Run:
    """A job that has a place, from the decision to start it until its engine has left."""

    def __init__(
        self,
        job: StoredJob,
        folder: Path,
        launcher: Launcher,
        *,
        store: Store,
        lifecycle: Lifecycle,
        backoff: Backoff,
    ) -> None:
        self.job = job
        self.launcher = launcher
        self._folder = folder
        self._store = store
        self._lifecycle = lifecycle
        self._backoff = backoff
        self._submitted = False
        self._status: Status | None = None
        self._leaving = False
        self._orders: set[asyncio.Task[None]] = set()
        self._outcome: Done | Failed | None = None
        self._first_step: tuple[int, float] | None = None
        self._estimated_finish: int | None = None

    async def train(self, engine: Engine) -> None:
        """Let the engine work until it leaves, and settle what that means for the job."""
        try:
            if await self._called_off():
                return
            await self.launcher.submit(engine, self._folder)
            self._submitted = True
            await self._catch_up()
            if self.launcher.independent:
                await self._recall()
            while True:
                status = await self.launcher.status(self._folder)
                await self._tell_of(status)
                await self.record()
                if isinstance(status, Ended):
                    await self._settle(status)
                    return
                if self._leaving and self.launcher.independent:
                    return
                await asyncio.sleep(_READ_SECONDS)
        except Exception as error:
            if disk.is_full(error):
                await self._wait_for_space()
                return
            _logger.exception("The run of %s broke off", self.job.id)
            await self._lose(None)
        finally:
            for order in self._orders:
                order.cancel()
            if not self.launcher.independent:
                await self.launcher.kill(self._folder)

    async def _called_off(self) -> bool:
        """Was the job cancelled or paused while it waited for the GPU, with no engine to tell?"""
        job = await self._store.run(partial(self._store.jobs.get, self.job.id))
        if job is None or self.launcher.independent or job.status == "running":
            return False
        await self._store.run(partial(self._lifecycle.paused, job.id))
        return True

    async def _recall(self) -> None:
        """How the engine ended, where an earlier server has recorded that and no more."""
        events, _ = await asyncio.to_thread(read_events, self._folder, 0)
        for outcome in [event for event in events if isinstance(event, Done | Failed)]:
            self._outcome = outcome

    async def _tell_of(self, status: Status) -> None:
        """Note where the engine stands, where that is new."""
        if status == self._status:
            return
        self._status = status
        life, job_id = self._lifecycle, self.job.id
        if isinstance(status, Waiting):
            await self._store.run(partial(life.waits, job_id, status.why))
        else:
            trouble = status.trouble if isinstance(status, Running) else None
            await self._store.run(partial(life.begun, job_id, trouble))

    def leave(self) -> None:
        """The server ends: what needs it is paused, and goes on with the next server."""
        self._leaving = True
        if not self.launcher.independent:
            self.tell(Control.PAUSE)

    def tell(self, control: Control) -> None:
        """Pass on what the engine is to do. One that is not there yet is told when it is."""
        if self._submitted:
            order = asyncio.create_task(self._order(control))
            self._orders.add(order)
            order.add_done_callback(self._orders.discard)

    async def _order(self, control: Control) -> None:
        await self.launcher.stop(self._folder, control)
        await asyncio.sleep(self.launcher.grace_seconds)
        await self.launcher.kill(self._folder)

    async def _catch_up(self) -> None:
        """Pass on an order that was given before there was an engine to give it to."""
        job = await self._store.run(partial(self._store.jobs.get, self.job.id))
        if job and job.status == "cancelled":
            self.tell(Control.CANCEL)
        elif self._leaving or (job and job.status in ("pausing", "paused")):
            self.tell(Control.PAUSE)

    async def record(self) -> None:
        """Record what was told since the last time."""
        events, read = await asyncio.to_thread(read_events, self._folder, self.job.events_read)
        if read == self.job.events_read:
            return
        # Only the newest step is as old as this moment.
        for metrics in [event for event in events if isinstance(event, Metrics)][-1:]:
            self._estimate(metrics)
        for outcome in [event for event in events if isinstance(event, Done | Failed)]:
            self._outcome = outcome
        record = partial(
            self._lifecycle.record,
            self.job.id,
            events,
            read=read,
            estimated_finish=self._estimated_finish,
        )
        if await self._store.run(record):
            self._backoff.forget(self.job.id)
        self.job.events_read = read

    def _estimate(self, metrics: Metrics) -> None:
        """Note when training ends (Unix seconds), from the pace since this stay's first step."""
        now = time.monotonic()
        if self._first_step is None:
            self._first_step = (metrics.step, now)
            return
        step, since = self._first_step
        pace = (now - since) / max(1, metrics.step - step)
        self._estimated_finish = int(time.time() + pace * (metrics.total_steps - metrics.step))

    async def _settle(self, ended: Ended) -> None:
        """The engine has left: what that means for the job."""
        life, job_id, code = self._lifecycle, self.job.id, ended.code
        match self._outcome, code:
            case Failed() as failed, _:
                param = "training_file" if failed.code in FILE_CODES else None
                await self._store.run(partial(life.fail, job_id, failed, param))
            case Done() as done, ExitCode.DONE:
                await self._store.run(partial(life.succeed, job_id, done))
            case _ if self._leaving:
                pass  # The next server finds the job running and goes on with it.
            case _, ExitCode.CANCELLED:
                pass  # The job was cancelled at once; its engine took a moment longer.
            case _ if code in (ExitCode.PAUSED, -signal.SIGTERM):
                await self._store.run(partial(life.paused, job_id, ended.why))
            case _ if code == ExitCode.DISK_FULL or disk.has_no_space(self._folder):
                await self._wait_for_space()
            case _:
                log = await self.launcher.logs(self._folder)
                _logger.error("The engine of %s ended with %s:\n%s", job_id, code, log)
                await self._lose(ended.why)

    async def _lose(self, why: str | None) -> None:
        """The engine is to be started again after a while, unless that was of no use before."""
        self._backoff.put_off(self.job.id)
        await self._store.run(partial(self._lifecycle.lost, self.job.id, why))

    async def _wait_for_space(self) -> None:
        await wait_for_space(self._backoff, self._store, self._lifecycle, self.job.id)


async def wait_for_space(backoff: Backoff, store: Store, lifecycle: Lifecycle, job_id: str) -> None:
    """Put the job off and tell it, once: there may be no space to write that down either."""
    if backoff.put_off(job_id):
        try:
            await store.run(partial(lifecycle.wait_for_space, job_id))
        except (OSError, sqlite3.Error):
            _logger.exception("The disk is full, and %s waits", job_id)
