"""An app on slack_sdk's own Socket Mode client that notes what it gets and answers as told."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Any, cast

from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from tests.support.waiting import PATIENCE

Json = dict[str, Any]
NO_ACK = object()


class SocketApp:
    """`answer` gives each request's acknowledgement: a payload, None for a bare one, or NO_ACK."""

    def __init__(self, socket: SocketModeClient) -> None:
        self.socket = socket
        self.received: list[SocketModeRequest] = []
        self.answer: Callable[[SocketModeRequest], Any] = lambda _: None
        self._news = asyncio.Condition()

    @classmethod
    @asynccontextmanager
    async def connected(
        cls, client: AsyncWebClient, ping_interval: float = 5
    ) -> AsyncGenerator["SocketApp"]:
        socket = SocketModeClient(
            app_token="xapp-local", web_client=client, ping_interval=ping_interval
        )
        app = cls(socket)
        socket.socket_mode_request_listeners.append(app._handle)
        await socket.connect()
        try:
            yield app
        finally:
            await socket.close()
            await asyncio.sleep(0)

    async def next(self, kind: str, after: int = 0, seconds: float = PATIENCE) -> Json:
        """The payload of the first request whose type (or event type) is `kind`."""
        found = await self.all(kind, after + 1, seconds)
        return found[after]

    async def all(self, kind: str, count: int, seconds: float = PATIENCE) -> list[Json]:
        """The payloads of `count` requests of this kind, waiting until there are as many."""
        async with asyncio.timeout(seconds), self._news:
            await self._news.wait_for(lambda: len(self.of(kind)) >= count)
        return self.of(kind)

    def of(self, kind: str) -> list[Json]:
        """The payloads of this kind so far."""
        return [request.payload for request in self.received if _kind(request) == kind]

    async def _handle(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        answer = self.answer(request)
        if asyncio.iscoroutine(answer):
            answer = await answer
        async with self._news:
            self.received.append(request)
            self._news.notify_all()
        if answer is not NO_ACK:
            response = SocketModeResponse(envelope_id=request.envelope_id, payload=answer)
            await client.send_socket_mode_response(response)


def _kind(request: SocketModeRequest) -> str:
    payload = cast("Json", request.payload)
    if request.type == "events_api":
        return payload["event"]["type"]
    return payload.get("type", request.type)
