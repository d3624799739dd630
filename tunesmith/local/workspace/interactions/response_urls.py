"""`response_url`s: five posts within thirty minutes of what a person did.

https://docs.slack.dev/interactivity/handling-user-interaction#message_responses
"""

import secrets
import time
from typing import Any, Literal

import orjson
from aiohttp import web
from pydantic import ValidationError

from tunesmith.local.workspace import people, posting
from tunesmith.local.workspace.errors import SlackError
from tunesmith.local.workspace.methods.arguments import decode_arguments
from tunesmith.local.workspace.methods.chat import PostMessage, app_message
from tunesmith.local.workspace.records import Message, ResponseUrl, is_object
from tunesmith.local.workspace.render import render_message
from tunesmith.local.workspace.responses import json_response
from tunesmith.local.workspace.validate.messages import checked_metadata
from tunesmith.local.workspace.workspace import Workspace

MAX_USES = 5


class Response(PostMessage):
    """What an app posts to a response_url, or acknowledges a command with."""

    channel: str = ""
    response_type: Literal["ephemeral", "in_channel"] = "ephemeral"
    replace_original: bool = False
    delete_original: bool = False


def issue(ws: Workspace, user: str, channel: str, message: Message | None = None) -> str:
    """A new response_url for what `user` did in `channel`, maybe on a message."""
    now = time.time()
    oldest = now - 2 * ws.settings.response_url_seconds
    ws.state.response_urls.forget_while(lambda old: old.issued_at < oldest)
    url = ResponseUrl(
        id=secrets.token_urlsafe(18),
        user=user,
        channel=channel,
        message_ts=message.ts if message else None,
        thread_ts=message.thread_ts if message else None,
        issued_at=now,
    )
    ws.state.response_urls.save(url.id, url)
    return f"{ws.base_url}/response/{people.TEAM_ID}/{url.id}"


async def handle(ws: Workspace, request: web.Request) -> web.Response:
    """Take one post to a response_url."""
    url = ws.state.response_urls.get(request.match_info["id"])
    if url is None or time.time() - url.issued_at > ws.settings.response_url_seconds:
        return json_response({"ok": False, "error": "expired_url"}, status=404)
    if url.uses >= MAX_USES:
        return json_response({"ok": False, "error": "used_url"}, status=404)
    try:
        body = orjson.loads(await request.read())
        respond(ws, url, parse(body))
    except orjson.JSONDecodeError:
        return json_response({"ok": False, "error": "invalid_payload"}, status=400)
    except SlackError as refused:
        answer = {"ok": False, "error": refused.code} | refused.details
        return json_response(answer, status=400 if refused.code == "invalid_blocks" else 500)
    url.uses += 1
    ws.state.response_urls.save(url.id, url)
    return web.Response(text="ok")


def parse(body: Any) -> Response:
    """The response an app sent. Raises SlackError `invalid_payload`."""
    if not is_object(body):
        raise SlackError("invalid_payload")
    try:
        return Response.model_validate(decode_arguments(body))
    except ValidationError:
        raise SlackError("invalid_payload") from None


def respond(ws: Workspace, url: ResponseUrl, response: Response) -> None:
    """Post, replace or delete as the response says. Raises SlackError."""
    original = ws.state.messages.find(url.channel, url.message_ts) if url.message_ts else None
    if response.delete_original:
        if original is not None:
            posting.delete(ws, original)
        return
    if response.replace_original and original is not None:
        _replace(ws, original, response)
        return
    message = app_message(ws, url.channel, response)
    message.metadata = checked_metadata(response.metadata)
    if response.response_type == "in_channel":
        posting.post(ws, message)
    else:
        message.ephemeral_to = url.user
        posting.post_ephemeral(ws, message)


def _replace(ws: Workspace, original: Message, response: Response) -> None:
    before = render_message(ws, original, metadata=False)
    fresh = app_message(ws, original.channel, response)
    original.text, original.content = fresh.text, fresh.content
    original.blocks, original.attachments = fresh.blocks, fresh.attachments
    if response.metadata is not None:
        original.metadata = checked_metadata(response.metadata)
    original.edited_by, original.edited_ts = people.BOT_ID, fresh.ts
    posting.edit(ws, original, None if original.ephemeral_to else before)
