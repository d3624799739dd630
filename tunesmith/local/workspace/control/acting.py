"""Control calls with which a person writes, presses, picks, reacts."""

import uuid
from typing import Any, Literal

from aiohttp import web
from pydantic import model_validator

from tunesmith.local.workspace import people, posting, views
from tunesmith.local.workspace.control.common import (
    Body,
    channel_of,
    check_person,
    message_for,
    read_body,
    thread_of,
)
from tunesmith.local.workspace.errors import ControlError
from tunesmith.local.workspace.interactions.actions import Choice, act_in_view, act_on_message
from tunesmith.local.workspace.interactions.commands import run_command
from tunesmith.local.workspace.interactions.shortcuts import run_shortcut
from tunesmith.local.workspace.people_text import with_mentions
from tunesmith.local.workspace.records import Json, Message
from tunesmith.local.workspace.workspace import Workspace


class Writing(Body):
    """A person writes a message."""

    user: str
    channel: str
    text: str
    thread_ts: str | None = None


class Command(Body):
    """A person types a slash command."""

    user: str
    channel: str
    text: str


class Action(Body):
    """A person uses an element of a message, or of a view."""

    user: str
    action_id: str
    block_id: str | None = None
    value: Any = None
    channel: str | None = None
    message_ts: str | None = None
    view_id: str | None = None

    @model_validator(mode="after")
    def _names_one_place(self) -> "Action":
        on_message = self.channel is not None and self.message_ts is not None
        if on_message == (self.view_id is not None):
            raise ValueError("name either channel and message_ts, or view_id")
        return self


class ShortcutUse(Body):
    """A person runs a shortcut."""

    user: str
    callback_id: str
    channel: str | None = None
    message_ts: str | None = None


class Reaction(Body):
    """A person reacts to a message."""

    user: str
    channel: str
    ts: str
    name: str


class Invitation(Body):
    """A person adds someone to a channel: the bot, where nobody is named."""

    user: str
    channel: str
    member: str = people.BOT_USER


class OpenedTab(Body):
    """Who opens which tab of the app."""

    user: str
    tab: Literal["home", "messages"] = "home"


async def write(ws: Workspace, request: web.Request) -> Json:
    """A person writes in a channel or thread."""
    body = await read_body(request, Writing)
    channel = channel_of(ws, body.user, body.channel)
    if not body.text.strip():
        raise ControlError("no_text", "a message needs text")
    message = person_message(ws, body.user, channel.id, body.text)
    message.thread_ts = thread_of(ws, channel, body.thread_ts)
    posting.post(ws, message)
    return {"ts": message.ts}


async def delete(ws: Workspace, request: web.Request) -> Json:
    """A person deletes one of their own messages."""
    user, ts = request.query.get("user", ""), request.query.get("ts", "")
    message = message_for(ws, user, channel_of(ws, user, request.query.get("channel", "")), ts)
    if message.user != user:
        raise ControlError("cant_delete_message", f"{user} did not write this message")
    posting.delete(ws, message)
    return {}


async def command(ws: Workspace, request: web.Request) -> Json:
    """A person types a slash command."""
    body = await read_body(request, Command)
    channel = channel_of(ws, body.user, body.channel)
    return {"response": await run_command(ws, body.user, channel, body.text)}


async def action(ws: Workspace, request: web.Request) -> Json:
    """A person presses a button or picks an option."""
    body = await read_body(request, Action)
    choice = Choice(body.action_id, body.block_id, body.value)
    if body.view_id is not None:
        view = ws.state.views.get(body.view_id)
        if view is None or view.user != check_person(ws, body.user):
            raise ControlError("view_not_found", f"{body.user} has no view {body.view_id}", 404)
        await act_in_view(ws, body.user, view, choice)
        return {}
    channel = channel_of(ws, body.user, body.channel or "")
    message = message_for(ws, body.user, channel, body.message_ts or "")
    await act_on_message(ws, body.user, channel, message, choice)
    return {}


async def shortcut(ws: Workspace, request: web.Request) -> Json:
    """A person runs a global or message shortcut."""
    body = await read_body(request, ShortcutUse)
    channel = channel_of(ws, check_person(ws, body.user), body.channel) if body.channel else None
    message = None
    if channel is not None and body.message_ts:
        message = message_for(ws, body.user, channel, body.message_ts)
    await run_shortcut(ws, body.user, body.callback_id, channel, message)
    return {}


async def reaction(ws: Workspace, request: web.Request) -> Json:
    """A person reacts; the same reaction again takes it back."""
    body = await read_body(request, Reaction)
    channel = channel_of(ws, body.user, body.channel)
    message = message_for(ws, body.user, channel, body.ts)
    name = body.name.strip(":")
    if not posting.react(ws, message, body.user, name, add=True):
        posting.react(ws, message, body.user, name, add=False)
    return {}


async def invite(ws: Workspace, request: web.Request) -> Json:
    """A person adds someone, or the bot, to a channel."""
    body = await read_body(request, Invitation)
    channel = channel_of(ws, body.user, body.channel)
    inviter = ws.state.users[body.user]
    if inviter.is_restricted or inviter.team != people.TEAM_ID:
        raise ControlError("cant_invite", f"{body.user} may not add anyone")
    if body.member not in ws.state.users:
        raise ControlError("user_not_found", f"nobody here has the id {body.member}", 404)
    if channel.is_im or body.member in channel.members:
        raise ControlError("cant_invite", f"{body.member} cannot be added to {channel.id}")
    posting.join(ws, channel, body.member, inviter=body.user)
    return {}


async def home(ws: Workspace, request: web.Request) -> Json:
    """A person opens the app's Home tab, or its messages."""
    body = await read_body(request, OpenedTab)
    user = check_person(ws, body.user)
    view = views.home(ws, user) if body.tab == "home" else None
    event: Json = {
        "type": "app_home_opened",
        "user": user,
        "channel": channel_of(ws, user, user).id,
        "tab": body.tab,
        "event_ts": ws.state.next_ts(),
    }
    ws.deliveries.emit(event | ({"view": views.with_state(ws, view)} if view else {}))
    return {}


def person_message(ws: Workspace, user: str, channel: str, text: str) -> Message:
    """A message a person wrote, not posted yet."""
    return Message(
        channel=channel,
        ts=ws.state.next_ts(),
        user=user,
        text=with_mentions(ws, text),
        client_msg_id=str(uuid.uuid4()),
    )
