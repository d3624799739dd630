"""Control calls that make the workspace misbehave, repeat itself or start over."""

from typing import Literal

from aiohttp import web

from tunesmith.local.workspace.control.common import Body, read_body
from tunesmith.local.workspace.errors import ControlError
from tunesmith.local.workspace.faults import Fault
from tunesmith.local.workspace.records import Json
from tunesmith.local.workspace.workspace import Workspace


class Redelivery(Body):
    """Which event."""

    event_id: str


class Limits(Body):
    """Whether rate limits are kept."""

    on: bool


class Membership(Body):
    """Who is in a user group from now on."""

    group: str
    users: list[str]


class Disconnection(Body):
    """Why; `drop` cuts the connections without a word."""

    reason: Literal[
        "warning", "refresh_requested", "too_many_websockets", "link_disabled", "drop"
    ] = "refresh_requested"


async def fault(ws: Workspace, request: web.Request) -> Json:
    """Make the next calls of a method fail."""
    ws.faults.add(Fault.model_validate_json(await request.read()))
    return {}


async def no_faults(ws: Workspace, _request: web.Request) -> Json:
    """Take back the faults that are left."""
    ws.faults.clear()
    return {}


async def limits(ws: Workspace, request: web.Request) -> Json:
    """Switch Slack's rate limits on or off."""
    ws.limits.switch(on=(await read_body(request, Limits)).on)
    return {}


async def user_group(ws: Workspace, request: web.Request) -> Json:
    """Set who is in a user group, as its admins do."""
    body = await read_body(request, Membership)
    group = ws.state.user_groups.get(body.group)
    if group is None or not set(body.users) <= set(ws.state.users):
        raise ControlError("group_not_found", f"no group {body.group} of these people", 404)
    ws.state.user_groups.save(group.id, group.model_copy(update={"users": body.users}))
    return {}


async def redeliver(ws: Workspace, request: web.Request) -> Json:
    """Deliver an event once more."""
    body = await read_body(request, Redelivery)
    delivery = ws.state.deliveries.get(body.event_id)
    if delivery is None:
        raise ControlError("event_not_found", f"no event {body.event_id}", 404)
    reply = await ws.deliveries.repeat(delivery)
    return {"acked": reply.acked}


async def disconnect(ws: Workspace, request: web.Request) -> Json:
    """Send `disconnect` to every socket, or drop them."""
    body = await read_body(request, Disconnection)
    await ws.sockets.disconnect(body.reason)
    return {}


async def reset(ws: Workspace, _request: web.Request) -> Json:
    """Back to a fresh workspace."""
    ws.reset()
    return {}
