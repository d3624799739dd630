"""The one place where everything is put together."""

import asyncio
import contextlib
import gc
import logging
from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import aiohttp
import anyio.lowlevel
from slack_bolt.async_app import AsyncApp
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from tunesmith import handlers
from tunesmith.bot import disk, doctor, health, jobs, webhooks
from tunesmith.bot.database import open_database
from tunesmith.bot.doctor import Checked
from tunesmith.bot.errors import ConfigurationError
from tunesmith.bot.messages import text_for
from tunesmith.bot.processes import Processes
from tunesmith.bot.providers import base_models, connect
from tunesmith.bot.providers.catalogue import load_catalogue
from tunesmith.bot.queue import Queue
from tunesmith.bot.services import Services
from tunesmith.bot.settings import Settings

_log = logging.getLogger(__name__)


@asynccontextmanager
async def open_services(settings: Settings) -> AsyncGenerator[Services]:
    """Everything the bot works with, its queue running; closed at the end of the block.

    Raises ConfigurationError where a setting is wrong.
    """
    catalogue = load_catalogue(settings.catalogue).copy_of_its_own()
    async with contextlib.AsyncExitStack() as stack:
        await asyncio.to_thread(disk.remove_left_over)
        database = await stack.enter_async_context(open_database(settings))
        space = await doctor.check_disk(settings)
        if space.fatal:
            raise ConfigurationError(space.said)
        processes = await stack.enter_async_context(Processes())
        providers = connect(settings, catalogue)
        # anyio, under the SDK, imports its way into asyncio within the first call.
        await anyio.lowlevel.checkpoint()
        for client in providers.values():
            stack.push_async_callback(client.close)
        queue = Queue(database, lease=settings.lease_seconds)
        services = Services(settings, catalogue, database, queue, providers, processes)
        queue.serve(jobs.kinds, services)
        await jobs.watch_models(services)
        running = asyncio.create_task(queue.run())
        stack.push_async_callback(_stop, running)
        looking = asyncio.create_task(base_models.keep_looking(catalogue, providers))
        stack.push_async_callback(_stop, looking)
        yield services


@asynccontextmanager
async def slack_client(settings: Settings) -> AsyncGenerator[AsyncWebClient]:
    """A client of Slack's Web API that shares one session.

    The outbox calls Slack through that session itself, and never repeats a call: the queue does.
    What Bolt calls (`auth.test`) is repeated after a 429, which took no effect; slack_sdk's default
    handlers would also repeat after a dropped connection.
    """
    async with aiohttp.ClientSession() as session:
        yield AsyncWebClient(
            token=settings.slack.bot_token.get_secret_value(),
            base_url=settings.slack.api_url,
            session=session,
            retry_handlers=[AsyncRateLimitErrorRetryHandler(max_retry_count=2)],
        )


async def run(settings: Settings) -> None:
    """Run the bot until cancelled: over Socket Mode, or over HTTP where a port is set.

    Raises ConfigurationError where a setting is missing or wrong.
    """
    async with contextlib.AsyncExitStack() as stack:
        client = await stack.enter_async_context(slack_client(settings))
        await _check_start(settings, client)
        services = await stack.enter_async_context(open_services(settings))
        app = _bolt_app(client)
        handlers.register(app, services)
        # What is there by now stays: it need not be looked through at each garbage collection,
        # which would hold everything up for a good part of a second.
        gc.collect()
        gc.freeze()
        connected: set[object] = set()
        async with _told_by_health(settings, services, connected):
            if settings.http_port is None:
                app_token = settings.slack.app_token.get_secret_value()
                await handlers.socket_mode(app, app_token, services, connected)
            else:
                await handlers.arm_catch_up(services)
                await _http(app, services, settings.http_port)


def _told_by_health(
    settings: Settings, services: Services, connected: set[object]
) -> AbstractAsyncContextManager[None]:
    if settings.health_port is None:
        return contextlib.nullcontext()
    return health.serving(
        services,
        host=settings.health_host,
        port=settings.health_port,
        connected=lambda: settings.http_port is not None or bool(connected),
        # Over HTTP they come where Slack's requests come.
        routes=webhooks.routes(services) if settings.http_port is None else (),
    )


def _bolt_app(client: AsyncWebClient) -> AsyncApp:
    authorize = handlers.authorization(client)
    token, client.token = client.token, None  # else Bolt warns that it goes by `authorize`
    app = AsyncApp(
        name="tunesmith",  # else Bolt reads the source of the whole stack for one
        client=client,
        authorize=authorize,
        request_verification_enabled=False,  # `handlers/slack/http.py` verifies, before Bolt
    )
    client.token = token
    return app


async def _http(app: AsyncApp, services: Services, port: int) -> None:
    settings = services.settings
    async with handlers.serving(
        app,
        signing_secret=settings.slack.signing_secret.get_secret_value(),
        host=settings.http_host,
        port=port,
        routes=webhooks.routes(services),
    ):
        await asyncio.Event().wait()


async def examine(settings: Settings) -> AsyncGenerator[Checked]:
    """All that `tunesmith doctor` checks, told one by one."""
    async for found in doctor.check_place(settings):
        yield found
    async with slack_client(settings) as client:
        for check in (handlers.check_installation, handlers.check_app_token):
            async for found in check(settings, client):
                yield found
    async for found in doctor.check_providers(settings):
        yield found


async def _check_start(settings: Settings, client: AsyncWebClient) -> None:
    """Log what `tunesmith doctor` would say against this start, if anything.

    Raises ConfigurationError where it is fatal.
    """
    english = text_for("en")
    async for found in handlers.check_installation(settings, client):
        if found.fatal:
            raise ConfigurationError(found.said)
        if not found.good:
            _log.warning("%s: %s", english(found.name), english(found.said))


async def _stop(running: asyncio.Task[None]) -> None:
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running
