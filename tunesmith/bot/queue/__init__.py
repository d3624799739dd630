"""Durable tasks: claim, lease, retry, pace.

`Queue` runs what was written to the tasks table. A kind of task is declared once (`kinds.py`); its
function gets a `Work`, whose `step()` and `finish()` are the only transactions in which it changes
anything.
"""

from tunesmith.bot.queue.kinds import FOREVER, Kind, Kinds, Payload, Place
from tunesmith.bot.queue.queue import Queue
from tunesmith.bot.queue.work import LeaseLost, Retry, Wait, Work

__all__ = [
    "FOREVER",
    "Kind",
    "Kinds",
    "LeaseLost",
    "Payload",
    "Place",
    "Queue",
    "Retry",
    "Wait",
    "Work",
]
