"""What a launcher does: it lets a job's engine work somewhere, and says how it is getting on.

A job is its folder here (see jobs.py), wherever its engine works: what the engine tells is appended
to the folder's event log, and what it leaves on disk is there before the job is said to have ended.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tunesmith.local.trainer.descriptor import Engine
from tunesmith.local.trainer.jobs import Control, JobSpec, Measured


@dataclass(frozen=True, slots=True)
class Waiting:
    """The engine has not begun. `why` is a sentence for the person who started the job."""

    why: str


@dataclass(frozen=True, slots=True)
class Running:
    """The engine works. `trouble` is a sentence where nothing can be heard of it at the moment."""

    trouble: str | None = None


@dataclass(frozen=True, slots=True)
class Ended:
    """The engine has left: an `ExitCode`, a signal as a negative number, or 1 for anything else.

    `why` is a sentence for the person who started the job, where the place says one. With
    `ExitCode.PAUSED` it says that somebody stopped the job there: it does not go on by itself.
    """

    code: int
    why: str | None = None


Status = Waiting | Running | Ended


@dataclass(frozen=True, slots=True)
class Room:
    """How many workers a job needs, and how many a place holds where nothing else is there.

    `fixed`: it is known that no machine joins by itself.
    """

    workers: int
    holds: int
    fixed: bool


class Launcher(Protocol):
    """A place where engines work."""

    @property
    def independent(self) -> bool:
        """Do jobs queue and train there without this server?

        Then they need none of its places, go on while it is away, and are found again.
        """
        ...

    @property
    def grace_seconds(self) -> float:
        """How long an engine that was told to stop may take before it is killed."""
        ...

    async def room(self) -> Room | None:
        """What the place holds; None where that is not known, or not counted in workers."""
        ...

    async def measure(self, engine: Engine, spec: JobSpec) -> Measured | None:
        """What a few steps of such a job come to there; None where the engine cannot say.

        Raises TimeoutError where the place is not heard of, or has no time for it.
        """
        ...

    async def submit(self, engine: Engine, folder: Path) -> None:
        """Let the job in the folder begin, or go on. One that is there already is found again."""
        ...

    async def status(self, folder: Path) -> Status:
        """Where the job that was submitted stands."""
        ...

    async def logs(self, folder: Path) -> str:
        """The end of what the engine logged."""
        ...

    async def stop(self, folder: Path, control: Control) -> None:
        """Ask the engine to pause or to cancel."""
        ...

    async def kill(self, folder: Path) -> None:
        """End the engine at once, if it is still there."""
        ...

    async def close(self) -> None:
        """Let go of what the server holds. What is `independent` goes on."""
        ...
