"""Faults on demand: the next calls fail in a chosen way."""

import asyncio
import time
from typing import Literal

from aiohttp import web
from pydantic import BaseModel, Field

from tunesmith.local.workspace.errors import SlackError
from tunesmith.local.workspace.responses import too_many_requests


class Fault(BaseModel):
    """`times` calls of `method` fail: a Web API method, `*` for any of them, or `url_private`,
    `upload_url` and `response_url`. `slow` waits before the call takes effect, which it does not
    where the app has gone meanwhile, `slow_after` before the answer; `drop` loses the request
    before it takes effect, `drop_after` loses only the answer. `stream_closed` ends the stream that
    `chat.appendStream` or `chat.stopStream` is about to use. `odd` answers a call that took effect
    with `body`, and HTTP status 200; `redirect` sends the caller to `location`. After
    `lasts` seconds, what is left of them is taken back.
    """

    method: str
    times: int = Field(1, ge=1)
    kind: Literal[
        "error",
        "rate_limited",
        "status",
        "slow",
        "slow_after",
        "drop",
        "drop_after",
        "stream_closed",
        "odd",
        "redirect",
    ]
    error: str = "internal_error"
    retry_after: int = Field(1, ge=0)
    status: int = Field(503, ge=400, le=599)
    seconds: float = Field(1.0, ge=0)
    body: str = "<html>sign in</html>"
    content_type: str = "text/html"
    location: str = ""
    lasts: float | None = Field(None, ge=0)


class Faults:
    """The faults that wait for a call."""

    def __init__(self) -> None:
        self._faults: list[tuple[Fault, float]] = []

    def add(self, fault: Fault) -> None:
        """Arm a fault."""
        lasts = float("inf") if fault.lasts is None else fault.lasts
        self._faults.append((fault, time.monotonic() + lasts))

    def take(self, method: str) -> Fault | None:
        """The fault this call meets, if any; counts it down."""
        is_web_api = "." in method
        for fault in self.waiting():
            if fault.method == method or (fault.method == "*" and is_web_api):
                fault.times -= 1
                return fault
        return None

    def waiting(self) -> list[Fault]:
        """The faults that still wait for a call, oldest first; `times` is what is left."""
        now = time.monotonic()
        self._faults = [(fault, end) for fault, end in self._faults if fault.times and now < end]
        return [fault for fault, _ in self._faults]

    def clear(self) -> None:
        """Disarm all faults."""
        self._faults.clear()


async def strike_before(fault: Fault | None, request: web.Request) -> None:
    """What a fault does before the call takes effect. Raises SlackError or an HTTP error."""
    match fault:
        case Fault(kind="error"):
            raise SlackError(fault.error)
        case Fault(kind="rate_limited"):
            raise too_many_requests(fault.retry_after)
        case Fault(kind="status"):
            raise _http_error(fault.status)
        case Fault(kind="redirect"):
            raise web.HTTPTemporaryRedirect(fault.location)
        case Fault(kind="slow"):
            await asyncio.sleep(fault.seconds)
            if request.transport is None or request.transport.is_closing():
                raise _http_error(503)
        case Fault(kind="drop"):
            _cut(request)
            raise _http_error(503)
        case _:
            pass


async def strike_after(fault: Fault | None, request: web.Request) -> None:
    """What a fault does once the call took effect."""
    match fault:
        case Fault(kind="slow_after"):
            await asyncio.sleep(fault.seconds)
        case Fault(kind="drop_after"):
            _cut(request)
        case _:
            pass


def _http_error(status: int) -> web.HTTPException:
    return type("InjectedError", (web.HTTPException,), {"status_code": status})(text="")


def _cut(request: web.Request) -> None:
    """Drop the connection, so that the client never gets an answer."""
    if request.transport is not None:
        request.transport.abort()
