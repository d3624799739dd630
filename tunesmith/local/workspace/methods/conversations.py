"""`conversations.*`: channels, their members and what was said in them."""

from collections.abc import Callable
from typing import Literal

from pydantic import Field

from tunesmith.local.workspace import people, posting
from tunesmith.local.workspace.conversations import (
    find_channel,
    find_message,
    joined_channel,
    visible_messages,
)
from tunesmith.local.workspace.errors import SlackError
from tunesmith.local.workspace.methods.method import Args, slack_method
from tunesmith.local.workspace.methods.pages import Page, paged
from tunesmith.local.workspace.methods.scopes import require_scope
from tunesmith.local.workspace.records import Channel, Json, Message
from tunesmith.local.workspace.render import render_channel, render_message
from tunesmith.local.workspace.workspace import Workspace

# Kinds of conversations and the scopes they need (https://docs.slack.dev/reference/scopes).
_FAMILIES = {"public_channel": "channels", "private_channel": "groups", "im": "im"}


class ChannelRef(Args):
    """Arguments of `conversations.join`."""

    channel: str


class ChannelInfo(ChannelRef):
    """Arguments of `conversations.info`."""

    include_num_members: bool = False


class ChannelList(Page):
    """Arguments of `conversations.list` and `users.conversations`."""

    types: str = "public_channel"
    exclude_archived: bool = False


class Members(Page):
    """Arguments of `conversations.members`."""

    channel: str


class History(Page):
    """Arguments of `conversations.history`; `oldest` and `latest` are timestamps."""

    channel: str
    latest: str | None = None
    oldest: str = "0"
    inclusive: bool = False
    include_all_metadata: bool = False


class Replies(History):
    """Arguments of `conversations.replies`."""

    ts: str
    limit: int = Field(1000, ge=0, le=1000)


class Open(Args):
    """Arguments of `conversations.open`."""

    channel: str | None = None
    users: str | None = None
    return_im: bool = False


@slack_method("conversations.list", ChannelList)
async def conversations_list(ws: Workspace, args: ChannelList) -> Json:
    """https://docs.slack.dev/reference/methods/conversations.list"""
    page, metadata = paged([render_channel(channel) for channel in _seen(ws, args)], args)
    return {"channels": page, **metadata}


class Memberships(ChannelList):
    """Arguments of `users.conversations`: whose, the bot's own where nobody is named."""

    user: str = people.BOT_USER


@slack_method("users.conversations", Memberships)
async def users_conversations(ws: Workspace, args: Memberships) -> Json:
    """https://docs.slack.dev/reference/methods/users.conversations: of another's private channels
    and direct messages, those that the bot is in too.
    """
    own = [channel for channel in _seen(ws, args) if args.user in channel.members]
    page, metadata = paged([render_channel(channel) for channel in own], args)
    return {"channels": page, **metadata}


def _seen(ws: Workspace, args: ChannelList) -> list[Channel]:
    """The channels of these kinds that the bot can know of. Raises SlackError."""
    kinds = {kind.strip() for kind in args.types.split(",") if kind.strip()}
    if not kinds <= {"public_channel", "private_channel", "mpim", "im"}:
        raise SlackError("invalid_types")
    for kind, family in _FAMILIES.items():
        if kind in kinds:
            require_scope(ws, f"{family}:read")
    return [
        channel
        for channel in ws.state.channels
        if _kind(channel) in kinds and not channel.is_hidden_from(people.BOT_USER)
    ]


@slack_method("conversations.info", ChannelInfo)
async def conversations_info(ws: Workspace, args: ChannelInfo) -> Json:
    """https://docs.slack.dev/reference/methods/conversations.info"""
    channel = find_channel(ws, args.channel)
    _require(ws, channel, "read")
    rendered = render_channel(channel)
    if not args.include_num_members:
        rendered.pop("num_members", None)
    return {"channel": rendered}


@slack_method("conversations.members", Members)
async def conversations_members(ws: Workspace, args: Members) -> Json:
    """https://docs.slack.dev/reference/methods/conversations.members"""
    channel = find_channel(ws, args.channel)
    _require(ws, channel, "read")
    page, metadata = paged(channel.members, args)
    return {"members": page, **metadata}


