"""`reactions.*`."""

import re

from tunesmith.local.workspace import people, posting
from tunesmith.local.workspace.conversations import find_message, joined_channel
from tunesmith.local.workspace.errors import SlackError
from tunesmith.local.workspace.methods.method import Args, slack_method
from tunesmith.local.workspace.records import Json, Message
from tunesmith.local.workspace.render import render_message
from tunesmith.local.workspace.workspace import Workspace

_NAME = re.compile(r"[a-z0-9_'+-]+(::skin-tone-[2-6])?")


class MessageAt(Args):
    """Arguments of `reactions.get`."""

    channel: str
    timestamp: str


class Reaction(MessageAt):
    """Arguments of `reactions.add` and `reactions.remove`."""

    name: str


@slack_method("reactions.add", Reaction, "reactions:write")
async def add(ws: Workspace, args: Reaction) -> Json:
    """https://docs.slack.dev/reference/methods/reactions.add"""
    message = _message(ws, args)
    if not _NAME.fullmatch(args.name):
        raise SlackError("invalid_name")
    if not posting.react(ws, message, people.BOT_USER, args.name, add=True):
        raise SlackError("already_reacted")
    return {}


@slack_method("reactions.remove", Reaction, "reactions:write")
async def remove(ws: Workspace, args: Reaction) -> Json:
    """https://docs.slack.dev/reference/methods/reactions.remove"""
    message = _message(ws, args)
    if not posting.react(ws, message, people.BOT_USER, args.name, add=False):
        raise SlackError("no_reaction")
    return {}


@slack_method("reactions.get", MessageAt, "reactions:read")
async def get(ws: Workspace, args: MessageAt) -> Json:
    """https://docs.slack.dev/reference/methods/reactions.get"""
    message = _message(ws, args)
    rendered = render_message(ws, message)
    return {"type": "message", "channel": message.channel, "message": rendered}


def _message(ws: Workspace, args: MessageAt) -> Message:
    return find_message(ws, joined_channel(ws, args.channel), args.timestamp)
