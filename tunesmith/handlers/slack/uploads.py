"""Upload a file into a thread, once."""

import asyncio
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import aiohttp

from tunesmith.bot.errors import SlackError
from tunesmith.bot.messages import say
from tunesmith.bot.queue import Retry, Work
from tunesmith.handlers.slack.blocks import section
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.thread import ThreadRef

# A large file takes longer than the client's usual five minutes.
_TIMEOUT = aiohttp.ClientTimeout(total=None, sock_connect=10, sock_read=300)


async def upload(
    context: Context,
    work: Work[Any],
    ref: ThreadRef,
    *,
    name: str,
    content: bytes | Path,
    title: str,
    alt: str | None = None,
) -> None:
    """Share a file in the thread; where Slack refuses it for good, say so there instead.

    The file's name is its key, so it must be like no other in the thread: after a try that may
    have taken effect, the thread is read for it first. People see `title`. A path is streamed.
    Raises Retry where Slack does not answer.
    """
    if work.tried_before:
        async for message in context.outbox.replies(ref):
            if any(file.name == name for file in message.files):
                return
    try:
        await _share(context, ref, name=name, content=content, title=title, alt=alt)
    except SlackError as error:
        text = await context.text_in(ref)
        words = text("common.upload_refused", title=title, code=error.code)
        key = f"refused:{work.task.key}:{name}"
        await context.outbox.post(work, key, ref, words, [section(words)])


async def _share(
    context: Context,
    ref: ThreadRef,
    *,
    name: str,
    content: bytes | Path,
    title: str,
    alt: str | None,
) -> None:
    """URL, bytes, complete (docs.slack.dev, "Working with files")."""
    length = await asyncio.to_thread(_length, content)
    slot = await context.outbox.call(
        "files.getUploadURLExternal", http="FORM", filename=name, length=length, alt_txt=alt
    )
    try:
        with nullcontext(content) if isinstance(content, bytes) else content.open("rb") as data:
            async with (
                aiohttp.ClientSession(timeout=_TIMEOUT) as session,
                session.post(slot["upload_url"], data=data) as response,
            ):
                if response.status != 200:
                    raise Retry(say("common.slack_upload_status", status=response.status))
    except (aiohttp.ClientError, TimeoutError) as error:
        raise Retry(say("common.slack_takes_no_upload")) from error
    await context.outbox.call(
        "files.completeUploadExternal",
        files=[{"id": slot["file_id"], "title": title}],
        channel_id=ref.channel,
        thread_ts=ref.ts,
    )


def _length(content: bytes | Path) -> int:
    return len(content) if isinstance(content, bytes) else content.stat().st_size
