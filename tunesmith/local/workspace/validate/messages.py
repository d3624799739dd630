"""Checks what a message is made of and says what Slack would say."""

from typing import Any

import orjson

from tunesmith.local.workspace.errors import SlackError
from tunesmith.local.workspace.records import Json
from tunesmith.local.workspace.validate.blocks import new_block_id, with_block_ids

MARKDOWN_LIMIT = 12_000  # characters of markdown in one call


def checked_text(text: str | None, *, limit: int) -> str:
    """The text. Raises SlackError `msg_too_long` over `limit` characters."""
    if text and len(text) > limit:
        raise SlackError("msg_too_long")
    return text or ""


def checked_markdown(text: str | None, *, conflicts: tuple[Any, ...] = ()) -> list[Json]:
    """`markdown_text` as blocks. Raises `markdown_text_conflict` beside text or blocks."""
    if text is None:
        return []
    if any(conflicts):
        raise SlackError("markdown_text_conflict")
    if len(text) > MARKDOWN_LIMIT:
        raise SlackError("msg_too_long")
    return [{"type": "markdown", "text": text, "block_id": new_block_id()}]


def checked_blocks(blocks: Any) -> list[Json] | None:
    """Message blocks with block_ids; None where none were given. Raises SlackError."""
    if blocks is None:
        return None
    if not isinstance(blocks, list):
        raise SlackError("invalid_blocks_format")
    return with_block_ids(blocks)


def checked_attachments(attachments: Any) -> list[Json] | None:
    """Attachments with ids. Raises SlackError `invalid_attachments`, `too_many_attachments`."""
    if attachments is None:
        return None
    if not isinstance(attachments, list):
        raise SlackError("invalid_attachments")
    return [{"id": number, **one} for number, one in enumerate(attachments, 1)]


def checked_metadata(metadata: Any) -> Json | None:
    """Message metadata; `{}` removes it. Raises SlackError."""
    if not metadata:
        return None
    if len(orjson.dumps(metadata)) > 16_384:
        raise SlackError("metadata_too_large")
    return metadata