@slack_method("conversations.history", History)
async def conversations_history(ws: Workspace, args: History) -> Json:
    """https://docs.slack.dev/reference/methods/conversations.history"""
    channel = joined_channel(ws, args.channel)
    _require(ws, channel, "history")
    newest_first = [*filter(_window(args), visible_messages(ws, channel))][::-1]
    page, metadata = paged(newest_first, args)
    more = bool(metadata["response_metadata"]["next_cursor"])
    return {
        "messages": [render_message(ws, m, metadata=args.include_all_metadata) for m in page],
        "has_more": more,
        "pin_count": 0,
        **(metadata if more else {}),
    }


@slack_method("conversations.replies", Replies)
async def conversations_replies(ws: Workspace, args: Replies) -> Json:
    """https://docs.slack.dev/reference/methods/conversations.replies"""
    channel = joined_channel(ws, args.channel)
    _require(ws, channel, "history")
    message = ws.state.messages.find(channel.id, args.ts)
    if message is None or message.ephemeral_to:
        raise SlackError("thread_not_found")
    root = find_message(ws, channel, message.thread_ts) if message.thread_ts else message
    # The root comes first whatever the window is, as in Slack.
    replies = filter(_window(args), ws.state.messages.replies(root))
    page, metadata = paged([root, *replies], args)
    more = bool(metadata["response_metadata"]["next_cursor"])
    return {
        "messages": [render_message(ws, m, metadata=args.include_all_metadata) for m in page],
        "has_more": more,
        **(metadata if more else {}),
    }


@slack_method("conversations.open", Open, "im:write")
async def conversations_open(ws: Workspace, args: Open) -> Json:
    """https://docs.slack.dev/reference/methods/conversations.open, for one person's DM."""
    reference = args.channel or args.users
    if not reference:
        raise SlackError("users_list_not_supplied")
    if "," in reference:
        raise SlackError("method_not_supported_for_channel_type")
    if args.users and reference not in ws.state.users:
        raise SlackError("user_not_found")
    channel = find_channel(ws, reference)
    rendered = render_channel(channel) if args.return_im else {"id": channel.id}
    return {"no_op": True, "already_open": True, "channel": rendered}


@slack_method("conversations.join", ChannelRef, "channels:join")
async def conversations_join(ws: Workspace, args: ChannelRef) -> Json:
    """https://docs.slack.dev/reference/methods/conversations.join"""
    channel = find_channel(ws, args.channel)
    if channel.is_im or channel.is_private:
        raise SlackError("method_not_supported_for_channel_type")
    if people.BOT_USER in channel.members:
        warning = "already_in_channel"
        metadata = {"warnings": [warning]}
        rendered = render_channel(channel)
        return {"channel": rendered, "warning": warning, "response_metadata": metadata}
    posting.join(ws, channel, people.BOT_USER)
    return {"channel": render_channel(channel)}


def _require(ws: Workspace, channel: Channel, right: Literal["read", "history"]) -> None:
    require_scope(ws, f"{_FAMILIES[_kind(channel)]}:{right}")


def _kind(channel: Channel) -> str:
    """One of the `types` of `conversations.list`."""
    if channel.is_im:
        return "im"
    return "private_channel" if channel.is_private else "public_channel"


def _window(args: History) -> Callable[[Message], bool]:
    """Whether a message lies between `oldest` and `latest`. Raises SlackError."""
    oldest = _bound(args.oldest, "invalid_ts_oldest")
    latest = _bound(args.latest, "invalid_ts_latest") if args.latest else None

    def holds(message: Message) -> bool:
        ts = _number(message.ts)
        if args.inclusive:
            return oldest <= ts and (latest is None or ts <= latest)
        return oldest < ts and (latest is None or ts < latest)

    return holds


def _bound(ts: str, error: str) -> tuple[int, int]:
    try:
        return _number(ts)
    except ValueError:
        raise SlackError(error) from None


def _number(ts: str) -> tuple[int, int]:
    """A timestamp as two whole numbers: a float would lose the last digits."""
    seconds, _, micros = ts.partition(".")
    return int(seconds), int((micros + "000000")[:6])
