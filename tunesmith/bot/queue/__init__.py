"""Durable tasks: claim, lease, retry, pace.

`Queue` runs what was written to the tasks table; a task's function gets a `Work`, whose
`step()` and `finish()` are the only transactions in which it changes anything.
"""

from tunesmith.bot.queue.queue import Handler, Queue
from tunesmith.bot.queue.work import GiveUp, LeaseLost, Retry, Work

__all__ = ["GiveUp", "Handler", "LeaseLost", "Queue", "Retry", "Work"]
