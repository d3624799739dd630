"""JSON answers, written with orjson."""

from collections.abc import Mapping
from typing import Any

import orjson
from aiohttp import web


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
