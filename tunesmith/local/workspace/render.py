"""Turns what the workspace remembers into the JSON objects of Slack's reference."""

from urllib.parse import quote

from tunesmith.local.workspace import people
from tunesmith.local.workspace.records import Channel, File, Json, Message, Share, User, View
from tunesmith.local.workspace.workspace import Workspace


def render_message(ws: Workspace, message: Message, *, metadata: bool = True) -> Json:
    """A message object, https://docs.slack.dev/reference/events/message.

    Roots carry their thread's counts; `metadata` is left out where nobody asked for it.
    """
    out: Json = {"type": "message", "user": message.user, "text": message.text, "ts": message.ts}
    optional: Json = {
        "subtype": message.subtype,
        # Slack leaves the team out of messages that share files.
        "team": None if message.subtype == "file_share" else _team_of(ws, message),
        "client_msg_id": message.client_msg_id,
        "blocks": message.all_blocks,
        "attachments": message.attachments,
        "reactions": _reactions(message),
        "metadata": message.metadata if metadata else None,
        "is_ephemeral": message.ephemeral_to is not None,
        "hidden": message.subtype == "tombstone",
    }
    out |= {name: value for name, value in optional.items() if value}
    if message.from_app:
        out |= _authorship(ws, message)
    elif _team_of(ws, message) != people.TEAM_ID:
        out |= _foreign_authorship(ws.state.users[message.user])
    if message.files:
        out |= {"files": [render_attached(ws, file_id) for file_id in message.files]}
        out |= {"upload": False, "display_as_bot": False}
    if message.edited_ts:
        out["edited"] = {"user": message.edited_by, "ts": message.edited_ts}
    if message.stream is not None:
        out["streaming"] = message.stream.open
    return out | _threading(ws, message)


def _team_of(ws: Workspace, message: Message) -> str:
    author = ws.state.users.get(message.user)
    return author.team if author else people.TEAM_ID


def _foreign_authorship(user: User) -> Json:
    """What a message of someone from another organisation carries besides."""
    return {
        "user_team": user.team,
        "source_team": user.team,
        "user_profile": {
            "name": user.name,
            "real_name": user.real_name,
            "display_name": user.display_name,
            "team": user.team,
            "is_restricted": user.is_restricted,
            "is_ultra_restricted": user.is_ultra_restricted,
        },
    }


def _reactions(message: Message) -> list[Json]:
    return [
        {"name": name, "users": users, "count": len(users)}
        for name, users in message.reactions.items()
    ]


def _authorship(ws: Workspace, message: Message) -> Json:
    name = ws.state.users[people.BOT_USER].real_name
    out: Json = {
        "bot_id": people.BOT_ID,
        "app_id": people.APP_ID,
        "bot_profile": {
            "id": people.BOT_ID,
            "app_id": people.APP_ID,
            "user_id": people.BOT_USER,
            "name": message.username or name,
            "icons": message.icons or {},
            "deleted": False,
            "updated": people.CREATED,
            "team_id": people.TEAM_ID,
        },
    }
    if message.username:
        out["username"] = message.username
    if message.icons:
        out["icons"] = message.icons
    return out


def _threading(ws: Workspace, message: Message) -> Json:
    if message.is_reply and message.thread_ts:
        root = ws.state.messages.find(message.channel, message.thread_ts)
        out: Json = {"thread_ts": message.thread_ts}
        if root is not None:
            out["parent_user_id"] = root.user
            if message.broadcast:
                out["root"] = {
                    key: value
                    for key, value in render_message(ws, root, metadata=False).items()
                    if key != "root"
                }
        return out
    replies = ws.state.messages.replies(message)
    if not replies:
        return {"thread_ts": message.ts} if message.thread_ts else {}
    repliers = list(dict.fromkeys(reply.user for reply in replies))
    return {
        "thread_ts": message.ts,
        "reply_count": len(replies),
        "reply_users_count": len(repliers),
        "reply_users": repliers[:5],
        "latest_reply": replies[-1].ts,
        "is_locked": False,
        "subscribed": True,
    }


def render_attached(ws: Workspace, file_id: str) -> Json:
    """A file inside a message; a deleted one leaves a tombstone."""
    file = ws.state.files.get(file_id)
    return render_file(ws, file) if file else {"id": file_id, "mode": "tombstone"}


def render_file(ws: Workspace, file: File) -> Json:
    """A file object, https://docs.slack.dev/reference/objects/file-object."""
    path = f"{ws.base_url}/files-pri/{people.TEAM_ID}-{file.id}"
    name = quote(file.name.lower(), safe="")
    public, groups, ims = _shares_by_kind(ws, file)
    return {
        "id": file.id,
        "created": file.created,
        "timestamp": file.created,
        "name": file.name,
        "title": file.title,
        "mimetype": file.mimetype,
        "filetype": file.filetype,
        "pretty_type": file.pretty_type,
        "user": file.user,
        "user_team": ws.state.users[file.user].team,
        "editable": False,
        "size": file.size,
        "mode": "hosted",
        "is_external": False,
        "external_type": "",
        "is_public": bool(public),
        "public_url_shared": False,
        "display_as_bot": False,
        "username": "",
        "url_private": f"{path}/{name}",
        "url_private_download": f"{path}/download/{name}",
        "permalink": f"{ws.base_url}/files/{file.user}/{file.id}/{name}",
        "comments_count": 0,
        "is_starred": False,
        "has_rich_preview": False,
        "file_access": "visible",
        "channels": [share.channel for share in public],
        "groups": [share.channel for share in groups],
        "ims": [share.channel for share in ims],
        "shares": {
            kind: _shares(ws, shares, file.user)
            for kind, shares in (("public", public), ("private", groups + ims))
            if shares
        },
    } | ({"alt_txt": file.alt_txt} if file.alt_txt else {})


