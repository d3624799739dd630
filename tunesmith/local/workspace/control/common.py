"""Reading control requests: bodies, people, channels, messages."""

from typing import TypeVar

from aiohttp import web
from pydantic import BaseModel, ConfigDict

from tunesmith.local.workspace.conversations import find_channel, thread_root
from tunesmith.local.workspace.errors import ControlError
from tunesmith.local.workspace.records import Channel, Message
from tunesmith.local.workspace.workspace import Workspace


class Body(BaseModel):
    """Base of the JSON bodies: unknown members are refused."""

    model_config = ConfigDict(extra="forbid", coerce_numbers_to_str=True)


BodyT = TypeVar("BodyT", bound=Body)


async def read_body(request: web.Request, model: type[BodyT]) -> BodyT:
    """The JSON body. Raises pydantic.ValidationError."""
    return model.model_validate_json(await request.read() or b"{}")


def check_person(ws: Workspace, user: str) -> str:
    """The id of a person here. Raises ControlError `user_not_found`."""
    person = ws.state.users.get(user)
    if person is None or person.is_bot:
        raise ControlError("user_not_found", f"nobody here has the id {user}", 404)
    return user


def channel_of(ws: Workspace, user: str, reference: str) -> Channel:
    """A channel this person is in. Raises ControlError, SlackError."""
    channel = find_channel(ws, reference, user)
    if check_person(ws, user) not in channel.members:
        raise ControlError("not_in_channel", f"{user} is not in {channel.id}")
    return channel


def message_for(ws: Workspace, user: str, channel: Channel, ts: str) -> Message:
    """A message this person sees, ephemeral ones included. Raises ControlError."""
    message = ws.state.messages.find(channel.id, ts)
    if message is None or message.ephemeral_to not in (None, user):
        raise ControlError("message_not_found", f"no message {ts} in {channel.id}", 404)
    return message


def thread_of(ws: Workspace, channel: Channel, thread_ts: str | None) -> str | None:
    """The root a reply belongs to. Raises ControlError `thread_not_found`."""
    if not thread_ts:
        return None
    root = thread_root(ws, channel.id, thread_ts)
    if root is None:
        raise ControlError("thread_not_found", f"no message {thread_ts} in {channel.id}", 404)
    return root
