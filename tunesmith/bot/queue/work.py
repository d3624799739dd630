"""One claimed task in the hands of its function."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.storage import tasks
from tunesmith.storage.database import Database
from tunesmith.storage.tasks import Task


class LeaseLost(Exception):  # noqa: N818 - a signal to the worker, not an error of anybody
    """Somebody else holds the task by now: whatever was about to be written is not."""


class Retry(Exception):  # noqa: N818 - as above
    """Try the task again in `after` seconds, or by the worker's own back-off where that is None."""

    def __init__(self, reason: str, after: float | None = None) -> None:
        super().__init__(reason)
        self.after = after


class GiveUp(Exception):  # noqa: N818 - as above
    """The task can't succeed; it is marked as done, with this reason."""


@dataclass(slots=True)
class Work:
    """A task while its function runs.

    Every write goes through `step` or `finish`: each checks the task's fence in the
    same transaction, so that a worker that lost its lease changes nothing.
    """

    task: Task
    database: Database
    lease: float
    finished: bool = field(default=False, init=False)

    @asynccontextmanager
    async def step(self) -> AsyncGenerator[AsyncConnection]:
        """A transaction on the way; raises LeaseLost where the task is no longer ours."""
        async with self.database.write() as connection:
            if not await tasks.extend(connection, self.task, self.lease):
                raise LeaseLost(self.task.key)
            yield connection

    @asynccontextmanager
    async def finish(self) -> AsyncGenerator[AsyncConnection]:
        """The last transaction: what is written in it and the task's end are one."""
        async with self.database.write() as connection:
            if not await tasks.finish(connection, self.task):
                raise LeaseLost(self.task.key)
            yield connection
        self.finished = True

    async def come_back(self, connection: AsyncConnection, delay: float) -> None:
        """Inside `finish`: do not end the task, but make it due again in `delay` seconds."""
        await tasks.reopen(connection, self.task, delay=delay)
