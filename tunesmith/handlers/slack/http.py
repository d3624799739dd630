"""Slack's requests over HTTP: nothing of a body is used before its signature holds.

Bolt's own server verifies inside of its middleware, where an error is told to the address that the
body names. Here a request is read within limits of size and time and verified first; only then
does Bolt see it. A connection carries one request: a proxy that kept one open could send the next
just as it is closed.
"""

import asyncio
import logging
import re
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_bolt.request.internals import parse_body
from slack_sdk.signature import SignatureVerifier

from tunesmith.bot import telemetry
from tunesmith.bot.errors import ConfigurationError
from tunesmith.bot.messages import say
from tunesmith.handlers.slack.payloads import Envelope

PATH = "/slack/events"
MOST_BYTES = 1 << 20  # many times the largest message with its blocks
READ_SECONDS = 5.0  # Slack itself waits for three
MOST_CONNECTIONS = 256

_LINGER_SECONDS = 1.0
_STOP_SECONDS = 5.0
_LOG_SECONDS = 60.0
# `int` takes signs, spaces, underscores and the digits of every script.
_TIMESTAMP = re.compile(r"[0-9]{1,12}")
_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}")
# What Bolt reads; other headers are not signed, and some of them steer it.
_HEADERS = ("content-type", "x-slack-retry-num", "x-slack-retry-reason")

_log = logging.getLogger(__name__)


@asynccontextmanager
async def serving(
    app: AsyncApp,
    *,
    signing_secret: str,
    host: str,
    port: int,
    routes: Sequence[web.RouteDef] = (),
) -> AsyncGenerator[None]:
    """Take Slack's requests at `PATH`, and others at their `routes`, until the end of the block.

    `app` must leave verification to this. Raises ConfigurationError where nobody can listen there.
    """
    receiver = _Receiver(app, SignatureVerifier(signing_secret))
    server = web.Application(middlewares=[_answer_once], client_max_size=MOST_BYTES)
    server.router.add_post(PATH, receiver.receive)
    server.add_routes(routes)
    unused = logging.Logger("unused")
    unused.disabled = True  # aiohttp writes a traceback for each request that is no HTTP
    runner = web.AppRunner(
        server,
        access_log=None,
        logger=unused,
        auto_decompress=False,
        keepalive_timeout=READ_SECONDS,
        lingering_time=_LINGER_SECONDS,
        shutdown_timeout=_STOP_SECONDS,
    )
    await runner.setup()
    try:
        listening = await _listen(receiver, runner, host, port)
        try:
            yield
        finally:
            listening.close()
    finally:
        await runner.cleanup()


async def _listen(
    receiver: "_Receiver", runner: web.AppRunner, host: str, port: int
) -> asyncio.Server:
    """Listen; where there are too many connections, the oldest unfinished one is closed."""
    server = runner.server
    assert server is not None
    loop = asyncio.get_running_loop()

    def connect() -> asyncio.Protocol:
        loop.call_later(0, close_oldest)  # many may come at once: not before they are connected
        return server()

    def close_oldest() -> None:
        # Oldest first. One that was closed stays in the list for a moment.
        connected = [one for one in server.connections if one.transport is not None]
        idle = [one for one in connected if one not in receiver.answering]
        for oldest in idle[: max(0, len(connected) - MOST_CONNECTIONS)]:
            oldest.force_close()

    try:
        return await loop.create_server(connect, host, port)
    except OSError as error:
        said = say(
            "setting.cannot_listen",
            host=host,
            port=port,
            said=error.strerror or "",
            setting="TUNESMITH_HTTP",
        )
        raise ConfigurationError(said) from error


@web.middleware
async def _answer_once(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Close the connection after the answer, whatever the answer is."""
    try:
        response = await handler(request)
    except web.HTTPException as refusal:
        refusal.force_close()
        raise
    except Exception:  # noqa: BLE001 - whatever it is, Slack is told that it was not taken
        _log.exception("A request was not answered")
        response = web.Response(status=500)
    response.force_close()
    return response


@dataclass
class _Refusals:
    """How many requests were refused since that was last logged: a flood is a line a minute."""

    count: int = 0
    logged: float = float("-inf")

    def note(self) -> None:
        self.count += 1
        if time.monotonic() > self.logged + _LOG_SECONDS:
            _log.warning("%d requests without a valid signature were refused", self.count)
            self.count, self.logged = 0, time.monotonic()


class _Receiver:
    """Verifies requests and hands them to Bolt; `answering` are the connections of those it has."""

    def __init__(self, app: AsyncApp, verifier: SignatureVerifier) -> None:
        self.answering: set[object] = set()
        self._app = app
        self._verifier = verifier
        self._refusals = _Refusals()

    async def receive(self, request: web.Request) -> web.Response:
        body = await _read(request)
        if not self._is_signed(request, body):
            self._refusals.note()
            raise web.HTTPUnauthorized
        self.answering.add(request.protocol)
        try:
            with telemetry.acknowledging():
                answer = await self._app.async_dispatch(_parse(request, body))
            return await to_aiohttp_response(answer)
        finally:
            self.answering.discard(request.protocol)

    def _is_signed(self, request: web.Request, body: bytes) -> bool:
        stamp = request.headers.get("X-Slack-Request-Timestamp", "")
        signature = request.headers.get("X-Slack-Signature", "")
        if not (_TIMESTAMP.fullmatch(stamp) and _SIGNATURE.fullmatch(signature)):
            return False
        try:
            return self._verifier.is_valid(body, stamp, signature)
        except UnicodeDecodeError:
            return False


async def _read(request: web.Request) -> bytes:
    """The whole body, if it comes in time and is not too large."""
    try:
        async with asyncio.timeout(READ_SECONDS):
            return await request.read()
    except TimeoutError as error:
        raise web.HTTPRequestTimeout from error
    except (ConnectionError, web.RequestPayloadError) as error:
        raise web.HTTPBadRequest from error


def _parse(request: web.Request, body: bytes) -> AsyncBoltRequest:
    headers = {name: request.headers[name] for name in _HEADERS if name in request.headers}
    try:
        parsed = parse_body(body.decode(), request.content_type)
        Envelope.read(parsed)
        return AsyncBoltRequest(body=body.decode(), headers=dict(headers))
    except Exception as error:  # Bolt fails in many ways on what is no request of Slack's
        raise web.HTTPBadRequest from error
