"""What happened to a job, told to whoever shows it to people.

Subscribers are called in the transaction in which it happened, so that a task which they write
there is written if and only if the change is.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.storage.jobs import Job

Subscriber = Callable[[AsyncConnection, Job], Awaitable[None]]


@dataclass(slots=True)
class Event:
    """One thing that happens to jobs."""

    _subscribers: list[Subscriber] = field(default_factory=list[Subscriber])

    def subscribe(self, subscriber: Subscriber) -> None:
        """Call this function whenever it happens."""
        self._subscribers.append(subscriber)

    async def publish(self, connection: AsyncConnection, job: Job) -> None:
        """Tell all subscribers; a transaction in which one of them fails is not committed."""
        for subscriber in self._subscribers:
            await subscriber(connection, job)


@dataclass(frozen=True, slots=True)
class JobEvents:
    """All that is told of jobs: reserved, worth showing anew, ended."""

    reserved: Event = field(default_factory=Event)
    changed: Event = field(default_factory=Event)
    ended: Event = field(default_factory=Event)
