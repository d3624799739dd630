"""What the bot tells of itself: one log line for each thing done, and Prometheus metrics.

Log lines and labels carry kinds, codes and ids, never what people wrote. `docs/operation.md` lists
all metrics.
"""

import logging
import time
from collections.abc import Generator
from contextlib import contextmanager
from enum import StrEnum

from prometheus_client import Counter, Gauge, Histogram

from tunesmith.storage.tasks import Task

_done = logging.getLogger("tunesmith.done")

TASKS = Counter("tunesmith_tasks", "Tries of tasks, by how they came out", ["kind", "outcome"])
TASK_SECONDS = Histogram("tunesmith_task_seconds", "How long a try of a task took", ["kind"])
LEASES_LOST = Counter("tunesmith_leases_lost", "Tasks that another worker took over", ["kind"])
QUEUE_TASKS = Gauge("tunesmith_queue_tasks", "Tasks that are not done", ["kind"])
QUEUE_OLDEST_SECONDS = Gauge(
    "tunesmith_queue_oldest_seconds", "For how long the oldest due task has waited", ["kind"]
)
CALLS = Counter(
    "tunesmith_calls", "Calls of Slack and providers, by outcome", ["service", "method", "outcome"]
)
ACK_SECONDS = Histogram(
    "tunesmith_ack_seconds", "From the arrival of a request of Slack's to its acknowledgement"
)
SOCKETS = Gauge("tunesmith_sockets", "Connections to Slack in Socket Mode")


class Outcome(StrEnum):
    """How a try of a task came out: `waits` where it was told to, `lost` to another worker,
    `stopped` with the bot.
    """

    DONE = "done"
    WAITS = "waits"
    OUTAGE = "outage"
    FAILED = "failed"
    GIVEN_UP = "given_up"
    LOST = "lost"
    STOPPED = "stopped"


def task_tried(task: Task, outcome: Outcome, seconds: float) -> None:
    """Note a try of a task."""
    TASKS.labels(task.kind, outcome).inc()
    TASK_SECONDS.labels(task.kind).observe(seconds)
    if outcome is Outcome.LOST:
        LEASES_LOST.labels(task.kind).inc()
    fields = {
        "kind": task.kind,
        "key": task.key,
        "outcome": str(outcome),
        "seconds": round(seconds, 3),
        "attempts": task.attempts,
    }
    _done.info("task", extra={"fields": fields})


def called(service: str, method: str, outcome: str) -> None:
    """Note a call: `ok`, or what kind of error it came to."""
    CALLS.labels(service, method, outcome).inc()


@contextmanager
def acknowledging() -> Generator[None]:
    """Measure how long the block, which answers Slack, takes."""
    began = time.monotonic()
    try:
        yield
    finally:
        ACK_SECONDS.observe(time.monotonic() - began)
