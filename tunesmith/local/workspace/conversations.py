"""Finding conversations and messages, with Slack's errors where there are none."""

from tunesmith.local.workspace import people
from tunesmith.local.workspace.errors import SlackError
from tunesmith.local.workspace.records import Channel, File, Message
from tunesmith.local.workspace.workspace import Workspace


def find_channel(ws: Workspace, reference: str, viewer: str | None = people.BOT_USER) -> Channel:
    """The conversation by id, `#name`, name, or user id (that person's DM with the bot).

    Raises SlackError `channel_not_found`, also for a private channel that `viewer` is not in;
    None sees every channel.
    """
    name = reference.removeprefix("#")
    for channel in ws.state.channels:
        if reference == channel.id or (name and name in (channel.name, channel.user)):
            if viewer is not None and channel.is_hidden_from(viewer):
                break
            return channel
    raise SlackError("channel_not_found")


def joined_channel(ws: Workspace, reference: str) -> Channel:
    """A conversation the bot is a member of. Raises SlackError `not_in_channel` otherwise."""
    channel = find_channel(ws, reference)
    if people.BOT_USER not in channel.members:
        raise SlackError("not_in_channel")
    return channel


def bot_sees(ws: Workspace, file: File) -> bool:
    """False for a file that people share only in private channels without the bot."""
    channels = [ws.state.channels.get(share.channel) for share in file.shares]
    hidden = [channel is None or channel.is_hidden_from(people.BOT_USER) for channel in channels]
    return file.user == people.BOT_USER or not hidden or not all(hidden)


def find_message(ws: Workspace, channel: Channel, ts: str) -> Message:
    """A message everyone in the channel sees. Raises SlackError `message_not_found`."""
    message = ws.state.messages.find(channel.id, ts)
    if message is None or message.ephemeral_to:
        raise SlackError("message_not_found")
    return message


def thread_root(ws: Workspace, channel: str, ts: str) -> str | None:
    """The root of the thread that a reply to `ts` belongs to: a reply to a reply goes to the same
    thread. None where there is no such message.
    """
    message = ws.state.messages.find(channel, ts)
    if message is None or message.ephemeral_to:
        return None
    return message.thread_ts or message.ts


def visible_messages(ws: Workspace, channel: Channel) -> list[Message]:
    """A channel's timeline, oldest first: roots and broadcast replies, nothing ephemeral."""
    return [
        message
        for message in ws.state.messages.in_channel(channel.id)
        if not message.ephemeral_to and (message.broadcast or not message.is_reply)
    ]
