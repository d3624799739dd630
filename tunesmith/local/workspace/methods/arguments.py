"""Reads a method's arguments wherever a client puts them: query, form, multipart or JSON."""

from typing import Any

import orjson
from aiohttp import web

from tunesmith.local.workspace.errors import SlackError
from tunesmith.local.workspace.records import Json, is_object

# These arrive as JSON inside a string from forms and queries, and as JSON proper in JSON bodies.
_JSON_ARGUMENTS = {
    "attachments": "invalid_attachments",
    "blocks": "invalid_blocks_format",
    "chunks": "invalid_chunks",
    "files": "invalid_arguments",
    "metadata": "invalid_metadata_format",
    "view": "invalid_arguments",
}


async def read_arguments(request: web.Request) -> tuple[str | None, Json]:
    """The token and the arguments. Raises SlackError for a body that cannot be read."""
    args: Json = dict(request.query)
    if request.content_type == "application/json":
        args |= await _read_json(request)
    elif request.method == "POST":
        form = await request.post()
        args |= {key: value for key, value in form.items() if isinstance(value, str)}
    token = args.pop("token", None)
    header = request.headers.get("Authorization", "")
    if header.startswith("Bearer "):
        token = header.removeprefix("Bearer ").strip()
    return token, args


def decode_arguments(args: Json) -> Json:
    """Parse those arguments that are JSON inside a string. Raises SlackError."""
    out = dict(args)
    for name, error in _JSON_ARGUMENTS.items():
        value: Any = out.get(name)
        if not isinstance(value, str):
            continue
        if not value.strip():
            del out[name]
            continue
        try:
            out[name] = orjson.loads(value)
        except orjson.JSONDecodeError:
            raise SlackError(error) from None
    return out


async def _read_json(request: web.Request) -> Json:
    try:
        body: object = orjson.loads(await request.read() or b"{}")
    except orjson.JSONDecodeError:
        raise SlackError("invalid_json") from None
    if not is_object(body):
        raise SlackError("json_not_object")
    return {key: value for key, value in body.items() if value is not None}
