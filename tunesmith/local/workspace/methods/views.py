"""`views.*`: open, push, update, publish."""

from typing import Any

from tunesmith.local.workspace import views
from tunesmith.local.workspace.errors import SlackError
from tunesmith.local.workspace.interactions.triggers import exchange
from tunesmith.local.workspace.methods.method import Args, slack_method
from tunesmith.local.workspace.records import Json, View
from tunesmith.local.workspace.render import render_view
from tunesmith.local.workspace.validate.views import checked_view
from tunesmith.local.workspace.workspace import Workspace


class Open(Args):
    """Arguments of `views.open` and `views.push`."""

    view: Any
    trigger_id: str | None = None
    interactivity_pointer: str | None = None


class Update(Args):
    """Arguments of `views.update`."""

    view: Any
    view_id: str | None = None
    external_id: str | None = None
    hash: str | None = None


class Publish(Args):
    """Arguments of `views.publish`."""

    user_id: str
    view: Any
    hash: str | None = None


@slack_method("views.open", Open)
async def open_view(ws: Workspace, args: Open) -> Json:
    """https://docs.slack.dev/reference/methods/views.open; modals already open are replaced."""
    body = checked_view(args.view, "modal")
    with ws.state.store.transaction():
        trigger = exchange(ws, args.trigger_id or args.interactivity_pointer)
        views.close(ws, views.stack(ws, trigger.user))
        view = views.add(ws, trigger.user, body)
    views.show(ws, trigger.user)
    return {"view": render_view(view)}


@slack_method("views.push", Open)
async def push_view(ws: Workspace, args: Open) -> Json:
    """https://docs.slack.dev/reference/methods/views.push"""
    body = checked_view(args.view, "modal")
    with ws.state.store.transaction():
        trigger = exchange(ws, args.trigger_id or args.interactivity_pointer)
        stack = views.stack(ws, trigger.user)
        if trigger.view_id not in {view.id for view in stack}:
            raise SlackError("not_found")
        if len(stack) >= views.MAX_STACK:
            raise SlackError("push_limit_reached")
        view = views.add(ws, trigger.user, body, below=stack[-1])
    views.show(ws, trigger.user)
    return {"view": render_view(view)}


@slack_method("views.update", Update)
async def update_view(ws: Workspace, args: Update) -> Json:
    """https://docs.slack.dev/reference/methods/views.update"""
    view = _find(ws, args)
    body = checked_view(args.view, view.type)
    if args.hash and args.hash != view.hash:
        raise SlackError("hash_conflict")
    views.replace(ws, view, body)
    if view.type == "home":
        views.show_home(ws, view)
    else:
        views.show(ws, view.user)
    return {"view": render_view(view, values=views.values(ws, view))}


@slack_method("views.publish", Publish)
async def publish_view(ws: Workspace, args: Publish) -> Json:
    """https://docs.slack.dev/reference/methods/views.publish"""
    if args.user_id not in ws.state.users:
        raise SlackError("user_not_found")
    if not ws.manifest.features.app_home.home_tab_enabled:
        raise SlackError("not_enabled")
    body = checked_view(args.view, "home")
    view = views.home(ws, args.user_id)
    if args.hash and (view is None or args.hash != view.hash):
        raise SlackError("hash_conflict")
    if view is None:
        view = views.add(ws, args.user_id, body)
    else:
        views.replace(ws, view, body)
    views.show_home(ws, view)
    return {"view": render_view(view)}


def _find(ws: Workspace, args: Update) -> View:
    for view in ws.state.views:
        if args.view_id == view.id or (args.external_id and args.external_id == view.external_id):
            return view
    raise SlackError("not_found")
