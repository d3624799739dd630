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

RULES: dict[str, Rule] = {
    "byte_order_mark": error(
        "The file starts with a byte order mark, so its first line is not valid JSON.",
        "Save it as UTF-8 without BOM; the corrected file has none.",
    ),
    "not_utf8": error(
        "The file is in {encoding}, not UTF-8.",
        "Save it as UTF-8; the corrected file is.",
    ),
    "invalid_utf8": error(
        "Byte {position} of this line is not UTF-8.",
        "The text was saved in another encoding: export it again as UTF-8.",
    ),
    "nul_byte": error(
        "The line holds NUL bytes, as in a file that was cut off or copied while being written.",
        "Export the file again.",
    ),
    "blank_line": error(
        "The line is blank, so it is not a JSON object.",
        "Remove it; the corrected file has none.",
    ),
    "line_too_long": error(
        "The line is longer than {limit} MB and was not read.",
        "Split it into several examples.",
    ),
    "not_json_lines": note(
        "The file is {kind}; it was read as one example for each {unit}.",
        "Providers take JSON Lines: the corrected file is one.",
    ),
    "invalid_json": error(
        "Not valid JSON: {reason} at character {column}.",
        "Each line must be one complete JSON object.",
    ),
    "not_a_number": error(
        "{value} is not JSON.",
        "Write null or a number instead.",
    ),
    "lone_surrogate": error(
        "Half a character (a lone surrogate such as \\ud83d): an emoji was cut in two.",
        "Write the whole character or remove the half.",
    ),
    "nested_too_deep": error(
        "The objects are nested too deep to be read.",
        "An example needs fewer than ten levels.",
    ),
    "data_type": error(
        "The line is {kind}, not a JSON object.",
        'Write each example as {{"messages": [...]}}.',
    ),
    "duplicate_key": error(
        'The key "{key}" occurs twice in one object; only the last one counts.',
        "Keep one of them.",
    ),
}

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
        found.add("duplicate_key", (key,), key=key[:40])


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
        reason = problem.msg[0].lower() + problem.msg[1:]
        found.add("invalid_json", (), shown, reason=reason, column=problem.pos + 1)
        return None
    except ValueError:  # a number of more digits than Python reads
        found.add("invalid_json", (), reason="a number with too many digits", column=1)
        return None
    if constants:
        found.add("not_a_number", (), value=constants[0])
    elif _SURROGATE.search(json.dumps(value, ensure_ascii=False)):
        found.add("lone_surrogate")
        value = _without_surrogates(value)
    else:
        found.add("invalid_json", (), text[:80], reason=refusal.msg, column=refusal.pos + 1)
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
