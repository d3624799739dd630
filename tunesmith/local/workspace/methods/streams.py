"""`chat.startStream`, `chat.appendStream`, `chat.stopStream`: text that appears as it is written.

Slack closes a stream by itself after about five minutes; what was streamed so far stays. Without
a `thread_ts` a message of the channel itself is streamed, in channels only (the method's reference
as docs.rs/slack-web-api 0.2.1 quotes it, read 2026-11-22).
"""

import asyncio
import time
from typing import Any

from tunesmith.local.workspace import people, posting
from tunesmith.local.workspace.conversations import find_message, joined_channel, thread_root
from tunesmith.local.workspace.errors import SlackError
from tunesmith.local.workspace.methods.chat import Authorship
from tunesmith.local.workspace.methods.method import Args, slack_method
from tunesmith.local.workspace.records import Channel, Json, Message, Stream
from tunesmith.local.workspace.render import render_message
from tunesmith.local.workspace.validate.blocks import new_block_id
from tunesmith.local.workspace.validate.chunks import checked_chunks
from tunesmith.local.workspace.validate.messages import (
    MARKDOWN_LIMIT,
    checked_blocks,
    checked_metadata,
)
from tunesmith.local.workspace.workspace import Workspace


class Chunks(Args):
    """What one call streams: `markdown_text`, or typed chunks."""

    channel: str
    markdown_text: str | None = None
    chunks: Any = None


class StartStream(Chunks, Authorship):
    """Arguments of `chat.startStream`."""

    thread_ts: str | None = None
    recipient_user_id: str | None = None
    recipient_team_id: str | None = None
    task_display_mode: str = "timeline"


class AppendStream(Chunks):
    """Arguments of `chat.appendStream`."""

    ts: str


class StopStream(AppendStream):
    """Arguments of `chat.stopStream`."""

    blocks: Any = None
    metadata: Any = None


@slack_method("chat.startStream", StartStream, "chat:write")
async def start_stream(ws: Workspace, args: StartStream) -> Json:
    """https://docs.slack.dev/reference/methods/chat.startStream"""
    channel = joined_channel(ws, args.channel)
    _check_recipient(ws, channel, args)
    root = _root(ws, channel, args.thread_ts)
    message = Message(
        channel=channel.id,
        ts=ws.state.next_ts(),
        user=people.BOT_USER,
        from_app=True,
        thread_ts=root,
        stream=Stream(opened_at=time.time(), display=args.task_display_mode),
        username=args.username,
        icons=args.icons,
    )
    _append(message, args)
    posting.post(ws, message)
    ws.tasks.start(_expire(ws, message))
    return {"channel": channel.id, "ts": message.ts}


@slack_method("chat.appendStream", AppendStream, "chat:write")
async def append_stream(ws: Workspace, args: AppendStream) -> Json:
    """https://docs.slack.dev/reference/methods/chat.appendStream"""
    message = _streaming(ws, args)
    if not (args.markdown_text or args.chunks):
        raise SlackError("no_text")
    _append(message, args)
    posting.edit(ws, message)
    return {"channel": message.channel, "ts": message.ts}


@slack_method("chat.stopStream", StopStream, "chat:write")
async def stop_stream(ws: Workspace, args: StopStream) -> Json:
    """https://docs.slack.dev/reference/methods/chat.stopStream"""
    message = _streaming(ws, args)
    blocks = checked_blocks(args.blocks)
    metadata = checked_metadata(args.metadata)
    before = render_message(ws, message, metadata=False)
    _append(message, args)
    message.blocks = blocks or []
    message.metadata = metadata or message.metadata
    message.stream = Stream(opened_at=0, open=False)
    posting.edit(ws, message, before)
    return {
        "channel": message.channel,
        "ts": message.ts,
        "message": render_message(ws, message),
    }


def resume(ws: Workspace) -> None:
    """After a restart, let the streams that were open still run out."""
    for message in ws.state.messages:
        if message.stream is not None and message.stream.open:
            ws.tasks.start(_expire(ws, message))


def close(ws: Workspace, message: Message) -> None:
    """End a message's stream, if it is open, as Slack does by itself; what was streamed stays."""
    if message.stream is not None and message.stream.open:
        before = render_message(ws, message, metadata=False)
        message.stream.open = False
        posting.edit(ws, message, before)


