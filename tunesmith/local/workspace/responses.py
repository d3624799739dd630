"""JSON answers, written with orjson."""

from collections.abc import Mapping
from typing import Any

import orjson
from aiohttp import web


def too_many_requests(seconds: int) -> web.HTTPTooManyRequests:
    """What Slack answers a call over its rate limits, to be raised."""
    return web.HTTPTooManyRequests(
        headers={"Retry-After": str(seconds)},
        text='{"ok":false,"error":"ratelimited"}',
        content_type="application/json",
    )


def json_response(
    document: Any, *, status: int = 200, headers: Mapping[str, str] | None = None
) -> web.Response:
    """A JSON answer."""
    return web.Response(
        body=orjson.dumps(document),
        status=status,
        headers=headers,
        content_type="application/json",
        charset="utf-8",
    )
