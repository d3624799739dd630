"""`files.*`: the two-step upload, and what became of it."""

import asyncio
import secrets
from typing import Any

from pydantic import Field

from tunesmith.local.workspace import people, posting
from tunesmith.local.workspace.conversations import bot_sees, find_channel, thread_root
from tunesmith.local.workspace.errors import SlackError
from tunesmith.local.workspace.files import new_file
from tunesmith.local.workspace.methods.method import Args, slack_method
from tunesmith.local.workspace.records import File, Json, Message
from tunesmith.local.workspace.render import render_file
from tunesmith.local.workspace.validate.messages import checked_blocks
from tunesmith.local.workspace.workspace import Workspace


class UploadUrl(Args):
    """Arguments of `files.getUploadURLExternal`; `length` in bytes."""

    filename: str = Field(min_length=1)
    length: int = Field(gt=0)
    alt_txt: str | None = None


class Completed(Args):
    """One of the `files` of `files.completeUploadExternal`."""

    id: str
    title: str | None = None


class CompleteUpload(Args):
    """Arguments of `files.completeUploadExternal`."""

    files: list[Completed] = Field(min_length=1)
    channel_id: str | None = None
    channels: str | None = None
    thread_ts: str | None = None
    initial_comment: str | None = None
    blocks: Any = None


class FileRef(Args):
    """Arguments of `files.info` and `files.delete`."""

    file: str


class FileList(Args):
    """Arguments of `files.list`; this method has page numbers, not cursors."""

    channel: str | None = None
    user: str | None = None
    count: int = Field(100, ge=1, le=1000)
    page: int = Field(1, ge=1)


@slack_method("files.getUploadURLExternal", UploadUrl, "files:write")
async def get_upload_url(ws: Workspace, args: UploadUrl) -> Json:
    """https://docs.slack.dev/reference/methods/files.getUploadURLExternal"""
    file = new_file(ws.state, name=args.filename, user=people.BOT_USER)
    file.size = args.length
    file.alt_txt = args.alt_txt
    file.upload_token = secrets.token_urlsafe(24)
    ws.state.files.save(file.id, file)
    url = f"{ws.base_url}/upload/v1/{file.upload_token}"
    return {"upload_url": url, "file_id": file.id}


@slack_method("files.completeUploadExternal", CompleteUpload, "files:write")
async def complete_upload(ws: Workspace, args: CompleteUpload) -> Json:
    """https://docs.slack.dev/reference/methods/files.completeUploadExternal. The files are shared a
    moment later; `blocks` are ignored where there is an `initial_comment`.
    """
    files = [_uploaded(ws, one.id) for one in args.files]
    messages = [_share_message(ws, channel, args, files) for channel in _targets(ws, args)]
    with ws.state.store.transaction():
        for file, one in zip(files, args.files, strict=True):
            file.completed = True
            file.title = one.title or file.title
            ws.state.files.save(file.id, file)
        for message in messages:
            ws.state.sharing.save(message.ts, message)
            ws.tasks.start(_share(ws, message))
    return {"files": [render_file(ws, file) for file in files]}


@slack_method("files.info", FileRef, "files:read")
async def info(ws: Workspace, args: FileRef) -> Json:
    """https://docs.slack.dev/reference/methods/files.info"""
    return {
        "file": render_file(ws, _existing(ws, args.file)),
        "comments": [],
        "response_metadata": {"next_cursor": ""},
    }


@slack_method("files.delete", FileRef, "files:write")
async def delete(ws: Workspace, args: FileRef) -> Json:
    """https://docs.slack.dev/reference/methods/files.delete"""
    file = _existing(ws, args.file)
    if file.user != people.BOT_USER:
        raise SlackError("cant_delete_file")
    posting.delete_file(ws, file, people.BOT_USER)
    return {}


@slack_method("files.list", FileList, "files:read")
async def list_files(ws: Workspace, args: FileList) -> Json:
    """https://docs.slack.dev/reference/methods/files.list"""
    channel = find_channel(ws, args.channel).id if args.channel else None
    found = [
        file
        for file in ws.state.files
        if file.completed
        and bot_sees(ws, file)
        and args.user in (None, file.user)
        and (channel is None or any(share.channel == channel for share in file.shares))
    ][::-1]
    start = (args.page - 1) * args.count
    pages = -(-len(found) // args.count)
    return {
        "files": [render_file(ws, file) for file in found[start : start + args.count]],
        "paging": {"count": args.count, "total": len(found), "page": args.page, "pages": pages},
    }


def resume(ws: Workspace) -> None:
    """After a restart, share what had been uploaded."""
    for message in ws.state.sharing:
        ws.tasks.start(_share(ws, message))


def _existing(ws: Workspace, file_id: str) -> File:
    if ws.state.deleted_files.get(file_id) is not None:
        raise SlackError("file_deleted")
    file = ws.state.files.get(file_id)
    if file is None or not file.completed or not bot_sees(ws, file):
        raise SlackError("file_not_found")
    return file


def _uploaded(ws: Workspace, file_id: str) -> File:
    file = ws.state.files.get(file_id)
    if file is None or not file.uploaded or file.completed:
        raise SlackError("file_not_found")
    return file


def _targets(ws: Workspace, args: CompleteUpload) -> list[str]:
    references = [args.channel_id, *(args.channels or "").split(",")]
    try:
        channels = [find_channel(ws, one) for one in references if one]
    except SlackError:
        raise SlackError("invalid_channel") from None
    for channel in channels:
        if people.BOT_USER not in channel.members:
            raise SlackError("posting_to_channel_denied")
    return [channel.id for channel in channels]


def _share_message(ws: Workspace, channel: str, args: CompleteUpload, files: list[File]) -> Message:
    thread_ts = thread_root(ws, channel, args.thread_ts) if args.thread_ts else None
    if args.thread_ts and thread_ts is None:
        raise SlackError("invalid_thread_ts")
    return Message(
        channel=channel,
        ts=ws.state.next_ts(),
        user=people.BOT_USER,
        from_app=True,
        subtype="file_share",
        text=args.initial_comment or "",
        thread_ts=thread_ts,
        blocks=[] if args.initial_comment else checked_blocks(args.blocks) or [],
        files=[file.id for file in files],
    )


async def _share(ws: Workspace, message: Message) -> None:
    """Post the message that shares uploaded files, a moment later as Slack does."""
    await asyncio.sleep(ws.settings.share_seconds)
    key = message.ts
    if ws.state.sharing.get(key) is not message:
        return  # the workspace was reset meanwhile
    message.ts = ws.state.next_ts()
    with ws.state.store.transaction():
        ws.state.sharing.delete(key)
        posting.post(ws, message)
