"""What holds for every fixed file, on generated files of every format with many defects."""

import io
import json
import re
import tempfile
from collections import Counter
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from hypothesis import given, reject, settings
from hypothesis import strategies as some

from tests.datasets.generated import EXAMPLES
from tests.datasets.samples import found_in
from tunesmith.bot.datasets import Selection
from tunesmith.bot.datasets.checks.samples import WEATHER, call
from tunesmith.bot.datasets.findings import RawFinding, Severity
from tunesmith.bot.datasets.fix import FixResult, fix_sync
from tunesmith.bot.datasets.json_line import BOM
from tunesmith.bot.datasets.rules import FIXABLE, FIXED_BY_DEFAULT, RULES
from tunesmith.bot.errors import DatasetError
from tunesmith.bot.providers.catalogue import load_catalogue

_CATALOGUE = load_catalogue()
# Their findings are fixed where that is sure, and left where it is not.
_PARTLY = {"unrecognized_role", "arguments_not_json_object", "mojibake", "pair_key_case"}
_CONVERTED = {"foreign_format", "not_json_lines"}
_FILES = settings(max_examples=30)

# Written as the numbers between the signs.
_NUMBERS = some.sampled_from([f"@{n}@" for n in ("1.10", "1e400", "-0", "9" * 30, "0.1E2", "7")])
_TEXTS = some.sampled_from(
    [
        "Why?",
        "    def f():\n\treturn 1\n",
        "caf\u00c3\u00a9",
        "é — ü",
        "a\0b",
        "",
        " ",
        "q ->",
        " a END",
    ]
)
_VALUES = some.one_of(_NUMBERS, _TEXTS, some.none(), some.lists(_NUMBERS, max_size=2))
_ARGUMENTS = some.one_of(_TEXTS, some.dictionaries(some.just("city"), _VALUES))
_CALLS = some.lists(some.builds(call, _ARGUMENTS), max_size=2)
_MESSAGES = some.fixed_dictionaries(
    {
        "role": some.sampled_from(["user", "assistant", "System", " ASSISTANT ", "tool", "bot", 3]),
        "content": some.one_of(_TEXTS, _VALUES),
    },
    optional={
        "weight": some.sampled_from([0, 1, None, "@1.0@"]),
        "name": some.sampled_from([None, "Kim", "Kim Min"]),
        "tool_calls": some.one_of(
            some.none(), some.lists(some.builds(call, _ARGUMENTS), max_size=2)
        ),
        "mood": _VALUES,
    },
)
_LISTS = some.lists(_MESSAGES, min_size=1, max_size=3)
_MORE: dict[str, Any] = {"topic": _VALUES, "tools": some.sampled_from([None, [WEATHER]])}
_CHATS = some.fixed_dictionaries({"messages": _LISTS}, optional=_MORE)
_PREFERENCES = some.fixed_dictionaries(
    {"input": _CHATS, "preferred_output": _LISTS, "non_preferred_output": _LISTS},
    optional={"topic": _VALUES},
)
_REFERENCES = some.fixed_dictionaries({"messages": _LISTS, "reference": _VALUES}, optional=_MORE)
_PAIRS = some.fixed_dictionaries(
    {"Prompt": _TEXTS, "completion": _TEXTS}, optional={"topic": _VALUES}
)
_ODD = some.sampled_from(
    [
        b"",
        b" \t",
        b'{"messages": [',
        b'{"text": "a\\u0000"}',
        b'{"messages": [{"role": "User", "content": "a", "content": "b"}]}',
        b'{"messages": [{"role": "User", "content": NaN}]}',
    ]
)


def _written(row: dict[str, Any], *, spaced: bool, escaped: bool) -> bytes:
    comma, colon = (", ", ": ") if spaced else (",", ":")
    text = json.dumps(row, separators=(comma, colon), ensure_ascii=escaped)
    return re.sub(r'"@([^@"]*)@"', r"\1", text).encode()


_ROWS = (_CHATS, _PREFERENCES, _REFERENCES, _PAIRS, EXAMPLES)


@some.composite
def _files(draw: some.DrawFn) -> bytes:
    """A file of one format most of all, in one way of writing or another."""
    rows = draw(some.sampled_from(_ROWS))
    lines: list[bytes] = []
    for _ in range(draw(some.integers(1, 4))):
        if draw(some.integers(0, 4)):
            style = draw(some.booleans()), draw(some.booleans())
            lines.append(_written(draw(rows), spaced=style[0], escaped=style[1]))
        else:
            lines.append(draw(_ODD))
    ending = draw(some.sampled_from([b"\n", b"\n", b"\r\n"]))
    content = draw(some.sampled_from([b"", b"", BOM])) + ending.join(lines)
    return content + draw(some.sampled_from([b"", ending]))


_PROVIDERS = some.sampled_from(["openai", "nebius"])


