"""JSON read and written so that nothing changes that is not changed on purpose.

Python's numbers have no place for 1.10, 1e400 or integers of 30 digits. Here such a number keeps
its text; keys keep their order, and a line keeps its way of writing separators and letters.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from json.encoder import encode_basestring, encode_basestring_ascii
from typing import NamedTuple, cast

from tunesmith.bot.datasets.findings import Json, JsonObject

# What stands between the first key of an object and its value.
_FIRST_COLON = re.compile(rb'\s*\{\s*"(?:[^"\\]|\\.)*"\s*:(\s?)')


@dataclass(frozen=True, slots=True)
class Number:
    """A number whose text Python would write in another way."""

    text: str


class Exact(NamedTuple):
    """A value with its numbers as they are written; of a repeated key, the last one."""

    value: Json
    has_repeated_keys: bool


def read_exact(raw: bytes) -> Exact:
    """Read what orjson reads. Where a number would not survive, a `Number` stands for it."""
    repeated = False

    def collect(pairs: list[tuple[str, Json]]) -> JsonObject:
        nonlocal repeated
        merged = dict(pairs)
        repeated = repeated or len(merged) < len(pairs)
        return merged

    value = json.loads(raw, parse_int=_integer, parse_float=_float, object_pairs_hook=collect)
    return Exact(value, repeated)


def write_like(raw: bytes, value: Json) -> bytes:
    """Write a value as a line is written: its separators, escapes, and the white space around."""
    colon = _FIRST_COLON.match(raw)
    spaced = colon is not None and bool(colon[1])
    escaped = raw.isascii() and rb"\u" in raw
    style = _Style(
        encode_basestring_ascii if escaped else encode_basestring,
        ", " if spaced else ",",
        ": " if spaced else ":",
    )
    before, after = raw[: len(raw) - len(raw.lstrip())], raw[len(raw.rstrip()) :]
    return before + _written(value, style).encode() + after


def write_short(value: Json) -> str:
    """Write a value without white space."""
    return _written(value, _Style(encode_basestring, ",", ":"))


class _Style(NamedTuple):
    quote: Callable[[str], str]
    comma: str
    colon: str


def _written(value: Json, style: _Style) -> str:
    if isinstance(value, str):
        return style.quote(value)
    if isinstance(value, dict):
        items = (style.quote(k) + style.colon + _written(v, style) for k, v in value.items())
        return "{" + style.comma.join(items) + "}"
    if isinstance(value, list):
        return "[" + style.comma.join(_written(item, style) for item in value) + "]"
    if isinstance(value, Number):
        return value.text
    return json.dumps(value)


def _integer(text: str) -> Json:
    # More digits than the widest integer that orjson writes.
    return int(text) if len(text) < 19 and str(int(text)) == text else cast("Json", Number(text))


def _float(text: str) -> Json:
    value = float(text)
    return value if json.dumps(value) == text else cast("Json", Number(text))
