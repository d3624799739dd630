"""What kinds of durable tasks there are: each is declared once, where its function stands.

    kinds = Kinds[Context]()

    @kinds.task("schema", AttachedFile, place=Place.CHECK)
    async def read_schema(context: Context, work: Work[AttachedFile]) -> None: ...

    @read_schema.when_given_up
    async def say_unread(context: Context, work: Work[AttachedFile], reason: Message) -> None: ...

A package's kinds are served by `Queue.serve(kinds, context)`; whoever wants such a task done calls
`read_schema.add(connection, payload, of=file_id)` in the transaction that makes it necessary.
"""

from collections.abc import Awaitable, Callable, Iterator
from enum import Enum
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict
from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.bot.messages import Message
from tunesmith.bot.queue.work import Work
from tunesmith.storage import tasks

FOREVER = 2**31
"""The attempts, or the patience, of a kind that is never given up."""


class Payload(BaseModel):
    """What a task is about. Fields that another version wrote are passed over."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class Place(Enum):
    """Where tasks run: how many at once in a process, so that no place takes another's, and for
    how many seconds they wait out an outage.
    """

    CHECK = ("check", 4, 6 * 3_600)  # files: downloads and processor time
    LARGE = ("large", 2, 6 * 3_600)  # files that take long
    ASK = ("ask", 32, 180)  # questions: waiting for a model
    EVALUATE = ("evaluate", 2, 6 * 3_600)  # many questions to several models
    JOB = ("job", 8, 1_800)  # calls of a provider
    TELL = ("tell", 8, 7 * 86_400)  # what Slack sees
    ATTACH = ("attach", 8, 7 * 86_400)  # what takes files
    FOLLOW = ("follow", 4, FOREVER)  # messages that are brought up to date again and again

    def __init__(self, label: str, at_once: int, patience: float) -> None:
        self.label = label
        self.at_once = at_once
        self.patience = patience


P = TypeVar("P", bound=Payload)
E = TypeVar("E")
Run = Callable[[E, Work[P]], Awaitable[None]]
Tell = Callable[[E, Work[P], Message], Awaitable[None]]


class Kind(Generic[E, P]):
    """One kind of task.

    `attempts` is how often it may fail by our own fault before it is given up, `patience` for how
    many seconds it waits out an outage (its place's, where it names none), and `pace` how many
    seconds its lane rests after it.
    """

    def __init__(
        self,
        name: str,
        payload: type[P],
        run: Run[E, P],
        *,
        place: Place,
        attempts: int,
        patience: float | None,
        pace: float,
    ) -> None:
        self.name = name
        self.payload = payload
        self.run = run
        self.place = place
        self.attempts = attempts
        self.patience = place.patience if patience is None else patience
        self.pace = pace
        self.give_up: Tell[E, P] | None = None
        self.delayed: Tell[E, P] | None = None

    def when_given_up(self, function: Tell[E, P]) -> Tell[E, P]:
        """Let this function tell people why a task of the kind was given up."""
        self.give_up = function
        return function

    def when_delayed(self, function: Tell[E, P]) -> Tell[E, P]:
        """Let this function tell people what a task of the kind waits for, where an outage lasts.

        It is called after each further try and need not succeed.
        """
        self.delayed = function
        return function

    def key(self, of: str) -> str:
        """The key of the task for one thing: a second one with it is the same task."""
        return f"{self.name}:{of}"

    async def add(
        self,
        connection: AsyncConnection,
        payload: P,
        *,
        of: str,
        lane: str | None = None,
        place: Place | None = None,
    ) -> bool:
        """Write a task, due at once, in another `place` than its kind's where one is named. False
        where the one `of` this thing was written before.
        """
        return await tasks.add(
            connection,
            key=self.key(of),
            kind=self.name,
            place=(place or self.place).label,
            payload=payload.model_dump(mode="json"),
            lane=lane,
        )

    async def add_again(self, connection: AsyncConnection, payload: P, *, of: str) -> None:
        """Write a task that repeats itself; where it exists and is done, make it due again."""
        await tasks.add_again(
            connection,
            key=self.key(of),
            kind=self.name,
            place=self.place.label,
            payload=payload.model_dump(mode="json"),
        )

    async def make_due(self, connection: AsyncConnection, *, of: str) -> None:
        """Let a task that is put off run now, and one that runs come due again at once."""
        await tasks.make_due(connection, self.key(of))


class Kinds(Generic[E]):
    """The kinds of one package. `E` is what all their functions get: its services."""

    def __init__(self) -> None:
        self._kinds: dict[str, Kind[E, Any]] = {}

    def task(
        self,
        name: str,
        payload: type[P],
        *,
        place: Place,
        attempts: int = 10,
        patience: float | None = None,
        pace: float = 0,
    ) -> Callable[[Run[E, P]], Kind[E, P]]:
        """Declare a kind: the decorated function does its tasks. The rest is as in `Kind`."""

        def declare(run: Run[E, P]) -> Kind[E, P]:
            kind = Kind[E, P](
                name,
                payload,
                run,
                place=place,
                attempts=attempts,
                patience=patience,
                pace=pace,
            )
            if self._kinds.setdefault(name, kind) is not kind:
                raise ValueError(f"the kind {name} is declared twice")
            return kind

        return declare

    def __iter__(self) -> Iterator[Kind[E, Any]]:
        """All that were declared."""
        return iter(self._kinds.values())