def _fix(
    folder: Path, content: bytes, provider: str, codes: frozenset[str] = FIXED_BY_DEFAULT
) -> tuple[FixResult, bytes, str]:
    path, out, diff = folder / "a.jsonl", folder / "fixed.jsonl", io.StringIO()
    path.write_bytes(content)
    selection = Selection(_CATALOGUE, provider)
    fix = partial(fix_sync, path, name="a.jsonl", selection=selection, codes=codes)
    try:
        done = fix(out=out, diff=diff, force=True)
    except DatasetError:  # of no known format, or empty
        reject()
    if not _CONVERTED.isdisjoint(done.counts):  # the diff begins behind that
        reject()
    return done, out.read_bytes(), diff.getvalue()


def _found(folder: Path, content: bytes) -> list[RawFinding]:
    path = folder / "checked.jsonl"
    path.write_bytes(content)
    return found_in(path) if content else []


def _split(content: bytes) -> list[bytes]:
    """Lines with their line feeds."""
    return [line for line in re.split(rb"(?<=\n)", content) if line]


def _undone(content: bytes, diff: str) -> bytes:
    """The file that a unified diff without context leads from, by the one that it leads to."""
    after, before, place = _split(content), list[bytes](), 0
    for hunk in re.split(r"^@@ ", diff, flags=re.MULTILINE)[1:]:
        head, _, body = hunk.partition("\n")
        found = re.fullmatch(r"-(\d+) \+(\d+)(,0)? @@", head)
        assert found is not None
        until = int(found[2]) - (0 if found[3] else 1)
        before += after[place:until]
        place = until + (0 if found[3] else 1)
        assert len(before) == int(found[1]) - 1
        old = body[1:].partition("\n")
        bare = old[2].startswith("\\")
        before.append((old[0] + ("" if bare else "\n")).encode())
    return b"".join([*before, *after[place:]])


@_FILES
@given(content=_files(), provider=_PROVIDERS)
def test_every_byte_of_the_file_is_in_the_fixed_one_or_in_the_diff(
    content: bytes, provider: str
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        done, after, diff = _fix(Path(folder), content, provider)
    assert _undone(after, diff) == content
    blank = sum(not line.removeprefix(BOM).strip() for line in _split(content))
    assert len(_split(after)) == len(_split(content)) - blank
    assert done.changed == len(re.findall(r"^@@ ", diff, re.MULTILINE))


@_FILES
@given(content=_files(), provider=_PROVIDERS)
def test_a_fixed_file_has_nothing_left_to_fix(content: bytes, provider: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _, after, _ = _fix(folder, content, provider, FIXABLE)
        done, again, _ = _fix(folder, after, provider, FIXABLE)
    assert done.counts == {}
    assert again == after


@_FILES
@given(content=_files(), provider=_PROVIDERS)
def test_what_was_fixed_is_found_no_more_and_no_line_is_worse(
    content: bytes, provider: str
) -> None:
    content = b"".join(line for line in _split(content) if b'"text"' not in line)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        before = _found(folder, content)
        done, after, _ = _fix(folder, content, provider)
        found = _found(folder, after)
    assert not (done.counts.keys() - _PARTLY) & {finding.code for finding in found}
    assert len(_in_error(found)) <= len(_in_error(before))


def _in_error(findings: Sequence[RawFinding]) -> set[int | None]:
    return {each.line for each in findings if RULES[each.code].severity is Severity.ERROR}


@_FILES
@given(content=_files())
def test_a_line_without_a_finding_that_can_be_fixed_stays_to_the_byte(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        wrong = {each.line for each in _found(folder, content) if each.code in FIXED_BY_DEFAULT}
        _, after, _ = _fix(folder, content, "nebius")
    kept = Counter(_split(after))
    for number, line in enumerate(_split(content), 1):
        if number not in wrong and not line.endswith(b"\r\n"):
            assert kept[line], line


@_FILES
@given(row=some.one_of(_CHATS, _PREFERENCES, _REFERENCES), spaced=some.booleans())
def test_no_value_is_lost_but_those_that_a_rule_leaves_out(
    row: dict[str, Any], spaced: bool
) -> None:
    line = _written(row, spaced=spaced, escaped=False)
    codes = frozenset({"unrecognized_role", "arguments_not_json_object", "byte_order_mark", "crlf"})
    with tempfile.TemporaryDirectory() as folder:
        _, after, _ = _fix(Path(folder), line, "openai", codes)
    assert _leaves(after) == _leaves(line)


def _leaves(line: bytes) -> list[str]:
    """Every key and value of a line as it is written, in order; roles in one case."""
    found: list[str] = []

    def walk(value: Any, key: str) -> None:
        match value:
            case {**entries}:
                for name, item in entries.items():
                    found.append(name)
                    walk(item, name)
            case [*items]:
                for item in items:
                    walk(item, key)
            case str() if key == "arguments" and value.startswith("{"):
                walk(json.loads(value, parse_int=str, parse_float=str), "")
            case _:
                found.append(value.strip().lower() if key == "role" else str(value))

    walk(json.loads(line, parse_int=str, parse_float=str), "")
    return found
