"""Socket Mode: single-use tickets, the app's WebSockets, envelopes and acknowledgements.

https://docs.slack.dev/apis/events-api/using-socket-mode
"""

import asyncio
import contextlib
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

import orjson
from aiohttp import WSMsgType, web

from tunesmith.local.workspace import people
from tunesmith.local.workspace.records import Json, is_object
from tunesmith.local.workspace.transport import Kind, Reply, Retry

MAX_SOCKETS = 10
_TICKET_SECONDS = 30.0
_LEAVE_SECONDS = 10.0  # how long a client told to leave may take before it is cut off
_HOST = "local-workspace"


@dataclass(eq=False)
class _Socket:
    ws: web.WebSocketResponse
    request: web.Request
    leaving: bool = False
    waiting: dict[str, asyncio.Future[Any]] = field(default_factory=dict[str, asyncio.Future[Any]])

    def abort(self) -> None:
        """Cut the connection without a closing handshake."""
        if self.request.transport is not None:
            self.request.transport.abort()


class SocketHub:
    """The app's open sockets. Every envelope goes to exactly one of them, in turn."""

    def __init__(self, ack_seconds: float) -> None:
        self._ack_seconds = ack_seconds
        self._tickets: dict[str, float] = {}
        self._sockets: list[_Socket] = []

    @property
    def count(self) -> int:
        """How many sockets are open."""
        return len(self._sockets)

    def issue_ticket(self) -> str:
        """A ticket that opens one socket, once, within half a minute."""
        now = time.monotonic()
        self._tickets = {key: end for key, end in self._tickets.items() if end > now}
        ticket = str(uuid.uuid4())
        self._tickets[ticket] = now + _TICKET_SECONDS
        return ticket

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Handle one connection of the app until it ends."""
        if self._tickets.pop(request.query.get("ticket", ""), 0.0) < time.monotonic():
            raise web.HTTPForbidden(text="invalid or used ticket")
        ws = web.WebSocketResponse(timeout=0.5, max_msg_size=16 * 1024 * 1024)
        await ws.prepare(request)
        socket = _Socket(ws, request)
        if len(self._sockets) >= MAX_SOCKETS:
            await _say_goodbye(socket, "too_many_websockets")
            await ws.close()
            return ws
        self._sockets.append(socket)
        try:
            await _send(socket, self._hello())
            async for frame in ws:
                if frame.type is WSMsgType.TEXT:
                    _receive(socket, frame.data)
        finally:
            self._sockets.remove(socket)
            for future in socket.waiting.values():
                if not future.done():
                    future.set_result(Reply("operation_timeout", reason="timeout"))
        return ws

    async def send(self, kind: Kind, payload: Json, retry: Retry | None = None) -> Reply:
        """Deliver to one socket and wait for its acknowledgement."""
        envelope: Json = {
            "envelope_id": str(uuid.uuid4()),
            "type": kind,
            "payload": payload,
            "accepts_response_payload": _accepts_response(kind, payload),
        }
        if retry is not None:
            envelope |= {"retry_attempt": retry.attempt, "retry_reason": retry.reason}
        socket = self._next()
        if socket is None:
            return Reply("dispatch_failed", reason="timeout")
        future: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        socket.waiting[envelope["envelope_id"]] = future
        try:
            await _send(socket, envelope)
            return await asyncio.wait_for(future, self._ack_seconds)
        except (TimeoutError, ConnectionError):
            return Reply("operation_timeout", reason="timeout")
        finally:
            socket.waiting.pop(envelope["envelope_id"], None)

    async def disconnect(self, reason: str) -> None:
        """Tell every client to reconnect, or with `drop` cut the connections at once."""
        for socket in list(self._sockets):
            if reason == "drop":
                socket.abort()
                continue
            await _say_goodbye(socket, reason)
            if reason != "warning":
                socket.leaving = True
                asyncio.get_running_loop().call_later(_LEAVE_SECONDS, socket.abort)

    async def close(self) -> None:
        """Close every socket."""
        await asyncio.gather(*(socket.ws.close() for socket in list(self._sockets)))

    def _next(self) -> _Socket | None:
        staying = [socket for socket in self._sockets if not socket.leaving]
        choice = next(iter(staying or self._sockets), None)
        if choice is not None:
            self._sockets.remove(choice)
            self._sockets.append(choice)
        return choice

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self._sockets),
            "debug_info": {
                "host": _HOST,
                "build_number": 1,
                "approximate_connection_time": 18060,
            },
            "connection_info": {"app_id": people.APP_ID},
        }


async def _send(socket: _Socket, message: Json) -> None:
    await socket.ws.send_str(orjson.dumps(message).decode())


async def _say_goodbye(socket: _Socket, reason: str) -> None:
    goodbye = {"type": "disconnect", "reason": reason, "debug_info": {"host": _HOST}}
    with contextlib.suppress(ConnectionError):
        await _send(socket, goodbye)


def _receive(socket: _Socket, data: str) -> None:
    try:
        ack: object = orjson.loads(data)
    except orjson.JSONDecodeError:
        return
    if not is_object(ack):
        return
    future = socket.waiting.get(str(ack.get("envelope_id")))
    if future is not None and not future.done():
        future.set_result(Reply(payload=ack.get("payload")))


def _accepts_response(kind: Kind, payload: Json) -> bool:
    if kind == "interactive":
        return payload.get("type") in ("view_submission", "block_suggestion")
    return kind == "slash_commands"
