"""Faults on demand: what a provider does on a bad day, so that a client can be tested against it.

`POST /control/faults` sets one; docs/local-trainer.md describes the kinds.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, Literal

from aiohttp import web
from pydantic import Field

from tunesmith.local.trainer.api.bodies import has_gone, read_json
from tunesmith.local.trainer.api.errors import ApiError
from tunesmith.local.trainer.api.requests import Body

routes = web.RouteTableDef()


class Fault(Body):
    """The next `times` requests whose path starts with `path_prefix` meet this fault."""

    path_prefix: str
    method: str | None = None
    times: Annotated[int, Field(ge=1)]
    kind: Literal["status", "slow", "slow_after", "drop", "drop_after"]
    status: Annotated[int, Field(ge=400, le=599)] = 500
    retry_after: Annotated[int, Field(ge=0)] | None = None
    seconds: Annotated[float, Field(ge=0, le=600)] = 0


class Faults:
    """The faults that are still to come, in the order in which they were set."""

    def __init__(self) -> None:
        self._left: list[tuple[Fault, int]] = []

    def add(self, fault: Fault) -> None:
        """From now on."""
        self._left.append((fault, fault.times))

    def clear(self) -> None:
        """No more of them."""
        self._left.clear()

    def take(self, request: web.Request) -> Fault | None:
        """The fault that this request meets."""
        for place, (fault, left) in enumerate(self._left):
            if request.path.startswith(fault.path_prefix) and fault.method in (
                None,
                request.method,
            ):
                self._left[place : place + 1] = [(fault, left - 1)] if left > 1 else []
                return fault
        return None


FAULTS = web.AppKey("faults", Faults)


@routes.post("/control/faults")
async def create(request: web.Request) -> web.Response:
    """Set a fault."""
    request.app[FAULTS].add(await read_json(request, Fault))
    return web.json_response({"ok": True})


@routes.delete("/control/faults")
async def clear(request: web.Request) -> web.Response:
    """Take back the faults that are left."""
    request.app[FAULTS].clear()
    return web.json_response({"ok": True})


Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def meet_fault(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let the request meet the fault that waits for it."""
    fault = None if request.path.startswith("/control/") else request.app[FAULTS].take(request)
    if fault is None:
        return await handler(request)
    response: web.StreamResponse
    match fault.kind:
        case "status":
            headers = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
            raise ApiError(
                fault.status,
                "The server had an error while processing your request. Sorry about that!",
                kind="rate_limit_error" if fault.status == 429 else "server_error",
                headers=headers,
            )
        case "slow":
            await asyncio.sleep(fault.seconds)
            return web.Response() if has_gone(request) else await handler(request)
        case "slow_after":
            response = await handler(request)
            await asyncio.sleep(fault.seconds)
            return response
        case "drop":
            response = web.Response()
        case "drop_after":
            response = await handler(request)
    if request.transport:
        request.transport.abort()
    return response
