"""The kinds of faults: what goes wrong on the way to Slack, to the provider and in the database."""

import asyncio
import contextlib
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from tests.chaos.databases import Stored
from tests.chaos.replicas import Replicas
from tests.support.world import World

_METHODS = (
    "*",
    "chat.postMessage",
    "chat.update",
    "chat.startStream",
    "chat.appendStream",
    "chat.stopStream",
    "conversations.replies",
    "files.completeUploadExternal",
    "files.info",
    "upload_url",
    "url_private",
)
_CALLS = (
    ("/v1/files", "POST"),
    ("/v1/files", "GET"),
    ("/v1/fine_tuning/jobs", "POST"),
    ("/v1/fine_tuning/jobs", "GET"),
    ("/v1/chat", "POST"),
)
_HUGE = 2**40


@dataclass(slots=True)
class Surroundings:
    """What the faults are injected into; `downtime` is longer than Slack delivers again."""

    world: World
    replicas: Replicas
    rng: random.Random
    database: Stored
    downtime: float


Inject = Callable[[Surroundings], Awaitable[None]]


async def _slack_refuses(around: Surroundings, *, error: str) -> None:
    times, method = around.rng.randint(1, 8), around.rng.choice(_METHODS[:9])
    await around.world.workspace_fault(method, "error", times, error=error, lasts=6)


async def _slack_limits(around: Surroundings) -> None:
    times = around.rng.randint(10, 60)
    await around.world.workspace_fault("*", "rate_limited", times, retry_after=1, lasts=6)


async def _slack_is_down(around: Surroundings, *, status: int) -> None:
    lasts = around.rng.uniform(1, 5)
    await around.world.workspace_fault("*", "status", 10_000, status=status, lasts=lasts)


async def _slack_call(around: Surroundings, *, kind: str) -> None:
    times, seconds = around.rng.randint(1, 4), around.rng.uniform(1, 6)
    method = around.rng.choice(_METHODS)
    await around.world.workspace_fault(method, kind, times, seconds=seconds, lasts=15)


async def _stream_closed(around: Surroundings) -> None:
    method = around.rng.choice(["chat.appendStream", "chat.stopStream"])
    await around.world.workspace_fault(method, "stream_closed", 2, lasts=30)


async def _no_permalink(around: Surroundings) -> None:
    code = "message_not_found"
    await around.world.workspace_fault("chat.getPermalink", "error", 2, error=code, lasts=60)


async def _sockets_drop(around: Surroundings) -> None:
    for _ in range(around.rng.randint(3, 6)):
        await around.world.disconnect("drop")
        await asyncio.sleep(1)


async def _sockets_refresh(around: Surroundings) -> None:
    await around.world.disconnect("refresh_requested")


async def _delivered_twice(around: Surroundings) -> None:
    await asyncio.gather(*map(around.world.redeliver, (await around.world.deliveries())[-8:]))


async def _delivered_late(around: Surroundings) -> None:
    old = await around.world.deliveries()
    for event in around.rng.sample(old, min(len(old), 8)):
        await around.world.redeliver(event)


async def _downtime(around: Surroundings) -> None:
    await around.replicas.stay_down(around.downtime)


async def _provider_status(around: Surroundings, *, status: int) -> None:
    path, method = around.rng.choice(_CALLS)
    retry = {"retry_after": 1} if status == 429 else {}
    await around.world.trainer_fault(
        path, "status", around.rng.randint(1, 6), method=method, status=status, lasts=6, **retry
    )


async def _provider_call(around: Surroundings, *, kind: str) -> None:
    path, method = around.rng.choice(_CALLS)
    seconds = around.rng.uniform(1, 8)
    await around.world.trainer_fault(
        path, kind, around.rng.randint(1, 3), method=method, seconds=seconds, lasts=20
    )


async def _answer_cut(around: Surroundings) -> None:
    seconds = around.rng.uniform(0, 0.6)
    await around.world.trainer_fault("/v1/chat", "cut", 2, seconds=seconds, lasts=30)


