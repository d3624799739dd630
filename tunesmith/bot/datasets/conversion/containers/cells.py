"""Rows of a table as JSON objects, a line each."""

import base64
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import orjson

from tunesmith.bot.datasets.conversion import exact
from tunesmith.bot.datasets.findings import Json, JsonObject

# Columns whose cells hold JSON where a table has only text.
_JSON_COLUMNS = frozenset(
    {
        "chosen_messages",
        "contents",
        "conversation",
        "conversations",
        "functions",
        "history",
        "messages",
        "non_preferred_output",
        "parallel_tool_calls",
        "preferred_output",
        "rejected_messages",
        "systeminstruction",
        "tools",
    }
)
# Columns of text, whose cells hold messages in some files.
_TEXT_COLUMNS = frozenset(
    {
        "answer",
        "chosen",
        "completion",
        "input",
        "instruction",
        "output",
        "prompt",
        "query",
        "question",
        "rejected",
        "response",
        "text",
    }
)


def lines(rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """The rows below the heading, which is the first one that is not empty, each as a line.

    Empty rows stay lines, so that line n is row n; those at the end are left out.
    """
    heading: list[str] | None = None
    empty = 0
    for row in rows:
        if heading is None:
            heading = _heading(row) if any(map(_has_value, row)) else None
        elif any(map(_has_value, row)):
            yield from [b"\n"] * empty
            empty = 0
            yield as_line(_as_object(heading, row))
        else:
            empty += 1


def as_line(row: JsonObject) -> bytes:
    """A row as a line of JSON."""
    try:
        return orjson.dumps(row, default=_as_text, option=orjson.OPT_NON_STR_KEYS) + b"\n"
    except (TypeError, ValueError):  # an integer of more than 64 bits, or half a character
        return json.dumps(row, default=str).encode() + b"\n"


def parsed(name: str, text: str) -> Json:
    """A cell of text: JSON where its column holds some, or where it is a list of messages."""
    name = name.lower()
    if name not in _JSON_COLUMNS and not (name in _TEXT_COLUMNS and text.startswith(("[{", "{"))):
        return text
    try:
        value = exact.loads(text.encode())
    except ValueError:
        return text
    return value if name in _JSON_COLUMNS or _holds_messages(value) else text


def _holds_messages(value: Json) -> bool:
    if isinstance(value, dict):
        value = value.get("messages")
    return isinstance(value, list) and all(isinstance(m, dict) and "role" in m for m in value)


def _has_value(cell: Any) -> bool:
    return cell is not None and cell != ""


def _heading(cells: Iterable[Any]) -> list[str]:
    """A name for each column, all different."""
    names: list[str] = []
    taken: set[str] = set()
    for number, cell in enumerate(cells, 1):
        name = "" if cell is None else str(cell).strip()
        if name in taken:
            name = f"{name} (column {number})"
        names.append(name or f"column {number}")
        taken.add(names[-1])
    return names


def _as_object(heading: Sequence[str], cells: Sequence[Any]) -> JsonObject:
    """A row; of empty cells only those of texts, which are missed then, are kept."""
    row: JsonObject = {}
    for index, cell in enumerate(cells):
        if _has_value(cell):
            name = heading[index] if index < len(heading) else f"column {index + 1}"
            row[name] = parsed(name, cell) if isinstance(cell, str) else cell
        elif index < len(heading) and heading[index].lower() in _TEXT_COLUMNS:
            row[heading[index]] = ""
    return row


def _as_text(value: object) -> str:
    return base64.b64encode(value).decode() if isinstance(value, bytes) else str(value)