def _shares_by_kind(ws: Workspace, file: File) -> tuple[list[Share], list[Share], list[Share]]:
    """In public channels, in private ones, and in direct messages."""
    public: list[Share] = []
    groups: list[Share] = []
    ims: list[Share] = []
    for share in file.shares:
        channel = ws.state.channels.get(share.channel)
        if channel is None or channel.is_im:
            ims.append(share)
        else:
            (groups if channel.is_private else public).append(share)
    return public, groups, ims


def _shares(ws: Workspace, shares: list[Share], user: str) -> Json:
    out: Json = {}
    for share in shares:
        channel = ws.state.channels.get(share.channel)
        entry: Json = {
            "ts": share.ts,
            "channel_name": channel.name if channel else "",
            "team_id": people.TEAM_ID,
            "share_user_id": user,
            "source": "UNKNOWN",
            "reply_users": [],
            "reply_users_count": 0,
            "reply_count": 0,
        }
        if share.thread_ts:
            entry["thread_ts"] = share.thread_ts
        out.setdefault(share.channel, []).append(entry)
    return out


def render_channel(channel: Channel) -> Json:
    """A conversation object, https://docs.slack.dev/reference/objects/conversation-object."""
    if channel.is_im:
        return {
            "id": channel.id,
            "created": channel.created,
            "is_im": True,
            "is_channel": False,
            "is_group": False,
            "is_mpim": False,
            "is_private": True,
            "is_archived": False,
            "is_org_shared": False,
            "user": channel.user,
            "is_user_deleted": False,
            "is_open": True,
            "priority": 0,
        }
    return {
        "id": channel.id,
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": True,
        "is_group": False,
        "is_im": False,
        "is_mpim": False,
        "is_private": channel.is_private,
        "is_archived": False,
        "is_general": channel.name == "general",
        "is_shared": bool(channel.connected_teams),
        "is_org_shared": False,
        "is_ext_shared": bool(channel.connected_teams),
        "is_member": people.BOT_USER in channel.members,
        "created": channel.created,
        "creator": channel.creator,
        "unlinked": 0,
        "context_team_id": people.TEAM_ID,
        "shared_team_ids": [people.TEAM_ID, *channel.connected_teams],
        "connected_team_ids": channel.connected_teams,
        "topic": {"value": channel.topic, "creator": channel.creator, "last_set": channel.created},
        "purpose": {
            "value": channel.purpose,
            "creator": channel.creator,
            "last_set": channel.created,
        },
        "previous_names": [],
        "num_members": len(channel.members),
    }


def render_user(ws: Workspace, user: User, *, locale: bool = False) -> Json:
    """A user object, https://docs.slack.dev/reference/objects/user-object.

    Someone of another organisation has no email here, and is a stranger in no channel of the bot's.
    """
    out: Json = {
        "id": user.id,
        "team_id": user.team,
        "name": user.name,
        "deleted": False,
        "color": user.color,
        "real_name": user.real_name,
        "tz": user.tz,
        "profile": {
            "title": "",
            "real_name": user.real_name,
            "real_name_normalized": user.real_name,
            "display_name": user.display_name,
            "display_name_normalized": user.display_name,
            "team": user.team,
        },
        "is_admin": False,
        "is_owner": False,
        "is_primary_owner": False,
        "is_restricted": user.is_restricted,
        "is_ultra_restricted": user.is_ultra_restricted,
        "is_bot": user.is_bot,
        "is_app_user": False,
        "updated": people.CREATED,
    }
    if user.is_bot:
        out["profile"] |= {"api_app_id": people.APP_ID, "bot_id": people.BOT_ID}
    elif user.team != people.TEAM_ID:
        both = {user.id, people.BOT_USER}
        out["is_stranger"] = not any(both <= set(one.members) for one in ws.state.channels)
    else:
        out["profile"]["email"] = user.email
    return out | ({"locale": user.locale} if locale else {})


def render_view(view: View, *, values: Json | None = None) -> Json:
    """A view object, https://docs.slack.dev/reference/views; `values` are shown as its state."""
    body = view.body
    return {
        "id": view.id,
        "team_id": people.TEAM_ID,
        "type": view.type,
        "blocks": body["blocks"],
        "private_metadata": body.get("private_metadata", ""),
        "callback_id": body.get("callback_id", ""),
        "state": {"values": values or {}},
        "hash": view.hash,
        "title": body.get("title") or {"type": "plain_text", "text": "View Title", "emoji": True},
        "clear_on_close": body.get("clear_on_close", False),
        "notify_on_close": body.get("notify_on_close", False),
        "close": body.get("close"),
        "submit": body.get("submit"),
        "previous_view_id": view.previous_view_id,
        "root_view_id": view.root_view_id,
        "app_id": people.APP_ID,
        "external_id": view.external_id,
        "app_installed_team_id": people.TEAM_ID,
        "bot_id": people.BOT_ID,
    }
