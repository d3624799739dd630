"""Messages come and go: each change is remembered, shown to viewers and told to the app at once."""

from tunesmith.local.workspace import events, people
from tunesmith.local.workspace.records import (
    Channel,
    DeletedFile,
    File,
    Json,
    Message,
    Share,
    is_object,
)
from tunesmith.local.workspace.render import render_file, render_message
from tunesmith.local.workspace.workspace import Workspace

_TOMBSTONE = "tombstone"


def post(ws: Workspace, message: Message) -> None:
    """Add a message, with the files it shares."""
    with ws.state.store.transaction():
        ws.state.messages.put(message)
        _share_files(ws, message)
        _tell_posted(ws, message)
        _end_status(ws, message)
    _show(ws, "message", message)
    if message.is_reply:
        _show_root(ws, message)


def post_ephemeral(ws: Workspace, message: Message) -> None:
    """Add a message only one person sees; the app hears nothing of it."""
    ws.state.messages.put(message)
    _show(ws, "ephemeral", message)


def edit(ws: Workspace, message: Message, before: Json | None = None) -> None:
    """Save a changed message. The app hears of it only with `before`, how it was rendered."""
    with ws.state.store.transaction():
        ws.state.messages.put(message)
        if before is not None:
            _tell_changed(ws, message, before)
    _show(ws, "message_changed", message)


def delete(ws: Workspace, message: Message) -> None:
    """Remove a message; a root with replies leaves a tombstone, as in Slack."""
    if ws.state.messages.replies(message):
        _bury(ws, message)
        return
    before = render_message(ws, message)
    with ws.state.store.transaction():
        ws.state.messages.remove(message)
        if not message.ephemeral_to:
            _tell_deleted(ws, message, before)
    change: Json = {
        "type": "message_deleted",
        "channel": message.channel,
        "ts": message.ts,
        "thread_ts": message.thread_ts,
    }
    ws.changes.publish(change, message.ephemeral_to)
    if message.is_reply and not message.ephemeral_to:
        _lose_reply(ws, message)


def _bury(ws: Workspace, root: Message) -> None:
    """Leave a tombstone; the app hears of a change, see openclaw/openclaw#22035 for an example."""
    tombstone = Message(
        channel=root.channel,
        ts=root.ts,
        user="USLACKBOT",
        text="This message was deleted.",
        thread_ts=root.ts,
        subtype=_TOMBSTONE,
    )
    edit(ws, tombstone, render_message(ws, root, metadata=False))


def _lose_reply(ws: Workspace, reply: Message) -> None:
    """A tombstone goes with its last reply, see slack-edge/slack-edge#10 for an example."""
    root = ws.state.messages.find(reply.channel, reply.thread_ts or "")
    if root is not None and root.subtype == _TOMBSTONE and not ws.state.messages.replies(root):
        delete(ws, root)
    else:
        _show_root(ws, reply)


def delete_file(ws: Workspace, file: File, user: str) -> None:
    """Remove a file; the messages that showed it keep a tombstone of it."""
    with ws.state.store.transaction():
        ws.state.files.delete(file.id)
        ws.state.deleted_files.save(file.id, DeletedFile(id=file.id))
        event = {"type": "file_deleted", "file_id": file.id, "user_id": user}
        ws.deliveries.emit(event | {"event_ts": ws.state.next_ts()})
    ws.files.delete(file.id)
    ws.changes.publish({"type": "file", "file": {"id": file.id, "mode": "tombstone"}})
    for share in file.shares:
        message = ws.state.messages.find(share.channel, share.ts)
        if message is not None:
            _show(ws, "message_changed", message)


def join(ws: Workspace, channel: Channel, user: str, inviter: str | None = None) -> None:
    """Add a member to a channel."""
    with ws.state.store.transaction():
        channel.members.append(user)
        ws.state.channels.save(channel.id, channel)
        event: Json = {
            "type": "member_joined_channel",
            "user": user,
            "channel": channel.id,
            "channel_type": "G" if channel.is_private else "C",
            "team": ws.state.users[user].team,
            "event_ts": ws.state.next_ts(),
        }
        if _hears(channel):
            ws.deliveries.emit(event | ({"inviter": inviter} if inviter else {}))
    ws.changes.publish({"type": "channel", "channel": channel.id})


