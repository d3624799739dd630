"""Control calls with which a person submits or closes a modal."""

from typing import Any

from aiohttp import web
from pydantic import Field

from tunesmith.local.workspace.control.common import Body, check_person, read_body
from tunesmith.local.workspace.errors import ControlError
from tunesmith.local.workspace.interactions import modals
from tunesmith.local.workspace.records import Json, View
from tunesmith.local.workspace.workspace import Workspace


class Submission(Body):
    """`values` by action_id, or `{block_id: {action_id: value}}`."""

    user: str
    values: dict[str, Any] = Field(default_factory=dict)


class Closing(Body):
    """Who closes."""

    user: str


async def submit(ws: Workspace, request: web.Request) -> Json:
    """Fill in and submit a modal."""
    body = await read_body(request, Submission)
    return await modals.submit(ws, _modal(ws, request, body.user), body.values)


async def close(ws: Workspace, request: web.Request) -> Json:
    """Close a modal."""
    body = await read_body(request, Closing)
    modals.close(ws, _modal(ws, request, body.user))
    return {}


def _modal(ws: Workspace, request: web.Request, user: str) -> View:
    view = ws.state.views.get(request.match_info["id"])
    if view is None or view.type != "modal" or view.user != check_person(ws, user):
        raise ControlError("view_not_found", f"{user} has no such modal open", 404)
    return view
