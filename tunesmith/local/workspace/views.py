"""Modals and Home tabs: each person's stack of views, and what they filled in."""

import hashlib

from tunesmith.local.workspace import inputs
from tunesmith.local.workspace.errors import SlackError
from tunesmith.local.workspace.records import Json, View
from tunesmith.local.workspace.render import render_attached, render_view
from tunesmith.local.workspace.workspace import Workspace

MAX_STACK = 3


def stack(ws: Workspace, user: str) -> list[View]:
    """A person's open modals, the topmost last."""
    return [view for view in ws.state.views if view.user == user and view.type == "modal"]


def home(ws: Workspace, user: str) -> View | None:
    """A person's Home tab, once the app published one."""
    found = (view for view in ws.state.views if view.user == user and view.type == "home")
    return next(found, None)


def add(ws: Workspace, user: str, body: Json, below: View | None = None) -> View:
    """Put a view on a person's stack, over `below`. Raises SlackError `duplicate_external_id`."""
    external_id = body.get("external_id") or ""
    check_external_id(ws, external_id)
    view_id = ws.state.new_id("V")
    view = View(
        id=view_id,
        user=user,
        type=body["type"],
        body=body,
        hash=new_hash(ws),
        external_id=external_id,
        root_view_id=below.root_view_id if below else view_id,
        previous_view_id=below.id if below else None,
    )
    ws.state.views.save(view.id, view)
    return view


def replace(ws: Workspace, view: View, body: Json) -> None:
    """Give a view new content; what was filled into inputs that stay is kept."""
    external_id = body.get("external_id") or ""
    if external_id != view.external_id:
        check_external_id(ws, external_id)
    kept = inputs.identities(body["blocks"])
    view.values = {
        block_id: {key: value for key, value in actions.items() if (block_id, key) in kept}
        for block_id, actions in view.values.items()
    }
    view.body = body
    view.external_id = external_id
    view.hash = new_hash(ws)
    ws.state.views.save(view.id, view)


def close(ws: Workspace, views: list[View]) -> None:
    """Take views off the screen."""
    with ws.state.store.transaction():
        for view in views:
            ws.state.views.delete(view.id)


def values(ws: Workspace, view: View) -> Json:
    """Slack's `state.values`: what is filled in, initial values included."""
    found = inputs.state_values(view.body["blocks"], view.values)
    for states in found.values():
        for action_id, state in states.items():
            if state["type"] == "file_input":
                files = [render_attached(ws, file_id) for file_id in state["files"]]
                states[action_id] = {**state, "files": files}
    return found


def with_state(ws: Workspace, view: View) -> Json:
    """The view object with its state, as people and interaction payloads see it."""
    return render_view(view, values=values(ws, view))


def show(ws: Workspace, user: str) -> None:
    """Tell the person's page what is on the stack now."""
    modals = [with_state(ws, view) for view in stack(ws, user)]
    ws.changes.publish({"type": "modals", "modals": modals}, user)


def show_home(ws: Workspace, view: View) -> None:
    """Tell the person's page what the Home tab shows now."""
    ws.changes.publish({"type": "home", "view": with_state(ws, view)}, view.user)


def check_external_id(ws: Workspace, external_id: str) -> None:
    """Raises SlackError `duplicate_external_id` where another view has it."""
    if external_id and any(view.external_id == external_id for view in ws.state.views):
        raise SlackError("duplicate_external_id")


def new_hash(ws: Workspace) -> str:
    """A hash that no other version of a view has."""
    ts = ws.state.next_ts()
    return f"{ts.split('.')[0]}.{hashlib.sha256(ts.encode()).hexdigest()[:8]}"
