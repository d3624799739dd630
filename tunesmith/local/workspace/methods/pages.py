"""Cursor paging, https://docs.slack.dev/apis/web-api/pagination."""

import base64
import binascii
from typing import TypeVar

from pydantic import Field

from tunesmith.local.workspace.errors import SlackError
from tunesmith.local.workspace.methods.method import Args
from tunesmith.local.workspace.records import Json

Item = TypeVar("Item")


class Page(Args):
    """Arguments of every paged method. A cursor stands for the number of items before it."""

    cursor: str | None = None
    limit: int = Field(100, ge=0, le=1000)


def paged(items: list[Item], page: Page) -> tuple[list[Item], Json]:
    """The page's items, and `response_metadata` with the next cursor (empty on the last page).

    Raises SlackError `invalid_cursor`.
    """
    start = _decode(page.cursor) if page.cursor else 0
    end = start + (page.limit or 100)
    cursor = _encode(end) if end < len(items) else ""
    return items[start:end], {"response_metadata": {"next_cursor": cursor}}


def _encode(offset: int) -> str:
    return base64.urlsafe_b64encode(f"offset:{offset}".encode()).decode()


def _decode(cursor: str) -> int:
    try:
        text = base64.b64decode(cursor, altchars=b"-_", validate=True).decode()
        return max(0, int(text.removeprefix("offset:")))
    except (binascii.Error, ValueError):
        raise SlackError("invalid_cursor") from None
