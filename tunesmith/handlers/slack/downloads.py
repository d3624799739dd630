"""Fetch a file that somebody attached, streamed to disk."""

import asyncio
import hashlib
import logging
import uuid
from pathlib import Path

import aiohttp
from pydantic import ValidationError

from tunesmith.bot.errors import DatasetError, SlackError
from tunesmith.bot.messages import say
from tunesmith.bot.queue import Retry, Wait
from tunesmith.handlers.slack.addresses import FILE_HOSTS, is_slacks
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.payloads import SlackFile
from tunesmith.handlers.slack.web_api import asked_to_wait

_log = logging.getLogger(__name__)

_PIECE = 1 << 20
_TIMEOUT = aiohttp.ClientTimeout(total=None, connect=10, sock_read=30)

_REFUSALS = {
    "file_not_found": "dataset.file_deleted",
    "file_deleted": "dataset.file_deleted",
    "missing_scope": "dataset.file_no_scope",
}


async def describe(context: Context, file_id: str) -> SlackFile:
    """What Slack tells of a file.

    Raises DatasetError where it can't be had, Retry where Slack does not answer.
    """
    try:
        answer = await context.outbox.call("files.info", http="GET", file=file_id)
        return SlackFile.model_validate(answer.get("file"))
    except SlackError as error:
        key = _REFUSALS.get(error.code, "dataset.file_refused")
        raise DatasetError(say(key, code=error.code)) from error
    except ValidationError as error:
        raise Retry(say("common.slack_unreadable")) from error


async def download(
    context: Context, file_id: str, told: SlackFile | None = None
) -> tuple[SlackFile, Path]:
    """Fetch a file into the files folder, where it is named by its SHA-256.

    `told` is what its event told of it, which saves a call: Slack is asked for the file only where
    it was not told of whole (Slack Connect), or can't be had so. Raises DatasetError where it can't
    be had, Retry where Slack does not answer.
    """
    if told and told.url_private_download and told.file_access != "check_file_info":
        try:
            return told, await _keep(context, told)
        except Wait:
            raise
        except (DatasetError, Retry) as error:
            _log.info("File %s is asked for: %s", file_id, error)
    file = await describe(context, file_id)
    return file, await _keep(context, file)


async def _keep(context: Context, file: SlackFile) -> Path:
    providers = context.services.catalogue.providers.values()
    most = max(p.max_file_bytes or 0 for p in providers if p.trains)
    if file.size > most:
        raise DatasetError(say("dataset.file_too_large", size=file.size, most=most))
    if not file.url_private_download or not _from_slack(context, file.url_private_download):
        raise DatasetError(say("dataset.file_foreign"))
    folder = context.services.settings.files
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    try:
        return await _fetch(context, file.url_private_download, folder, most)
    except (aiohttp.ClientError, TimeoutError) as error:
        raise Retry(say("common.slack_keeps_file")) from error


def _from_slack(context: Context, url: str) -> bool:
    """Whether the token may go to this address."""
    return is_slacks(url, context.services.settings.slack.api_url, FILE_HOSTS)


async def _fetch(context: Context, url: str, folder: Path, most: int) -> Path:
    unfinished = folder / f"{uuid.uuid4().hex}.part"
    try:
        headers = {"Authorization": f"Bearer {context.token}"}
        async with context.outbox.request(
            "GET", url, headers=headers, timeout=_TIMEOUT
        ) as response:
            _check(response)
            sha256 = await _receive(response, unfinished, most)
        return await asyncio.to_thread(unfinished.replace, folder / sha256)
    finally:
        await asyncio.to_thread(unfinished.unlink, missing_ok=True)


def _check(response: aiohttp.ClientResponse) -> None:
    if response.status in {403, 404, 410}:
        raise DatasetError(say("dataset.file_deleted"))
    if response.status == 429:
        raise asked_to_wait(response)
    if response.status != 200:
        raise Retry(say("common.slack_file_status", status=response.status))
    if response.content_type == "text/html":
        raise DatasetError(say("dataset.file_no_scope"))


async def _receive(response: aiohttp.ClientResponse, path: Path, most: int) -> str:
    digest = hashlib.sha256()
    received = 0
    with await asyncio.to_thread(path.open, "wb") as target:
        async for piece in response.content.iter_chunked(_PIECE):
            received += len(piece)
            if received > most:
                raise DatasetError(say("dataset.file_too_large", size=received, most=most))
            digest.update(piece)
            await asyncio.to_thread(target.write, piece)
    return digest.hexdigest()
