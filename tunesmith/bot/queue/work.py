"""One claimed task in the hands of its function."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Generic, TypeVar

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.bot.errors import TunesmithError
from tunesmith.bot.messages import Message
from tunesmith.storage import lanes, tasks
from tunesmith.storage.database import Database
from tunesmith.storage.tasks import Task

P = TypeVar("P", bound=BaseModel)


class LeaseLost(Exception):  # noqa: N818 - a signal to the worker, not an error of anybody
    """Somebody else holds the task by now: whatever was about to be written is not."""


class Retry(TunesmithError):  # noqa: N818 - as above
    """Others are out of order: try the task again in `after` seconds, or by the queue's own
    back-off where that is None. It is no failed attempt, and given up after its kind's patience.
    """

    def __init__(self, message: Message, after: float | None = None) -> None:
        super().__init__(message)
        self.after = after


class Wait(Retry):
    """Somebody asks us to wait, or we stop ourselves: to be tried again, however often."""


class Work(Generic[P]):
    """A task while its function runs; `payload` is what it is about, and `rest` for how many
    seconds its lane rests after it.

    Every write goes through `step` or `finish`: each checks the task's fence in the
    same transaction, so that a worker that lost its lease changes nothing.
    """

    def __init__(
        self, task: Task, payload: P, database: Database, lease: float, rest: float = 0
    ) -> None:
        self.task = task
        self.payload = payload
        self.database = database
        self.lease = lease
        self.rest = rest
        self.finished = False

    @property
    def tried_before(self) -> bool:
        """Whether an earlier try may have taken effect without having been noted."""
        return self.task.fence > 1

    @asynccontextmanager
    async def step(self) -> AsyncGenerator[AsyncConnection]:
        """A transaction on the way; raises LeaseLost where the task is no longer ours."""
        async with self.database.write() as connection:
            if not await tasks.extend(connection, self.task, self.lease):
                raise LeaseLost(self.task.key)
            yield connection

    @asynccontextmanager
    async def finish(self, error: str | None = None) -> AsyncGenerator[AsyncConnection]:
        """The last transaction: what is written in it and the task's end are one.

        `error` is why people could not be told of it, as a stored message.
        """
        async with self.database.write() as connection:
            if not await tasks.finish(connection, self.task, error):
                raise LeaseLost(self.task.key)
            yield connection
            if self.task.lane is not None:
                await lanes.let_next(connection, self.task.lane, self.rest)
        self.finished = True

    async def repeat(self, connection: AsyncConnection, delay: float) -> None:
        """Inside `finish`: do not end the task, but make it due again in `delay` seconds."""
        await tasks.reopen(connection, self.task, delay=delay)