async def _job_not_found(around: Surroundings) -> None:
    await around.world.trainer_fault("/v1/fine_tuning/jobs/", "status", 1, status=404, lasts=20)


async def _pages_again(around: Surroundings) -> None:
    path = around.rng.choice(["/v1/files", "/v1/fine_tuning/jobs"])
    await around.world.trainer_fault(path, "again", 3, method="GET", lasts=20)


async def _provider_odd(around: Surroundings, *, fields: dict[str, Any]) -> None:
    path, times = "/v1/fine_tuning/jobs", around.rng.randint(1, 4)
    await around.world.trainer_fault(path, "odd", times, method="GET", fields=fields, lasts=10)


async def _provider_restarts(around: Surroundings) -> None:
    await around.world.kill("trainer")
    await asyncio.sleep(around.rng.uniform(0, 3))
    await around.world.start_trainer()


async def _database_away(around: Surroundings) -> None:
    await around.database.interrupt(around.rng.uniform(1, 6))


FAULTS: dict[str, Inject] = {
    "Slack: 429, storm": _slack_limits,
    **{
        f"Slack: {error}": partial(_slack_refuses, error=error)
        for error in (
            "token_revoked",
            "account_inactive",
            "message_limit_exceeded",
            "fatal_error",
        )
    },
    "Slack: no permalink": _no_permalink,
    "Slack: 500 for seconds": partial(_slack_is_down, status=500),
    "Slack: 503 for seconds": partial(_slack_is_down, status=503),
    "Slack: call dropped": partial(_slack_call, kind="drop"),
    "Slack: answer dropped": partial(_slack_call, kind="drop_after"),
    "Slack: slow before effect": partial(_slack_call, kind="slow"),
    "Slack: slow after effect": partial(_slack_call, kind="slow_after"),
    "Slack: HTML with status 200": partial(_slack_call, kind="odd"),
    "Slack: stream closed": _stream_closed,
    "Slack: socket drops each second": _sockets_drop,
    "Slack: socket refreshed": _sockets_refresh,
    "Slack: event twice at once": _delivered_twice,
    "Slack: event again, late": _delivered_late,
    "bot: down longer than Slack delivers again": _downtime,
    "provider: 429": partial(_provider_status, status=429),
    "provider: 500": partial(_provider_status, status=500),
    "provider: call dropped": partial(_provider_call, kind="drop"),
    "provider: answer dropped": partial(_provider_call, kind="drop_after"),
    "provider: stalls": partial(_provider_call, kind="slow"),
    "provider: streamed answer cut": _answer_cut,
    "provider: 404 for a job, once": _job_not_found,
    "provider: a page again and again": _pages_again,
    "provider: unknown status": partial(_provider_odd, fields={"status": "simmering"}),
    "provider: count beyond 32 bits": partial(_provider_odd, fields={"trained_tokens": _HUGE}),
    "provider: metric as text": partial(_provider_odd, fields={"data": {"train_loss": "n/a"}}),
    "provider: error as text": partial(_provider_odd, fields={"error": "none"}),
    "provider: restarts": _provider_restarts,
    "database: locked or restarted": _database_away,
}
"""Every kind by its name."""


@dataclass(slots=True)
class Injector:
    """Injects faults of every kind in turn, in random order, one every `every` seconds."""

    around: Surroundings
    every: float
    note: Callable[[str], None]
    done: Counter[str] = field(default_factory=Counter[str])
    _stopped: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        """Inject one fault after another, until it is stopped."""
        rng = self.around.rng
        while True:
            for name in rng.sample(list(FAULTS), len(FAULTS)):
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._stopped.wait(), rng.uniform(0, 2 * self.every))
                if self._stopped.is_set():
                    return
                self.done[name] += 1
                self.note(name)
                await FAULTS[name](self.around)

    def stop(self) -> None:
        """Inject no more; what was begun comes to its end."""
        self._stopped.set()
