"""CPU work in worker processes, so that the bot goes on acknowledging meanwhile.

`Processes` is the bot's pool; `worker` is the program that runs in it.
"""

from tunesmith.bot.processes.pool import (
    MemoryLimitError,
    Processes,
    TimeLimitError,
    WorkerDiedError,
    start_ahead,
)

__all__ = [
    "MemoryLimitError",
    "Processes",
    "TimeLimitError",
    "WorkerDiedError",
    "start_ahead",
]
