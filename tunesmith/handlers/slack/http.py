"""Slack's requests over HTTP: nothing of a body is used before its signature holds.

Bolt's own server verifies inside of its middleware, where an error is told to the address that the
body names. Here a request is read within limits of size and time and verified first; only then
does Bolt see it.
"""

import re
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_bolt.request.internals import parse_body
from slack_sdk.signature import SignatureVerifier

from tunesmith.bot import telemetry
from tunesmith.bot.listening import Unsigned, listening, read_body
from tunesmith.handlers.slack.payloads import Envelope

PATH = "/slack/events"
MOST_BYTES = 1 << 20  # many times the largest message with its blocks

# `int` takes signs, spaces, underscores and the digits of every script.
_TIMESTAMP = re.compile(r"[0-9]{1,12}")
_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}")
# What Bolt reads; other headers are not signed, and some of them steer it.
_HEADERS = ("content-type", "x-slack-retry-num", "x-slack-retry-reason")


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
    async with listening(
        [web.post(PATH, receiver.receive), *routes],
        host=host,
        port=port,
        setting="TUNESMITH_HTTP",
        answering=receiver.answering,
    ):
        yield


class _Receiver:
    """Verifies requests and hands them to Bolt; `answering` are the connections of those it has."""

    def __init__(self, app: AsyncApp, verifier: SignatureVerifier) -> None:
        self.answering: set[object] = set()
        self._app = app
        self._verifier = verifier
        self._unsigned = Unsigned()

    async def receive(self, request: web.Request) -> web.Response:
        body = await read_body(request, MOST_BYTES)
        if not self._is_signed(request, body):
            self._unsigned.note()
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


def _parse(request: web.Request, body: bytes) -> AsyncBoltRequest:
    headers = {name: request.headers[name] for name in _HEADERS if name in request.headers}
    try:
        parsed = parse_body(body.decode(), request.content_type)
        Envelope.read(parsed)
        return AsyncBoltRequest(body=body.decode(), headers=dict(headers))
    except Exception as error:  # Bolt fails in many ways on what is no request of Slack's
        raise web.HTTPBadRequest from error
