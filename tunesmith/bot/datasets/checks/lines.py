"""One line of a file: its bytes, and whether it is a JSON object."""

import json
import re
from collections import Counter
from collections.abc import Sequence

import orjson
import stringzilla

from tunesmith.bot.datasets.findings import (
    Collector,
    Json,
    JsonObject,
    Rule,
    error,
    kind_of,
    note,
)
from tunesmith.bot.datasets.masking import quoted
from tunesmith.bot.messages import say

RULES: dict[str, Rule] = {
    "byte_order_mark": error(fixable=True),
    "not_utf8": error(fixable=True),
    "invalid_utf8": error(),
    "nul_byte": error(),
    "blank_line": error(fixable=True),
    "line_too_long": error(),
    "not_json_lines": note(fixable=True),
    "invalid_json": error(),
    "not_a_number": error(),
    "lone_surrogate": error(),
    "nested_too_deep": error(),
    "data_type": error(),
    "duplicate_key": error(),
}

# Why CPython's json module refuses a text: it has no codes, only these words.
_REASONS = {
    "Expecting value": say("finding.json.value"),
    "Expecting property name enclosed in double quotes": say("finding.json.key"),
    "Expecting ':' delimiter": say("finding.json.expected", what='":"'),
    "Expecting ',' delimiter": say("finding.json.expected", what='","'),
    "Extra data": say("finding.json.extra_data"),
    "Unterminated string starting at": say("finding.json.unterminated_string"),
    "Invalid control character at": say("finding.json.control_character"),
    "Invalid \\escape": say("finding.json.escape"),
    "Invalid \\uXXXX escape": say("finding.json.unicode_escape"),
    "Unexpected UTF-8 BOM (decode using utf-8-sig)": say("finding.character.byte_order_mark"),
    "Illegal trailing comma before end of object": say("finding.json.trailing_comma"),
    "Illegal trailing comma before end of array": say("finding.json.trailing_comma"),
}
_NO_REASON = say("finding.json.unknown")
# Examples have fewer than ten levels, schemas of tools a few more.
_MAX_DEPTH = 100
BOM = b"\xef\xbb\xbf"
# Half of a UTF-16 pair, which no valid text holds.
_SURROGATE = re.compile("[\ud800-\udfff]")


def read(line: bytes, found: Collector, *, first: bool = False) -> JsonObject | None:
    """The example on a line, or None where there is none; says what is wrong with the line.

    `first` tells that it is the first of the file, where a byte order mark may stand.
    """
    if first and line.startswith(BOM):
        found.add("byte_order_mark")
        line = line.removeprefix(BOM)
    if not line or line.isspace():
        found.add("blank_line")
        return None
    try:
        value: Json = orjson.loads(line)
    except orjson.JSONDecodeError as refusal:
        try:
            value = _read_refused(line, refusal, found)
        except RecursionError:
            found.add("nested_too_deep")
            return None
        if value is None:
            return None
    if not isinstance(value, dict):
        found.add("data_type", (), line[:80].decode(errors="replace"), kind=kind_of(value))
        return None
    return value


def keys_in(value: JsonObject, found: Collector) -> int | None:
    """How many keys an example has in all; None, with a finding, where it is nested too deep."""
    keys = _keys_in(value, 0)
    if keys is None:
        found.add("nested_too_deep")
    return keys


def check_keys(line: bytes, found: Collector) -> None:
    """Say which keys of a line occur twice in an object."""
    for key in _duplicate_keys(line):
        found.add("duplicate_key", (key,), key=quoted(key))


def _read_refused(line: bytes, refusal: orjson.JSONDecodeError, found: Collector) -> Json:
    """Say why a line is no JSON; where only a detail is wrong, read it all the same."""
    if b"\0" in line:
        found.add("nul_byte")
        return None
    try:
        text = line.decode()
    except UnicodeDecodeError as problem:
        shown = line[max(problem.start - 20, 0) : problem.start + 20].decode(errors="replace")
        found.add("invalid_utf8", (), shown, position=problem.start + 1)
        return None
    constants: list[str] = []
    try:
        value: Json = json.loads(text, parse_constant=constants.append)
    except json.JSONDecodeError as problem:
        shown = text[max(problem.pos - 30, 0) : problem.pos + 30]
        found.add(
            "invalid_json",
            (),
            shown,
            reason=_REASONS.get(problem.msg, _NO_REASON),
            column=problem.pos + 1,
        )
        return None
    except ValueError:  # a number of more digits than Python reads
        found.add("invalid_json", (), reason=say("finding.json.digits"), column=1)
        return None
    if constants:
        found.add("not_a_number", (), value=constants[0])
    elif _SURROGATE.search(json.dumps(value, ensure_ascii=False)):
        found.add("lone_surrogate")
        value = _without_surrogates(value)
    else:
        found.add("invalid_json", (), text[:80], reason=_NO_REASON, column=refusal.pos + 1)
    return value


def _without_surrogates(value: Json) -> Json:
    """The value with U+FFFD for each half character, as tiktoken counts it."""
    if isinstance(value, str):
        return _SURROGATE.sub("\ufffd", value)
    if isinstance(value, list):
        return [_without_surrogates(item) for item in value]
    if isinstance(value, dict):
        return {_SURROGATE.sub("\ufffd", k): _without_surrogates(v) for k, v in value.items()}
    return value


def _keys_in(value: Json, depth: int) -> int | None:
    """How many keys all objects of a value have together; None below _MAX_DEPTH levels."""
    if depth > _MAX_DEPTH:
        return None
    keys = len(value) if isinstance(value, dict) else 0
    for item in (
        value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    ):
        if isinstance(item, list | dict):
            below = _keys_in(item, depth + 1)
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


def _duplicate_keys(line: bytes) -> list[str]:
    """The keys that occur twice in one object."""
    duplicates: list[str] = []

    def note_duplicates(pairs: list[tuple[str, Json]]) -> JsonObject:
        merged = dict(pairs)
        if len(merged) < len(pairs):
            times = Counter(name for name, _ in pairs)
            duplicates.extend(name for name, count in times.items() if count > 1)
        return merged

    json.loads(line.decode(errors="replace"), object_pairs_hook=note_duplicates)
    return duplicates
