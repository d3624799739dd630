"""`chat.*` without streaming: post, update, delete, whisper, link."""

from typing import Any

from tunesmith.local.workspace import people, posting
from tunesmith.local.workspace.conversations import (
    find_channel,
    find_message,
    joined_channel,
    thread_root,
)
from tunesmith.local.workspace.errors import SlackError
from tunesmith.local.workspace.methods.method import Args, slack_method
from tunesmith.local.workspace.records import Json, Message
from tunesmith.local.workspace.render import render_message
from tunesmith.local.workspace.validate.messages import (
    checked_attachments,
    checked_blocks,
    checked_markdown,
    checked_metadata,
    checked_text,
)
from tunesmith.local.workspace.workspace import Workspace


class Content(Args):
    """What a message says."""

    text: str | None = None
    markdown_text: str | None = None
    blocks: Any = None
    attachments: Any = None
    metadata: Any = None


class Authorship(Args):
    """Whom a message shows as its author."""

    username: str | None = None
    icon_emoji: str | None = None
    icon_url: str | None = None

    @property
    def icons(self) -> Json | None:
        """The `icons` of the message, if any were given."""
        icons = {"emoji": self.icon_emoji, "image_48": self.icon_url}
        return {key: value for key, value in icons.items() if value} or None


class PostMessage(Content, Authorship):
    """Arguments of `chat.postMessage`. `parse`, `mrkdwn`, `link_names` and the two for unfurling
    are taken and change nothing, as nothing is unfurled here.
    """

    channel: str
    thread_ts: str | None = None
    reply_broadcast: bool = False


class PostEphemeral(PostMessage):
    """Arguments of `chat.postEphemeral`."""

    user: str


class Update(Content):
    """Arguments of `chat.update`."""

    channel: str
    ts: str
    reply_broadcast: bool = False


class MessageRef(Args):
    """Arguments of `chat.delete`."""

    channel: str
    ts: str


class Permalink(Args):
    """Arguments of `chat.getPermalink`."""

    channel: str
    message_ts: str


@slack_method("chat.postMessage", PostMessage, "chat:write")
async def post_message(ws: Workspace, args: PostMessage) -> Json:
    """https://docs.slack.dev/reference/methods/chat.postMessage"""
    channel = _writable(ws, args.channel)
    message = app_message(ws, channel, args)
    if message.is_reply and args.reply_broadcast:
        message.broadcast = True
        message.subtype = "thread_broadcast"
    message.metadata = checked_metadata(args.metadata)
    posting.post(ws, message)
    rendered = render_message(ws, message)
    return {"channel": channel, "ts": message.ts, "message": rendered}


@slack_method("chat.postEphemeral", PostEphemeral, "chat:write")
async def post_ephemeral(ws: Workspace, args: PostEphemeral) -> Json:
    """https://docs.slack.dev/reference/methods/chat.postEphemeral"""
    channel = joined_channel(ws, args.channel)
    if args.user not in channel.members:
        raise SlackError("user_not_in_channel")
    message = app_message(ws, channel.id, args)
    message.ephemeral_to = args.user
    posting.post_ephemeral(ws, message)
    return {"message_ts": message.ts}


@slack_method("chat.update", Update, "chat:write")
async def update(ws: Workspace, args: Update) -> Json:
    """https://docs.slack.dev/reference/methods/chat.update"""
    channel = find_channel(ws, args.channel)
    message = find_message(ws, channel, args.ts)
    if not message.from_app:
        raise SlackError("cant_update_message")
    if message.stream is not None and message.stream.open:
        raise SlackError("streaming_state_conflict")
    _refuse_empty(args)
    content = checked_markdown(args.markdown_text, conflicts=(args.text, args.blocks))
    blocks = checked_blocks(args.blocks)
    attachments = checked_attachments(args.attachments)
    text = checked_text(args.text, limit=4_000)
    before = render_message(ws, message, metadata=False)
    if args.metadata is not None:
        message.metadata = checked_metadata(args.metadata)
    if args.text is not None or args.markdown_text is not None:
        message.content = content
        message.text = text or args.markdown_text or ""
    if blocks is not None:
        message.blocks = blocks
        message.content = []
    if attachments is not None:
        message.attachments = attachments
    if args.reply_broadcast and message.is_reply:
        message.broadcast = True
        message.subtype = "thread_broadcast"
    message.edited_by = people.BOT_ID
    message.edited_ts = ws.state.next_ts()
    posting.edit(ws, message, before)
    rendered = render_message(ws, message)
    return {"channel": channel.id, "ts": message.ts, "text": message.text, "message": rendered}


@slack_method("chat.delete", MessageRef, "chat:write")
async def delete(ws: Workspace, args: MessageRef) -> Json:
    """https://docs.slack.dev/reference/methods/chat.delete"""
    channel = find_channel(ws, args.channel)
    message = find_message(ws, channel, args.ts)
    if not message.from_app:
        raise SlackError("cant_delete_message")
    posting.delete(ws, message)
    return {"channel": channel.id, "ts": message.ts}


@slack_method("chat.getPermalink", Permalink)
async def get_permalink(ws: Workspace, args: Permalink) -> Json:
    """https://docs.slack.dev/reference/methods/chat.getPermalink"""
    channel = find_channel(ws, args.channel)
    message = find_message(ws, channel, args.message_ts)
    link = f"{ws.base_url}/archives/{channel.id}/p{message.ts.replace('.', '')}"
    if message.is_reply:
        link += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"channel": channel.id, "permalink": link}


def app_message(ws: Workspace, channel: str, args: PostMessage) -> Message:
    """A message of the app with checked content, not posted yet."""
    _refuse_empty(args)
    content = checked_markdown(args.markdown_text, conflicts=(args.text, args.blocks))
    thread_ts = thread_root(ws, channel, args.thread_ts) if args.thread_ts else None
    if args.thread_ts and thread_ts is None:
        raise SlackError("thread_not_found")
    return Message(
        channel=channel,
        ts=ws.state.next_ts(),
        user=people.BOT_USER,
        from_app=True,
        text=checked_text(args.text, limit=40_000) or args.markdown_text or "",
        thread_ts=thread_ts,
        content=content,
        blocks=checked_blocks(args.blocks) or [],
        attachments=checked_attachments(args.attachments) or [],
        username=args.username,
        icons=args.icons,
    )


def _writable(ws: Workspace, reference: str) -> str:
    channel = find_channel(ws, reference)
    if people.BOT_USER not in channel.members and "chat:write.public" not in ws.manifest.scopes:
        raise SlackError("not_in_channel")
    return channel.id


def _refuse_empty(args: Content) -> None:
    says = (args.text, args.markdown_text, args.blocks, args.attachments)
    if not any(says):
        raise SlackError("no_text")
