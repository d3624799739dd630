"""Upload a file into a thread, once."""

import asyncio
from contextlib import nullcontext
from pathlib import Path

import aiohttp

from tunesmith.bot.errors import SlackError
from tunesmith.bot.queue import Retry, Work
from tunesmith.handlers.blocks.parts import section
from tunesmith.handlers.context import Context
from tunesmith.handlers.places import Place
from tunesmith.handlers.text import escape

# A large file takes longer than the client's usual five minutes.
_TIMEOUT = aiohttp.ClientTimeout(total=None, sock_connect=10, sock_read=300)


async def upload(
    context: Context,
    work: Work,
    place: Place,
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
    if work.task.attempts > 1:
        async for message in context.outbox.replies(place):
            if any(file.name == name for file in message.files):
                return
    try:
        await _share(context, place, name=name, content=content, title=title, alt=alt)
    except SlackError as error:
        text = await context.text(place.user)
        words = text("common.upload_refused", title=escape(title), code=error.code)
        key = f"refused:{work.task.key}:{name}"
        await context.outbox.post(work, key, place, words, [section(words)])


async def _share(
    context: Context,
    place: Place,
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
                    raise Retry(f"Slack answers {response.status} for an upload.")
    except (aiohttp.ClientError, TimeoutError) as error:
        raise Retry("Slack does not take the upload.") from error
    await context.outbox.call(
        "files.completeUploadExternal",
        files=[{"id": slot["file_id"], "title": title}],
        channel_id=place.channel,
        thread_ts=place.thread,
    )


def _length(content: bytes | Path) -> int:
    return len(content) if isinstance(content, bytes) else content.stat().st_size
