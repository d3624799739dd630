"""Control calls that only look."""

from aiohttp import web

from tunesmith.local.workspace import people, views
from tunesmith.local.workspace.control.common import channel_of, check_person
from tunesmith.local.workspace.conversations import find_channel, visible_messages
from tunesmith.local.workspace.errors import ControlError
from tunesmith.local.workspace.records import Channel, Json, Message
from tunesmith.local.workspace.render import render_channel, render_message, render_user
from tunesmith.local.workspace.workspace import Workspace


async def state(ws: Workspace, _request: web.Request) -> Json:
    """Everything a client needs at start."""
    features = ws.manifest.features
    return {
        "team": {
            "id": people.TEAM_ID,
            "name": people.TEAM_NAME,
            "domain": people.DOMAINS[people.TEAM_ID],
        },
        "teams": people.TEAMS,
        "app": {
            "id": people.APP_ID,
            "name": ws.manifest.display_information.name,
            "bot_id": people.BOT_ID,
            "bot_user_id": people.BOT_USER,
            "bot_name": features.bot_user.display_name,
            "scopes": ws.manifest.scopes,
            "events": ws.manifest.events,
            "connections": ws.sockets.count,
        },
        "users": [render_user(ws, user, locale=True) for user in ws.state.users.values()],
        "channels": [_channel(channel) for channel in ws.state.channels],
        "commands": [command.model_dump() for command in features.slash_commands],
        "shortcuts": [shortcut.model_dump() for shortcut in features.shortcuts],
    }


async def messages(ws: Workspace, request: web.Request) -> Json:
    """The roots of a channel or one thread, oldest first."""
    query = request.query
    if not query.get("channel"):
        raise ControlError("invalid_arguments", "channel: missing")
    user = query.get("user")
    reference = query["channel"]
    channel = channel_of(ws, user, reference) if user else find_channel(ws, reference, None)
    found = _in_thread(ws, channel, query.get("thread_ts"), user)
    return {"messages": [render_message(ws, message) for message in found]}


async def open_views(ws: Workspace, request: web.Request) -> Json:
    """A person's modals, topmost last, and Home tab."""
    user = check_person(ws, request.query.get("user", ""))
    home = views.home(ws, user)
    return {
        "modals": [views.with_state(ws, view) for view in views.stack(ws, user)],
        "home": views.with_state(ws, home) if home else None,
    }


async def calls(ws: Workspace, request: web.Request) -> Json:
    """The app's Web API calls so far."""
    return {"calls": ws.calls.list(request.query.get("method"))}


async def faults(ws: Workspace, _request: web.Request) -> Json:
    """The faults that no call has met yet."""
    return {"faults": [fault.model_dump() for fault in ws.faults.waiting()]}


async def deliveries(ws: Workspace, _request: web.Request) -> Json:
    """The events on their way to the app or delivered, oldest first."""
    return {
        "deliveries": [
            {
                "event_id": one.event_id,
                "type": one.type,
                "attempts": one.attempts,
                "acked": one.acked,
            }
            for one in ws.state.deliveries
        ]
    }


def _in_thread(
    ws: Workspace, channel: Channel, thread_ts: str | None, user: str | None
) -> list[Message]:
    whispers = [
        message
        for message in ws.state.messages.in_channel(channel.id)
        if message.ephemeral_to and message.ephemeral_to == user and message.thread_ts == thread_ts
    ]
    if thread_ts:
        root = ws.state.messages.find(channel.id, thread_ts)
        if root is None or root.ephemeral_to:
            raise ControlError("thread_not_found", f"no message {thread_ts}", 404)
        return [root, *sorted([*ws.state.messages.replies(root), *whispers], key=_by_ts)]
    return sorted([*visible_messages(ws, channel), *whispers], key=_by_ts)


def _by_ts(message: Message) -> tuple[int, str]:
    return len(message.ts), message.ts


def _channel(channel: Channel) -> Json:
    return render_channel(channel) | {
        "name": channel.name,
        "topic": channel.topic,
        "members": channel.members,
        "is_im": channel.is_im,
        "suggested": channel.suggested,
        "statuses": channel.statuses,
        "bot_is_member": people.BOT_USER in channel.members,
    }
