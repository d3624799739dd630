"""Puts the trainer together and runs it until it is told to stop."""

import asyncio
import fcntl
import signal
from collections.abc import AsyncGenerator, Callable, Generator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from aiohttp import web

from tunesmith.local.trainer.api.app import create_app
from tunesmith.local.trainer.api.services import Services
from tunesmith.local.trainer.api.store import Store
from tunesmith.local.trainer.descriptor import OUR_ENGINES, read_engines
from tunesmith.local.trainer.folders import Folders
from tunesmith.local.trainer.launchers.launchers import launching
from tunesmith.local.trainer.servers.servers import serving
from tunesmith.local.trainer.serving import LoadedModels
from tunesmith.local.trainer.sweep import keep_sweeping, sweep, sweep_arriving
from tunesmith.local.trainer.training.estimates import Estimates
from tunesmith.local.trainer.training.lifecycle import Lifecycle
from tunesmith.local.trainer.training.queue import TrainingQueue
from tunesmith.local.trainer.webhooks import Webhooks

ENGINES: tuple[Path, ...] = (OUR_ENGINES / "tiny",)
"""The folders of the engines that are always there."""

HOST = "127.0.0.1"


class FolderInUseError(Exception):
    """Another server works on the data folder."""


class NoKeyError(Exception):
    """Nobody could use the server: it has no key of its own, and no team has one."""


@asynccontextmanager
async def running(
    data: Path,
    api_key: str | None,
    *,
    engines: Sequence[Path],
    port: int = 0,
    slots: int = 1,
) -> AsyncGenerator[str]:
    """A server on loopback; yields its URL and stops cleanly at the end.

    `api_key` is the server's own key, beside those that teams have (keys.py); `engines` are the
    folders of their descriptors; `port` 0 takes any free one; `slots` is how many jobs train at the
    same time. Raises OSError where the port is taken, EngineError, FolderInUseError and NoKeyError.
    """
    trainables = await asyncio.to_thread(read_engines, engines)
    folders = Folders.create(data)
    with _only_server(folders):
        store = Store(folders.database)
        try:
            if api_key is None and not await store.run(store.keys.all):
                raise NoKeyError("it has no key. Give it one, or make keys for teams.")
            sweep_arriving(folders)
            await store.run(lambda: sweep(store, folders))
            webhooks = Webhooks(store)
            lifecycle = Lifecycle(store, folders, webhooks.announce)
            used = [trainable.engine for trainable in trainables.values()]
            async with (
                launching(used, folders, store) as launchers,
                serving(trainables, folders) as servers,
            ):
                queue = TrainingQueue(
                    store,
                    folders,
                    lifecycle,
                    launchers=launchers,
                    trainables=trainables,
                    slots=slots,
                    turns=servers.turns,
                )
                services = Services(
                    folders,
                    store,
                    lifecycle,
                    queue,
                    LoadedModels(),
                    servers,
                    trainables,
                    Estimates(folders, servers.turns, launchers, lambda: queue.is_idle),
                )
                sweeping = asyncio.create_task(keep_sweeping(store, folders))
                try:
                    async with _serving(services, webhooks, api_key, port) as url:
                        yield url
                finally:
                    sweeping.cancel()
                    await asyncio.wait([sweeping])
        finally:
            store.close()


@asynccontextmanager
async def _serving(
    services: Services, webhooks: Webhooks, api_key: str | None, port: int
) -> AsyncGenerator[str]:
    runner = web.AppRunner(create_app(services, api_key), access_log=None, shutdown_timeout=1.0)
    try:
        await runner.setup()
        site = web.TCPSite(runner, HOST, port)
        await site.start()
        await services.queue.start()
        webhooks.start()
        yield f"http://{HOST}:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
        await services.estimates.close()
        await services.queue.stop()
        await webhooks.stop()
        services.models.close()


@contextmanager
def _only_server(folders: Folders) -> Generator[None]:
    with folders.lock.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise FolderInUseError(f"{folders.root} is used by another trainer.") from error
        yield


async def serve(
    data: Path,
    api_key: str | None,
    *,
    port: int,
    slots: int,
    engines: Sequence[Path],
    ready: Callable[[str], None],
) -> None:
    """Run until SIGTERM or SIGINT; `ready` is called with the URL once it listens.

    `engines` are the folders of those beside ENGINES.
    """
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    folders = (*ENGINES, *engines)
    async with running(data, api_key, port=port, slots=slots, engines=folders) as url:
        ready(url)
        await stop.wait()
