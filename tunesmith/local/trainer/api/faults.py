"""Faults on demand: what a provider does on a bad day, so that a client can be tested against it.

`POST /control/faults` sets one; docs/local-trainer.md describes the kinds.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal, cast

import orjson
from aiohttp import web
from pydantic import Field

from tunesmith.local.trainer.api.bodies import has_gone, read_json
from tunesmith.local.trainer.api.errors import ApiError
from tunesmith.local.trainer.api.requests import Body

routes = web.RouteTableDef()


class Fault(Body):
    """The next `times` requests whose path starts with `path_prefix` meet this fault.

    After `lasts` seconds, what is left of them is taken back.
    """

    path_prefix: str
    method: str | None = None
    times: Annotated[int, Field(ge=1)]
    kind: Literal["status", "slow", "slow_after", "drop", "drop_after", "cut", "again", "odd"]
    status: Annotated[int, Field(ge=400, le=599)] = 500
    retry_after: Annotated[int, Field(ge=0)] | None = None
    seconds: Annotated[float, Field(ge=0, le=600)] = 0
    fields: dict[str, Any] = Field(default_factory=dict[str, Any])
    lasts: Annotated[float, Field(ge=0)] | None = None


@dataclass(slots=True)
class _Armed:
    """A fault, how many requests are still to meet it, and when it ends."""

    fault: Fault
    times: int
    end: float


class Faults:
    """The faults that are still to come, in the order in which they were set."""

    def __init__(self) -> None:
        self._left: list[_Armed] = []

    def add(self, fault: Fault) -> None:
        """From now on."""
        lasts = float("inf") if fault.lasts is None else fault.lasts
        self._left.append(_Armed(fault, fault.times, time.monotonic() + lasts))

    def clear(self) -> None:
        """No more of them."""
        self._left.clear()

    def take(self, request: web.Request) -> Fault | None:
        """The fault that this request meets."""
        now = time.monotonic()
        self._left = [armed for armed in self._left if armed.times and now < armed.end]
        for armed in self._left:
            fault = armed.fault
            if request.path.startswith(fault.path_prefix) and fault.method in (
                None,
                request.method,
            ):
                armed.times -= 1
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


_CUT_AFTER = web.RequestKey("cut_after", float)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def meet_fault(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let the request meet the fault that waits for it."""
    fault = None if request.path.startswith("/control/") else request.app[FAULTS].take(request)
    if fault is None:
        return await handler(request)
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
            response = web.Response() if has_gone(request) else await handler(request)
        case "slow_after":
            response = await handler(request)
            await asyncio.sleep(fault.seconds)
        case "cut":
            request[_CUT_AFTER] = fault.seconds
            response = await handler(request)
        case "again":
            first = request.clone(rel_url=request.rel_url.without_query_params("after"))
            response = _changed(await handler(first), {"has_more": True}, in_rows=False)
        case "odd":
            response = _changed(await handler(request), fault.fields)
        case "drop" | "drop_after":
            response = web.Response() if fault.kind == "drop" else await handler(request)
            if request.transport:
                request.transport.abort()
    return response


async def cut_later(request: web.Request, _response: web.StreamResponse) -> None:
    """Close the connection in the middle of an answer that has just begun, where that is asked."""
    seconds = request.get(_CUT_AFTER)
    if seconds is not None and request.transport:
        asyncio.get_running_loop().call_later(seconds, request.transport.abort)


def _changed(
    response: web.StreamResponse, fields: dict[str, Any], *, in_rows: bool = True
) -> web.StreamResponse:
    """A JSON answer with these fields instead; of a list, its objects are changed (`in_rows`)."""
    if not isinstance(response, web.Response) or response.status != 200 or not response.text:
        return response
    body: dict[str, Any] = orjson.loads(response.text)
    rows: list[dict[str, Any]] = body["data"] if in_rows and "has_more" in body else [body]
    for one in rows:
        _lay_over(one, fields)
    return web.json_response(body)


def _lay_over(thing: dict[str, Any], fields: dict[str, Any]) -> None:
    for name, value in fields.items():
        if isinstance(value, dict) and isinstance(thing.get(name), dict):
            _lay_over(thing[name], cast("dict[str, Any]", value))
        elif name in thing:
            thing[name] = value
