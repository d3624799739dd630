"""HTTP servers that others reach: requests are read within limits of size and time.

A connection carries one request: a proxy that kept one open could send the next just as it is
closed.
"""

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp import web

from tunesmith.bot.errors import ConfigurationError
from tunesmith.bot.messages import say

READ_SECONDS = 5.0  # Slack itself waits for three
MOST_CONNECTIONS = 256

_LINGER_SECONDS = 1.0
_STOP_SECONDS = 5.0
_LOG_SECONDS = 60.0

_log = logging.getLogger(__name__)


@asynccontextmanager
async def listening(
    routes: Sequence[web.RouteDef],
    *,
    host: str,
    port: int,
    setting: str,
    answering: Collection[object] = (),
) -> AsyncGenerator[None]:
    """Serve the routes until the end of the block.

    Where there are too many connections, the oldest is closed, but for the `answering` ones.
    `setting` is what the names of the settings of host and port begin with. Raises
    ConfigurationError where nobody can listen there.
    """
    app = web.Application(middlewares=[_answer_once])
    app.add_routes(routes)
    unused = logging.Logger("unused")
    unused.disabled = True  # aiohttp writes a traceback for each request that is no HTTP
    runner = web.AppRunner(
        app,
        access_log=None,
        logger=unused,
        auto_decompress=False,
        keepalive_timeout=READ_SECONDS,
        lingering_time=_LINGER_SECONDS,
        shutdown_timeout=_STOP_SECONDS,
    )
    await runner.setup()
    try:
        try:
            listener = await _listen(runner, host, port, answering)
        except OSError as error:
            said = error.strerror or ""
            raise ConfigurationError(
                say("setting.cannot_listen", host=host, port=port, said=said, setting=setting)
            ) from error
        try:
            yield
        finally:
            listener.close()
    finally:
        await runner.cleanup()


async def _listen(
    runner: web.AppRunner, host: str, port: int, answering: Collection[object]
) -> asyncio.Server:
    server = runner.server
    assert server is not None
    loop = asyncio.get_running_loop()

    def connect() -> asyncio.Protocol:
        loop.call_later(0, close_oldest)  # many may come at once: not before they are connected
        return server()

    def close_oldest() -> None:
        # Oldest first. One that was closed stays in the list for a moment.
        connected = [one for one in server.connections if one.transport is not None]
        idle = [one for one in connected if one not in answering]
        for oldest in idle[: max(0, len(connected) - MOST_CONNECTIONS)]:
            oldest.force_close()

    return await loop.create_server(connect, host, port)


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
    except Exception:  # noqa: BLE001 - whatever it is, who asked is told that it was not taken
        _log.exception("A request was not answered")
        response = web.Response(status=500)
    response.force_close()
    return response


async def read_body(request: web.Request, most: int) -> bytes:
    """The whole body, if it comes in time and has no more than `most` bytes."""
    body = bytearray()
    try:
        async with asyncio.timeout(READ_SECONDS):
            async for chunk in request.content.iter_any():
                body += chunk
                if len(body) > most:
                    raise web.HTTPRequestEntityTooLarge(most, len(body))
    except TimeoutError as error:
        raise web.HTTPRequestTimeout from error
    except (ConnectionError, web.RequestPayloadError) as error:
        raise web.HTTPBadRequest from error
    return bytes(body)


@dataclass
class Unsigned:
    """How many requests were refused since that was last logged: a flood is a line a minute."""

    count: int = 0
    logged: float = float("-inf")

    def note(self) -> None:
        """One more."""
        self.count += 1
        if time.monotonic() > self.logged + _LOG_SECONDS:
            _log.warning("%d requests without a valid signature were refused", self.count)
            self.count, self.logged = 0, time.monotonic()
