"""Checks what a message is made of and says what Slack would say."""

from typing import Any

import orjson
from pydantic import BaseModel, ConfigDict, ValidationError

from tunesmith.local.workspace.errors import SlackError
from tunesmith.local.workspace.records import Json, is_array, is_object
from tunesmith.local.workspace.validate.blocks import (
    new_block_id,
    rule_problems,
    shape_problems,
    walk,
    with_ids,
)

MARKDOWN_LIMIT = 12_000  # characters of markdown in one call
MAX_BLOCKS = 50
_MAX_ATTACHMENTS = 100
_METADATA_BYTES = 16_384
_TABLES = {"table", "data_table"}


class _Metadata(BaseModel):
    """https://docs.slack.dev/messaging/message-metadata"""

    model_config = ConfigDict(extra="allow", strict=True)

    event_type: str
    event_payload: dict[str, Any]


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
    return [{"type": "markdown", "text": text, "block_id": new_block_id()}] if text else []


def checked_blocks(blocks: Any) -> list[Json] | None:
    """Message blocks with generated ids; None where none were given.

    Raises SlackError `invalid_blocks_format`, `invalid_blocks` with Slack's explanations, or
    `invalid_attachments` for a second table.
    """
    if blocks is None:
        return None
    if not is_array(blocks):
        raise SlackError("invalid_blocks_format")
    if len(blocks) > MAX_BLOCKS:
        raise _invalid_blocks([f"no more than {MAX_BLOCKS} items allowed [json-pointer:/blocks]"])
    found = shape_problems(blocks) or rule_problems(blocks, "message", "/blocks")
    if found:
        raise _invalid_blocks(found)
    if sum(block["type"] in _TABLES for _, block in walk(blocks, "")) > 1:
        raise SlackError.with_messages("invalid_attachments", ["only_one_table_allowed"])
    return with_ids(blocks)


def checked_attachments(attachments: Any) -> list[Json] | None:
    """Attachments with ids, and checked blocks inside them; None where none were given.

    Raises SlackError `invalid_attachments`, `too_many_attachments` or `invalid_blocks`.
    """
    if attachments is None:
        return None
    if not is_array(attachments) or not all(is_object(one) for one in attachments):
        raise SlackError("invalid_attachments")
    if len(attachments) > _MAX_ATTACHMENTS:
        raise SlackError("too_many_attachments")
    out: list[Json] = []
    for number, one in enumerate(attachments, 1):
        blocks = checked_blocks(one.get("blocks"))
        out.append({"id": number, **one} | ({"blocks": blocks} if blocks else {}))
    return out


def checked_metadata(metadata: Any) -> Json | None:
    """Message metadata; `{}` removes it.

    Raises SlackError `invalid_metadata_format`, `invalid_metadata_schema`, `metadata_too_large`.
    """
    if not metadata:
        return None
    if not is_object(metadata):
        raise SlackError("invalid_metadata_format")
    try:
        _Metadata.model_validate(metadata)
    except ValidationError:
        raise SlackError("invalid_metadata_schema") from None
    if len(orjson.dumps(metadata)) > _METADATA_BYTES:
        raise SlackError("metadata_too_large")
    return metadata


def _invalid_blocks(found: list[str]) -> SlackError:
    error = SlackError.with_messages("invalid_blocks", found)
    error.details["errors"] = found
    return error
