"""Upload a file into a thread, once."""

import asyncio
import logging
from contextlib import nullcontext
from pathlib import Path
from typing import Any, cast

import aiohttp

from tunesmith.bot.errors import SlackError
from tunesmith.bot.messages import say
from tunesmith.bot.queue import Retry, Work
from tunesmith.handlers.slack.addresses import FILE_HOSTS, is_slacks
from tunesmith.handlers.slack.blocks import section
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.outbox import Outbox, text_of
from tunesmith.handlers.slack.payloads import SlackMessage
from tunesmith.handlers.slack.thread import ThreadRef
from tunesmith.handlers.slack.web_api import asked_to_wait

_log = logging.getLogger(__name__)

# A large file takes longer than the client's usual five minutes.
_TIMEOUT = aiohttp.ClientTimeout(total=None, sock_connect=10, sock_read=300)

# Slack looks at a picture a moment after it took it.
_LOOKS = 10
_LOOK_SECONDS = 0.5


async def upload(
    context: Context,
    work: Work[Any],
    ref: ThreadRef,
    *,
    name: str,
    content: bytes | Path,
    title: str,
    alt: str | None = None,
) -> str | None:
    """As `share`; where Slack refuses the file for good, say so in the thread instead."""
    try:
        return await share(
            context.outbox, work, ref, name=name, content=content, title=title, alt=alt
        )
    except SlackError as error:
        text = await context.text_in(ref)
        words = text("common.upload_refused", title=title, code=error.code)
        key = f"refused:{work.task.key}:{name}"
        await context.outbox.post(work, key, ref, words, [section(words)])
        return None


async def share(
    outbox: Outbox,
    work: Work[Any],
    ref: ThreadRef,
    *,
    name: str,
    content: bytes | Path,
    title: str,
    alt: str | None = None,
) -> str:
    """Share a file in the thread; returns Slack's id of it.

    The file's name must be like no other in the thread, which is read for it after a try that may
    have taken effect. People see `title`. A path is streamed. Raises as `Outbox` does.
    """
    key = f"file:{ref.channel}:{ref.ts}:{name}"

    async def found_in(message: SlackMessage) -> str | None:
        return next((file.id for file in message.files if file.name == name), None)

    if known := await outbox.known(work, key, ref, found_in):
        return known
    file_id = await _send(outbox, work, name=name, content=content, alt=alt)
    await outbox.call_once(
        work,
        key,
        ref,
        "files.completeUploadExternal",
        files=[{"id": file_id, "title": title}],
        channel_id=ref.channel,
        thread_ts=ref.ts,
    )
    await outbox.note(work, key, ref, file_id)
    return file_id


async def keep(
    outbox: Outbox,
    work: Work[Any],
    key: str,
    ref: ThreadRef,
    *,
    name: str,
    content: bytes,
    title: str,
    alt: str,
) -> str:
    """Upload a picture that a message is to show in a block; returns Slack's id of it.

    It is shared nowhere, so that one of a try that broke off is seen by nobody. Raises as `Outbox`
    does, and Retry while Slack has not looked at the picture: no block takes it before.
    """
    known = await outbox.posted(key)
    file_id = known or await _send(outbox, work, name=name, content=content, alt=alt)
    if known is None:
        files = [{"id": file_id, "title": title}]
        await outbox.call("files.completeUploadExternal", files=files)
    for _ in range(_LOOKS):
        answer = await outbox.call("files.info", http="GET", file=file_id)
        file = answer.get("file")
        if isinstance(file, dict) and cast("dict[str, Any]", file).get("mimetype"):
            await outbox.note(work, key, ref, file_id)
            return file_id
        await asyncio.sleep(_LOOK_SECONDS)
    raise Retry(say("common.slack_unreadable"))


async def _send(
    outbox: Outbox, work: Work[Any], *, name: str, content: bytes | Path, alt: str | None
) -> str:
    """Get an address of Slack's and send the bytes there, and nowhere else; the new file's id,
    which nobody sees yet (docs.slack.dev, "Working with files").
    """
    length = await asyncio.to_thread(_length, content)
    slot = await outbox.call_in_turn(
        f"{work.task.key}:{name}",
        "files.getUploadURLExternal",
        http="FORM",
        filename=name,
        length=length,
        alt_txt=alt,
    )
    url = text_of(slot, "upload_url")
    if not is_slacks(url, outbox.api_url, FILE_HOSTS):
        _log.warning("The address for an upload is not Slack's: nothing is sent there")
        raise Retry(say("common.slack_unreadable"))
    try:
        with nullcontext(content) if isinstance(content, bytes) else content.open("rb") as data:
            async with outbox.request("POST", url, data=data, timeout=_TIMEOUT) as response:
                if response.status == 429:
                    raise asked_to_wait(response)
                if response.status != 200:
                    raise Retry(say("common.slack_upload_status", status=response.status))
    except (aiohttp.ClientError, TimeoutError) as error:
        raise Retry(say("common.slack_takes_no_upload")) from error
    return text_of(slot, "file_id")


def _length(content: bytes | Path) -> int:
    return len(content) if isinstance(content, bytes) else content.stat().st_size
