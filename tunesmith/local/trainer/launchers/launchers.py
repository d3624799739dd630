"""Which launcher an engine's jobs go to."""

import os
from collections.abc import AsyncGenerator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path

from aiohttp import web

from tunesmith.local.trainer.api.store import Store
from tunesmith.local.trainer.descriptor import Engine, EngineError, RayCluster
from tunesmith.local.trainer.folders import Folders
from tunesmith.local.trainer.jobs import Control
from tunesmith.local.trainer.launchers import listener
from tunesmith.local.trainer.launchers.launcher import Launcher
from tunesmith.local.trainer.launchers.process import ProcessLauncher
from tunesmith.local.trainer.launchers.ray import RayLauncher
from tunesmith.local.trainer.launchers.ray_api import RayApi
from tunesmith.local.trainer.launchers.remote import control_of

_TOKEN = "RAY_AUTH_TOKEN"  # noqa: S105  # Ray's own name for the variable


class Launchers:
    """The launchers of a server: one for processes here, one for each cluster."""

    def __init__(self) -> None:
        self.here = ProcessLauncher()
        self._clusters: dict[RayCluster, RayLauncher] = {}

    def of(self, engine: Engine) -> Launcher:
        """The launcher for this engine's jobs."""
        return self._clusters[engine.ray] if engine.ray else self.here

    def add(self, cluster: RayCluster, launcher: RayLauncher) -> None:
        """Engines that name this cluster have their jobs submitted so."""
        self._clusters[cluster] = launcher

    def heard(self, folder: Path) -> None:
        """A worker of this job has come to this server."""
        for launcher in self._clusters.values():
            launcher.heard(folder)


@asynccontextmanager
async def launching(
    engines: Iterable[Engine], folders: Folders, store: Store
) -> AsyncGenerator[Launchers]:
    """The launchers for these engines, and what listens for workers on other machines.

    Raises EngineError where a cluster has no token, OSError where an address cannot be listened on.
    """
    launchers = Launchers()
    clusters = {engine.ray for engine in engines if engine.ray}
    async with AsyncExitStack() as stack:
        if clusters:
            secret = listener.secret_of(folders)
            for cluster in clusters:
                api = RayApi(cluster.address, _token(cluster))
                launcher = RayLauncher(cluster, api, partial(listener.token_of, secret))
                launchers.add(cluster, launcher)
                stack.push_async_callback(launcher.close)
            desk = listener.Desk(folders, secret, partial(_control, store), launchers.heard)
            runner = web.AppRunner(listener.create_app(desk), access_log=None, shutdown_timeout=1.0)
            await runner.setup()
            stack.push_async_callback(runner.cleanup)
            for address in sorted({cluster.listen for cluster in clusters}):
                host, _, port = address.rpartition(":")
                await web.TCPSite(runner, host, int(port)).start()
        yield launchers


def _token(cluster: RayCluster) -> str:
    if token := os.environ.get(_TOKEN, "").strip():
        return token
    raise EngineError(
        f"{_TOKEN} is not set, the token of the Ray cluster at {cluster.address}. A cluster without"
        " one lets everybody on its network run programs: start it with RAY_AUTH_MODE=token."
    )


async def _control(store: Store, job_id: str) -> Control | None:
    job = await store.run(partial(store.jobs.get, job_id))
    return control_of(job.status) if job else Control.CANCEL
