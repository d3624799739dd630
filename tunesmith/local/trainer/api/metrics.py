"""Numbers for Prometheus: how requests fare, and how many jobs there are in which status.

They are sums over all teams and name nobody, so they need no key.
"""

import time

from aiohttp import web
from prometheus_client import CollectorRegistry, Gauge, Histogram, generate_latest

from tunesmith.local.trainer.api.faults import Handler
from tunesmith.local.trainer.api.services import Services


class Metrics:
    """The numbers of one server."""

    def __init__(self, services: Services) -> None:
        self._store = services.store
        self._registry = CollectorRegistry()
        self.requests = Histogram(
            "tunesmith_trainer_request_seconds",
            "Seconds from a request to the end of its answer.",
            ("method", "path", "status"),
            registry=self._registry,
        )
        self._jobs = Gauge("tunesmith_trainer_jobs", "Jobs.", ("status",), registry=self._registry)

    async def text(self) -> bytes:
        """All of them, as Prometheus reads them."""
        jobs = await self._store.run(lambda: self._store.jobs.count_by("status"))
        self._jobs.clear()
        for status, number in jobs.items():
            self._jobs.labels(status).set(number)
        return generate_latest(self._registry)


METRICS = web.AppKey("metrics", Metrics)


@web.middleware
async def measure(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Time the request. A path is told as its route: ids would be labels without end."""
    started = time.perf_counter()
    response = await handler(request)
    resource = request.match_info.route.resource
    path = resource.canonical if resource else "unknown"
    labels = (request.method if resource else "unknown", path, str(response.status))
    request.app[METRICS].requests.labels(*labels).observe(time.perf_counter() - started)
    return response
