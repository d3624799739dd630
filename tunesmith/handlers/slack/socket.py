"""Socket Mode: two connections to Slack, each replaced as soon as it ends.

Slack sends an event or a command by any one of an app's connections (up to ten), so that while one
is replaced the other takes what comes. slack_sdk's own client (3.47, `socket_mode/aiohttp`) notices
a dropped connection after up to two ping intervals, tries a ticket again that was used, closes a
connection before it has the next, and acknowledges by the newest connection instead of the one that
an event came by.

https://docs.slack.dev/apis/events-api/using-socket-mode
"""

import asyncio
import json
import logging
import random
import time
from typing import Any

import aiohttp
from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app, send_async_response
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

from tunesmith.bot import telemetry
from tunesmith.bot.services import Services
from tunesmith.handlers.slack.catch_up import arm_catch_up

_CONNECTIONS = 2
_EVENTS_AT_ONCE = 16  # a command that comes behind hundreds of them is not to wait for all
_CONNECT_SECONDS = 10.0
_PING_SECONDS = 10.0  # aiohttp closes a connection whose pong takes half as long
_LEAVE_SECONDS = 3.0  # as long as Slack waits for an acknowledgement
_GAP_SECONDS = 10.0  # so that a connection that drops again and again has the history read rarely
_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 30.0
# Reasons of a `disconnect` after which the next connection would meet the same.
_REFUSED = frozenset({"too_many_websockets", "link_disabled"})

_log = logging.getLogger(__name__)


async def serve(
    app: AsyncApp, app_token: str, services: Services, connected: set[object] | None = None
) -> None:
    """Take what Slack sends by Socket Mode, until cancelled; `connected` holds what is open."""
    await arm_catch_up(services)
    presence = _Presence(set() if connected is None else connected)
    async with asyncio.TaskGroup() as group:
        group.create_task(presence.catch_up(services))
        for _ in range(_CONNECTIONS):
            group.create_task(_stay_connected(app, app_token, presence))


class _Presence:
    """Which connections take what comes, and whether there was a moment without any."""

    def __init__(self, connected: set[object]) -> None:
        self.events = asyncio.Semaphore(_EVENTS_AT_ONCE)
        self._connected = connected
        self._here = asyncio.Event()
        self._gap = asyncio.Event()

    def come(self, connection: object) -> None:
        """One more."""
        self._connected.add(connection)
        telemetry.SOCKETS.set(len(self._connected))
        self._here.set()

    def go(self, connection: object) -> None:
        """One less; one that is not here any more changes nothing."""
        if connection not in self._connected:
            return
        self._connected.discard(connection)
        telemetry.SOCKETS.set(len(self._connected))
        if not self._connected:
            self._here.clear()
            self._gap.set()

    async def catch_up(self, services: Services) -> None:
        """Have the history read after each gap: Slack's next try comes after a minute."""
        while True:
            await self._gap.wait()
            await asyncio.sleep(_GAP_SECONDS)
            await self._here.wait()
            self._gap.clear()
            try:
                await arm_catch_up(services)
            except Exception:  # noqa: BLE001 - drivers have their own errors
                _log.exception("The database does not take tasks; trying again")
                self._gap.set()


async def _stay_connected(app: AsyncApp, app_token: str, presence: _Presence) -> None:
    pause = 0.0
    async with asyncio.TaskGroup() as group:
        while True:
            connection = _Connection(app, app_token, presence)
            group.create_task(connection.run())
            await connection.over.wait()
            pause = 0.0 if connection.was_of_use else min(2 * pause + _FIRST_PAUSE, _LONGEST_PAUSE)
            await asyncio.sleep(pause * random.uniform(0.5, 1))


class _Connection(AsyncBaseSocketModeClient):
    """One connection: what comes by it is acknowledged by it.

    `over` is set as soon as another is to take its place, while this one may still be answering.
    """

    def __init__(self, app: AsyncApp, app_token: str, presence: _Presence) -> None:
        self.logger = app.logger
        self.over = asyncio.Event()
        self.was_of_use = False
        self._app = app
        self._app_token = app_token
        self._presence = presence
        self._answering: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Connect, and take what comes until the connection ends."""
        try:
            self._socket = await self._connect()
            async with self._socket:
                await self._receive(self._socket)
        except SlackApiError as error:
            _log.warning("Slack refuses a connection: %s", error)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            _log.warning("No connection to Slack: %s", error)
        except Exception:  # noqa: BLE001 - one connection takes no other with it
            _log.exception("A connection to Slack broke off")
        finally:
            self._end()

    async def send_message(self, message: str) -> None:
        """Send a text frame; Bolt acknowledges by it."""
        await self._socket.send_str(message)

    async def _connect(self) -> aiohttp.ClientWebSocketResponse:
        client = self._app.client
        ticket: Any = await client.apps_connections_open(app_token=self._app_token)
        assert client.session is not None
        async with asyncio.timeout(_CONNECT_SECONDS):
            return await client.session.ws_connect(
                str(ticket["url"]),
                heartbeat=_PING_SECONDS,
                proxy=client.proxy,
                ssl=client.ssl or True,
            )

    async def _receive(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        async for frame in socket:
            if frame.type is not aiohttp.WSMsgType.TEXT:
                continue
            message: dict[str, Any] = json.loads(frame.data)
            if message.get("type") == "hello":
                self.was_of_use = True
                self._presence.come(self)
            elif message.get("type") == "disconnect":
                self._leave(str(message.get("reason")))
            elif (request := SocketModeRequest.from_dict(message)) is not None:
                task = asyncio.create_task(self._answer(request))
                self._answering.add(task)
                task.add_done_callback(self._answering.discard)

    def _end(self) -> None:
        self.over.set()
        self._presence.go(self)

    def _leave(self, reason: str) -> None:
        if reason in _REFUSED:
            self.was_of_use = False
            _log.warning("Slack ends a connection: %s", reason)
        self._end()
        loop = asyncio.get_running_loop()
        loop.call_later(_LEAVE_SECONDS, lambda: loop.create_task(self._socket.close()))

    async def _answer(self, request: SocketModeRequest) -> None:
        if request.type == "events_api":
            async with self._presence.events:
                await self._acknowledge(request)
        else:
            await self._acknowledge(request)

    async def _acknowledge(self, request: SocketModeRequest) -> None:
        began = time.time()
        try:
            with telemetry.acknowledging():
                response = await run_async_bolt_app(self._app, request)
                await send_async_response(self, request, response, began)
        except ConnectionError:
            _log.info("An acknowledgement was lost with its connection")