def react(ws: Workspace, message: Message, user: str, name: str, *, add: bool) -> bool:
    """Add or remove a reaction; False where it already was so."""
    users = message.reactions.get(name, [])
    if (user in users) == add:
        return False
    users = [*users, user] if add else [one for one in users if one != user]
    message.reactions = {**message.reactions, name: users}
    message.reactions = {key: value for key, value in message.reactions.items() if value}
    with ws.state.store.transaction():
        ws.state.messages.put(message)
        channel = ws.state.channels.get(message.channel)
        if channel is not None and _hears(channel):
            event: Json = {
                "type": "reaction_added" if add else "reaction_removed",
                "user": user,
                "reaction": name,
                "item_user": message.user,
                "item": {"type": "message", "channel": message.channel, "ts": message.ts},
                "event_ts": ws.state.next_ts(),
            }
            ws.deliveries.emit(event)
    _show(ws, "message_changed", message)
    return True


def _share_files(ws: Workspace, message: Message) -> None:
    for file_id in message.files:
        file = ws.state.files.get(file_id)
        if file is None:
            continue
        thread_ts = message.thread_ts if message.is_reply else None
        share = Share(channel=message.channel, ts=message.ts, thread_ts=thread_ts)
        file.shares = [*file.shares, share]
        ws.state.files.save(file.id, file)
        ws.changes.publish({"type": "file", "file": render_file(ws, file)})


def _tell_posted(ws: Workspace, message: Message) -> None:
    channel = ws.state.channels.get(message.channel)
    if channel is None or not _hears(channel):
        return
    event = events.pushed(channel, render_message(ws, message, metadata=False))
    event |= {"channel": message.channel, "event_ts": message.ts}
    ws.deliveries.emit(event | {"channel_type": events.channel_type(channel)})
    for file_id in message.files:
        shared = {"type": "file_shared", "channel_id": message.channel, "file_id": file_id}
        shared |= {"user_id": message.user, "file": {"id": file_id}, "event_ts": message.ts}
        ws.deliveries.emit(shared)
    if f"<@{people.BOT_USER}>" in message.text and not (channel.is_im or message.from_app):
        mention = {key: value for key, value in event.items() if key != "subtype"}
        ws.deliveries.emit(mention | {"type": "app_mention"})


def _end_status(ws: Workspace, message: Message) -> None:
    """What the app said that it does in a thread goes when it posts there."""
    channel = ws.state.channels.get(message.channel)
    if channel is not None and message.from_app and message.thread_ts in channel.statuses:
        del channel.statuses[message.thread_ts]
        ws.state.channels.save(channel.id, channel)
        ws.changes.publish({"type": "channel", "channel": channel.id})


def _tell_changed(ws: Workspace, message: Message, before: Json) -> None:
    after = render_message(ws, message, metadata=False)
    _tell_hidden(ws, message, "message_changed", {"message": after, "previous_message": before})


def _tell_deleted(ws: Workspace, message: Message, before: Json) -> None:
    details = {"deleted_ts": message.ts, "previous_message": before}
    _tell_hidden(ws, message, "message_deleted", details)


def _tell_hidden(ws: Workspace, message: Message, subtype: str, details: Json) -> None:
    channel = ws.state.channels.get(message.channel)
    if channel is None or not _hears(channel):
        return
    ts = ws.state.next_ts()
    event: Json = {
        "type": "message",
        "subtype": subtype,
        "hidden": True,
        "channel": channel.id,
        "channel_type": events.channel_type(channel),
        "ts": ts,
        "event_ts": ts,
    }
    for part, value in details.items():
        event[part] = events.pushed(channel, value) if is_object(value) else value
    ws.deliveries.emit(event)


def _hears(channel: Channel) -> bool:
    return people.BOT_USER in channel.members


def _show(ws: Workspace, change: str, message: Message) -> None:
    rendered = render_message(ws, message)
    ws.changes.publish(
        {"type": change, "channel": message.channel, "message": rendered}, message.ephemeral_to
    )


def _show_root(ws: Workspace, reply: Message) -> None:
    root = ws.state.messages.find(reply.channel, reply.thread_ts or "")
    if root is not None:
        _show(ws, "message_changed", root)
