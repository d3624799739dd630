"""What happened to jobs and their models, told to whoever shows it to people.

Subscribers are called in the transaction in which it happened, so that a task which they write
there is written if and only if the change is.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Generic, Literal, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.bot.messages import Message
from tunesmith.storage.jobs import Job
from tunesmith.storage.outages import Outage

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Unused:
    """No model that a team tuned at a provider was asked since `since`, which is `days` ago.

    `job` is that of the newest of these models, `warned_at` the number of days from which it is
    said, `last_day` the last one on which the provider still takes a new job because of that use.
    """

    job: Job
    since: date
    days: int
    warned_at: int
    last_day: date


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a person asked for and the provider refused; the job is as it was.

    `id` names the request.
    """

    id: str
    job: Job
    wanted: Literal["pause", "resume", "delete"]
    person: str
    reason: Message


class Event(Generic[T]):
    """One thing that happens."""

    def __init__(self) -> None:
        self._subscribers: list[Callable[[AsyncConnection, T], Awaitable[None]]] = []

    def subscribe(self, subscriber: Callable[[AsyncConnection, T], Awaitable[None]]) -> None:
        """Call this function whenever it happens."""
        self._subscribers.append(subscriber)

    async def publish(self, connection: AsyncConnection, happened: T) -> None:
        """Tell all subscribers; a transaction in which one of them fails is not committed."""
        for subscriber in self._subscribers:
            await subscriber(connection, happened)


@dataclass(frozen=True, slots=True)
class JobEvents:
    """All that is told of jobs: reserved, the file split, worth showing anew, ended, seen again
    after it was given up, what its provider refused; of models: long unused; of providers: one
    can't be asked for a while, and answers again.
    """

    reserved: Event[Job] = field(default_factory=Event[Job])
    split: Event[Job] = field(default_factory=Event[Job])
    changed: Event[Job] = field(default_factory=Event[Job])
    ended: Event[Job] = field(default_factory=Event[Job])
    unused: Event[Unused] = field(default_factory=Event[Unused])
    reopened: Event[Job] = field(default_factory=Event[Job])
    outage: Event[Outage] = field(default_factory=Event[Outage])
    answers_again: Event[Outage] = field(default_factory=Event[Outage])
    refused: Event[Refusal] = field(default_factory=Event[Refusal])
