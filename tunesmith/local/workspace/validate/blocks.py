"""Checks blocks: their shape, what fits together, and what each surface takes.

Surfaces as in https://docs.slack.dev/reference/block-kit/blocks
"""

import secrets
from collections.abc import Iterator
from typing import Any, Literal, TypeAlias

from pydantic import TypeAdapter, ValidationError

from tunesmith.local.workspace import inputs
from tunesmith.local.workspace.records import Json, is_array, is_object
from tunesmith.local.workspace.validate import problems
from tunesmith.local.workspace.validate.block_kit.blocks import Block

Surface: TypeAlias = Literal["message", "modal", "home"]

_MESSAGE_ONLY = {
    "context_actions",
    "data_table",
    "data_visualization",
    "markdown",
    "plan",
    "table",
    "task_card",
}
_REFUSED: dict[Surface, set[str]] = {
    "message": {"alert"},
    "modal": _MESSAGE_ONLY | {"card", "carousel"},
    "home": _MESSAGE_ONLY | {"alert"},
}
_MARKDOWN_TOTAL = 12_000
_MAX_CHARTS = 2

_BLOCKS: TypeAdapter[list[Any]] = TypeAdapter(list[Block])


def shape_problems(blocks: Any) -> list[str]:
    """What is wrong with the shape of message blocks, in Slack's words."""
    try:
        _BLOCKS.validate_python(blocks)
    except ValidationError as error:
        return problems.describe(error, blocks, "/blocks")
    return []


def rule_problems(blocks: list[Json], surface: Surface, root: str) -> list[str]:
    """What is wrong with well-shaped blocks taken together, or on this surface."""
    return [
        *_surface_problems(blocks, surface, root),
        *_duplicate_block_ids(blocks, root),
        *_duplicate_action_ids(blocks, root),
        *_total_problems(blocks, root),
    ]


def walk(blocks: list[Json], root: str) -> Iterator[tuple[str, Json]]:
    """Every block with its pointer, those inside containers too."""
    for index, block in enumerate(blocks):
        pointer = f"{root}/{index}"
        yield pointer, block
        yield from walk(block.get("child_blocks") or [], f"{pointer}/child_blocks")


def with_ids(blocks: list[Json]) -> list[Json]:
    """A copy in which every block has a `block_id` and every element an `action_id`."""
    return [_with_ids(block) for block in blocks]


def new_block_id() -> str:
    """A generated `block_id`."""
    return secrets.token_urlsafe(4)[:5]


def _with_ids(block: Json) -> Json:
    out: Json = {**block, "block_id": block.get("block_id") or new_block_id()}
    for name in ("accessory", "element"):
        if is_object(out.get(name)):
            out[name] = _with_action_id(out[name])
    for name in ("elements", "actions"):
        if is_array(out.get(name)):
            out[name] = [_with_action_id(element) for element in out[name]]
    if out.get("child_blocks"):
        out["child_blocks"] = with_ids(out["child_blocks"])
    if out["type"] == "carousel":
        out["elements"] = with_ids(out["elements"])
    return out


def _with_action_id(element: Json) -> Json:
    if element["type"] not in inputs.INTERACTIVE or element.get("action_id"):
        return element
    return {**element, "action_id": secrets.token_urlsafe(4)[:5]}


def _surface_problems(blocks: list[Json], surface: Surface, root: str) -> Iterator[str]:
    for pointer, block in walk(blocks, root):
        if block["type"] in _REFUSED[surface]:
            yield f"unsupported type: {block['type']} [json-pointer:{pointer}/type]"
        element: Json = block.get("element") or {}
        if element.get("type") == "file_input" and surface != "modal":
            yield f"unsupported type: file_input [json-pointer:{pointer}/element/type]"


def _duplicate_block_ids(blocks: list[Json], root: str) -> Iterator[str]:
    seen: set[str] = set()
    for pointer, block in walk(blocks, root):
        block_id = block.get("block_id")
        if block_id and block_id in seen:
            yield f'`block_id` "{block_id}" already exists [json-pointer:{pointer}/block_id]'
        seen.add(block_id or "")


def _duplicate_action_ids(blocks: list[Json], root: str) -> Iterator[str]:
    for pointer, block in walk(blocks, root):
        seen: set[str] = set()
        for index, element in enumerate(block.get("elements") or []):
            action_id = element.get("action_id")
            if action_id and action_id in seen:
                where = f"{pointer}/elements/{index}/action_id"
                yield f'`action_id` "{action_id}" already exists [json-pointer:{where}]'
            seen.add(action_id or "")


def _total_problems(blocks: list[Json], root: str) -> Iterator[str]:
    kinds = [block["type"] for _, block in walk(blocks, root)]
    if kinds.count("data_visualization") > _MAX_CHARTS:
        yield f"no more than {_MAX_CHARTS} data_visualization blocks allowed [json-pointer:{root}]"
    markdown = sum(len(block["text"]) for block in blocks if block["type"] == "markdown")
    if markdown > _MARKDOWN_TOTAL:
        yield f"must be less than {_MARKDOWN_TOTAL + 1} characters [json-pointer:{root}]"
