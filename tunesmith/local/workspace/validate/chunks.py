"""The chunks of a streamed message.

https://docs.slack.dev/reference/methods/chat.appendStream#chunks; the lengths are those of
Microsoft's Agents SDK for Slack.
"""

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Field, TypeAdapter, ValidationError

from tunesmith.local.workspace.errors import SlackError
from tunesmith.local.workspace.records import Json
from tunesmith.local.workspace.validate.block_kit.objects import Part
from tunesmith.local.workspace.validate.messages import checked_blocks

_Short: TypeAlias = Annotated[str, Field(max_length=256)]


class MarkdownText(Part):
    """More text."""

    type: Literal["markdown_text"]
    text: str


class TaskUpdate(Part):
    """A new task, or the new state of one."""

    type: Literal["task_update"]
    id: str
    title: str
    status: Literal["pending", "in_progress", "complete", "error"]
    details: _Short | None = None
    output: _Short | None = None
    sources: list[dict[str, Any]] | None = None


class PlanUpdate(Part):
    """The title over the tasks."""

    type: Literal["plan_update"]
    title: _Short


class Blocks(Part):
    """Blocks, checked like those of a message."""

    type: Literal["blocks"]
    blocks: list[Any]


_CHUNKS: TypeAdapter[list[MarkdownText | TaskUpdate | PlanUpdate | Blocks]] = TypeAdapter(
    list[Annotated[MarkdownText | TaskUpdate | PlanUpdate | Blocks, Field(discriminator="type")]]
)


def checked_chunks(chunks: Any) -> list[Json]:
    """The chunks of a call, blocks with generated ids; none where none were given.

    Raises SlackError `invalid_chunks`, or what `checked_blocks` raises.
    """
    try:
        parsed = _CHUNKS.validate_python(chunks or [])
    except ValidationError:
        raise SlackError("invalid_chunks") from None
    return [
        {"type": chunk.type, "blocks": checked_blocks(chunk.blocks)}
        if isinstance(chunk, Blocks)
        else chunk.model_dump(exclude_none=True)
        for chunk in parsed
    ]
