"""Jobs that cannot go on are put off for a while, longer each time, until they get on again."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

from tunesmith.local.trainer.jobs import Failed

FIRST_SECONDS = 1.0
LONGEST_SECONDS = 300.0

RESTARTS = 3
"""How often an engine that ends unexpectedly is started again without a new checkpoint."""
LOST = Failed(
    code="server_error",
    message=f"The training process ended unexpectedly, also after {RESTARTS} restarts.",
)
LOST_ONCE = (
    "The training process ended unexpectedly and starts again from where its state was last saved"
)
NO_SPACE = "No space is left on the disk. The job waits, and goes on by itself when there is."


@dataclass(slots=True)
class _Pause:
    """`end` is in seconds of the monotonic clock."""

    times: int = 0
    end: float = 0.0


class Backoff:
    """The jobs that may not go on yet. `wake` is called whenever one may."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._pauses: dict[str, _Pause] = {}

    def put_off(self, job_id: str) -> bool:
        """Let the job wait. True where it got on before."""
        first = job_id not in self._pauses
        pause = self._pauses.setdefault(job_id, _Pause())
        seconds = min(FIRST_SECONDS * 2**pause.times, LONGEST_SECONDS)
        pause.times += 1
        pause.end = time.monotonic() + seconds
        asyncio.get_running_loop().call_later(seconds, self._wake)
        return first

    def forget(self, job_id: str) -> None:
        """The job gets on, or has ended."""
        self._pauses.pop(job_id, None)

    def jobs(self) -> frozenset[str]:
        """Those whose time has not come."""
        now = time.monotonic()
        return frozenset(job_id for job_id, pause in self._pauses.items() if now < pause.end)
