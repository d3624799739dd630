"""Whether the bot lives and can work, and its metrics, over HTTP for those who run it.

`/healthz` is 200 while the queue looks for tasks, `/readyz` while also the database and Slack are
within reach, and `/metrics` is for Prometheus.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from tunesmith.bot import telemetry
from tunesmith.bot.listening import listening
from tunesmith.bot.services import Services
from tunesmith.storage import tasks

_LIVE_SECONDS = 30.0
_ANSWER_SECONDS = 2.0

_log = logging.getLogger(__name__)


@asynccontextmanager
async def serving(
    services: Services,
    *,
    host: str,
    port: int,
    connected: Callable[[], bool],
    routes: Sequence[web.RouteDef] = (),
) -> AsyncGenerator[None]:
    """Answer until the end of the block. `connected` tells whether Slack can reach the bot, and
    `routes` are served beside.

    Raises ConfigurationError where nobody can listen there.
    """
    health = _Health(services, connected)
    own = [
        web.get("/healthz", health.healthz),
        web.get("/readyz", health.readyz),
        web.get("/metrics", health.metrics),
    ]
    async with listening([*own, *routes], host=host, port=port, setting="TUNESMITH_HEALTH"):
        yield


class _Health:
    def __init__(self, services: Services, connected: Callable[[], bool]) -> None:
        self._services = services
        self._connected = connected

    async def healthz(self, _request: web.Request) -> web.Response:
        return self._answer({"queue": self._looks()})

    async def readyz(self, _request: web.Request) -> web.Response:
        return self._answer(
            {
                "queue": self._looks(),
                "database": await self._count() is not None,
                "slack": self._connected(),
            }
        )

    async def metrics(self, _request: web.Request) -> web.Response:
        counted = await self._count()
        if counted is not None:
            telemetry.QUEUE_TASKS.clear()
            telemetry.QUEUE_OLDEST_SECONDS.clear()
            for waiting in counted:
                telemetry.QUEUE_TASKS.labels(waiting.kind).set(waiting.count)
                telemetry.QUEUE_OLDEST_SECONDS.labels(waiting.kind).set(waiting.oldest)
        return web.Response(body=generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})

    def _looks(self) -> bool:
        return self._services.queue.looked_ago < _LIVE_SECONDS

    async def _count(self) -> list[tasks.Waiting] | None:
        """What waits in the queue; None where the database does not tell in time."""
        try:
            async with (
                asyncio.timeout(_ANSWER_SECONDS),
                self._services.database.read() as connection,
            ):
                return await tasks.waiting(connection)
        except Exception:  # noqa: BLE001 - drivers have their own errors where they can't connect
            _log.warning("The database does not tell what waits", exc_info=True)
            return None

    def _answer(self, states: dict[str, bool]) -> web.Response:
        said = {name: "ok" if good else "failing" for name, good in states.items()}
        return web.json_response(said, status=200 if all(states.values()) else 503)