async def _expire(ws: Workspace, message: Message) -> None:
    stream = message.stream
    if stream is None:
        return
    await asyncio.sleep(stream.opened_at + ws.settings.stream_seconds - time.time())
    if ws.state.messages.find(message.channel, message.ts) is message and message.stream is stream:
        close(ws, message)


def _root(ws: Workspace, channel: Channel, thread_ts: str | None) -> str | None:
    """The thread to stream into; a message of the channel itself is streamed in channels only."""
    if thread_ts:
        root = thread_root(ws, channel.id, thread_ts)
        if root is None:
            raise SlackError("message_not_found")
        return root
    if channel.is_im:
        raise SlackError.with_messages("invalid_arguments", ["missing required field: thread_ts"])
    return None


def _check_recipient(ws: Workspace, channel: Channel, args: StartStream) -> None:
    if not channel.is_im:
        if not args.recipient_user_id:
            raise SlackError("missing_recipient_user_id")
        if not args.recipient_team_id:
            raise SlackError("missing_recipient_team_id")
    if args.recipient_user_id and args.recipient_user_id not in ws.state.users:
        raise SlackError("user_not_found")


def _streaming(ws: Workspace, args: AppendStream) -> Message:
    message = find_message(ws, joined_channel(ws, args.channel), args.ts)
    if message.stream is None or not message.stream.open:
        raise SlackError("message_not_in_streaming_state")
    return message


def _append(message: Message, args: Chunks) -> None:
    """Add what a call streams to the message. Raises SlackError and then changes nothing."""
    chunks: list[Json] = []
    if args.markdown_text:
        chunks.append({"type": "markdown_text", "text": args.markdown_text})
    chunks += checked_chunks(args.chunks)
    length = sum(len(chunk.get("text", "")) for chunk in chunks)
    if length > MARKDOWN_LIMIT:
        raise SlackError("msg_too_long")
    for chunk in chunks:
        _APPENDERS[chunk["type"]](message, chunk)


def _append_text(message: Message, chunk: Json) -> None:
    text: str = chunk["text"]
    message.text += text
    last = message.content[-1] if message.content else {}
    if last.get("type") == "markdown":
        message.content = [*message.content[:-1], {**last, "text": last["text"] + text}]
    else:
        block = {"type": "markdown", "text": text, "block_id": new_block_id()}
        message.content = [*message.content, block]


def _append_task(message: Message, chunk: Json) -> None:
    """Add or update a task, inside the plan where there is one."""
    task: Json = {"task_id": chunk["id"], "title": chunk["title"], "status": chunk["status"]}
    task |= {"sources": chunk["sources"]} if "sources" in chunk else {}
    task |= {key: _rich(chunk[key]) for key in ("details", "output") if key in chunk}
    plan = next((block for block in message.content if block["type"] == "plan"), None)
    if plan is None and message.stream is not None and message.stream.display == "plan":
        _append_plan(message, {"title": task["title"]})
        plan = message.content[0]
    if plan is None:
        message.content = _with_task(message.content, task)
    else:
        changed = {**plan, "tasks": _with_task(plan.get("tasks", []), task)}
        message.content = [changed if block is plan else block for block in message.content]


def _with_task(blocks: list[Json], task: Json) -> list[Json]:
    for index, block in enumerate(blocks):
        if block.get("task_id") == task["task_id"]:
            return [*blocks[:index], {**block, **task}, *blocks[index + 1 :]]
    return [*blocks, {"type": "task_card", "block_id": new_block_id(), **task}]


def _rich(text: str) -> Json:
    """The rich text that a task card shows for a chunk's plain string."""
    run = {"type": "text", "text": text}
    return {
        "type": "rich_text",
        "elements": [{"type": "rich_text_section", "elements": [run]}],
    }


def _append_plan(message: Message, chunk: Json) -> None:
    """Name the plan, which stands first, or make it."""
    title = chunk["title"]
    if message.content and message.content[0]["type"] == "plan":
        message.content = [{**message.content[0], "title": title}, *message.content[1:]]
    else:
        plan: Json = {"type": "plan", "block_id": new_block_id(), "title": title, "tasks": []}
        message.content = [plan, *message.content]


def _append_blocks(message: Message, chunk: Json) -> None:
    message.content = [*message.content, *chunk["blocks"]]


_APPENDERS = {
    "markdown_text": _append_text,
    "task_update": _append_task,
    "plan_update": _append_plan,
    "blocks": _append_blocks,
}
