"""One line of a file: its bytes, and what JSON makes of them."""

import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

import orjson
import stringzilla

from tunesmith.bot.datasets.findings import Json, JsonObject

BOM = b"\xef\xbb\xbf"
# Examples have fewer than ten levels, schemas of tools a few more.
_MAX_DEPTH = 100
# Half of a UTF-16 pair, which no valid text holds.
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(slots=True)
class Refusal:
    """Why the quick parser, orjson, refuses a line, as Python's json tells it.

    `text` is None where the line is not UTF-8; `problem` is what json raised. Without one, json
    has read the line, with what JSON does not know: `constants` such as NaN, or `halves` of
    characters. `position` is where orjson stopped.
    """

    position: int
    text: str | None = None
    problem: Exception | None = None
    constants: list[str] = field(default_factory=list[str])
    halves: bool = False

    @property
    def unexplained(self) -> bool:
        """Whether nothing of it says why."""
        return not (self.problem or self.constants or self.halves)


@dataclass(slots=True)
class JsonLine:
    """A line without its line feed; `marked` tells of a byte order mark, which `raw` is without.

    `keys` are those of all objects together, None where they are nested too deep; `written` are
    those that `keys_in_text` counts.
    """

    raw: bytes
    marked: bool = False
    value: Json = None
    keys: int | None = 0
    written: int = 0
    refusal: Refusal | None = None

    @property
    def is_blank(self) -> bool:
        """Whether there is nothing on it."""
        return not self.raw or self.raw.isspace()

    @property
    def is_read(self) -> bool:
        """Whether it holds a value, right or wrong."""
        return not self.is_blank and (
            self.refusal is None or (self.refusal.text is not None and self.refusal.problem is None)
        )

    @property
    def example(self) -> JsonObject | None:
        """The object on it, where there is one that can be looked at."""
        return self.value if isinstance(self.value, dict) and self.keys is not None else None


def read_line(raw: bytes, *, written: int = 0, first: bool = False) -> JsonLine:
    """Read a line; `first` tells that it is the file's, where a byte order mark may stand."""
    line = JsonLine(raw, written=written)
    if first and raw.startswith(BOM):
        line.raw, line.marked = raw.removeprefix(BOM), True
    if line.is_blank:
        return line
    try:
        line.value = orjson.loads(line.raw)
    except orjson.JSONDecodeError as refused:
        line.refusal = Refusal(refused.pos)
        if b"\0" not in line.raw:
            line.value = _read_refused(line.raw, line.refusal)
    line.keys = keys_in(line.value)
    return line


def _read_refused(raw: bytes, refusal: Refusal) -> Json:
    """What json reads where orjson does not."""
    try:
        refusal.text = raw.decode()
        value: Json = json.loads(refusal.text, parse_constant=partial(_constant, refusal))
    except (ValueError, RecursionError) as problem:
        refusal.problem = problem
        return None
    refusal.halves = _SURROGATE.search(json.dumps(value, ensure_ascii=False)) is not None
    return _without_halves(value) if refusal.halves else value


def _constant(refusal: Refusal, name: str) -> float:
    """NaN for each of NaN, Infinity and -Infinity: unlike null, it is a number."""
    refusal.constants.append(name)
    return math.nan


def _without_halves(value: Json) -> Json:
    """The value with U+FFFD for each half character, as tiktoken counts it."""
    if isinstance(value, str):
        return _SURROGATE.sub("\ufffd", value)
    if isinstance(value, list):
        return [_without_halves(item) for item in value]
    if isinstance(value, dict):
        return {_SURROGATE.sub("\ufffd", k): _without_halves(v) for k, v in value.items()}
    return value


def keys_in(value: Json, depth: int = 0) -> int | None:
    """How many keys all objects of a value have together; None below _MAX_DEPTH levels."""
    if depth > _MAX_DEPTH:
        return None
    keys = len(value) if isinstance(value, dict) else 0
    for item in (
        value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    ):
        if isinstance(item, list | dict):
            below = keys_in(item, depth + 1)
            if below is None:
                return None
            keys += below
    return keys


def keys_in_text(data: bytes, split: Sequence[bytes]) -> list[int]:
    r"""How many keys each line of a block writes, without parsing it; -1 where that is unclear.

    A quote inside a text is always escaped, so `":` ends a key and `\":` does not. Unclear is
    white space in front of a colon. A key that ends in a backslash makes the number too low.
    """
    count = stringzilla.count
    written = [count(line, b'":') - count(line, b'\\":') for line in split]
    for unclear in (b'" :', b"  :", b"\t:", b"\t :", b"\r:", b"\r :"):
        if stringzilla.find(data, unclear) >= 0:
            for number, line in enumerate(split):
                if stringzilla.find(line, unclear) >= 0:
                    written[number] = -1
    return written
