"""A key that stands twice in one object, where only the last one counts."""

import json
from collections import Counter

from tunesmith.bot.datasets.checks.samples import GOOD_LINE
from tunesmith.bot.datasets.findings import Collector, Json, JsonObject, Severity
from tunesmith.bot.datasets.json_line import JsonLine
from tunesmith.bot.datasets.json_text import read_exact, write_like
from tunesmith.bot.datasets.masking import quoted
from tunesmith.bot.datasets.rule import LineRule


def check(line: JsonLine, found: Collector) -> None:
    """Only lines that write other than their keys are read for it."""
    if line.is_read and line.keys is not None and line.keys != line.written:
        for key in _duplicate_keys(line.raw):
            found.add("duplicate_key", (key,), key=quoted(key))


def _duplicate_keys(raw: bytes) -> list[str]:
    """The keys that stand twice in one object."""
    duplicates: list[str] = []

    def note_duplicates(pairs: list[tuple[str, Json]]) -> JsonObject:
        merged = dict(pairs)
        if len(merged) < len(pairs):
            times = Counter(name for name, _ in pairs)
            duplicates.extend(name for name, count in times.items() if count > 1)
        return merged

    json.loads(raw.decode(errors="replace"), object_pairs_hook=note_duplicates)
    return duplicates


def fix(line: JsonLine) -> bool:
    """Only the value that counts is kept."""
    if line.example is None or line.refusal is not None or line.keys == line.written:
        return False
    exact = read_exact(line.raw)
    if exact.has_repeated_keys:
        line.raw = write_like(line.raw, exact.value)
    return exact.has_repeated_keys


RULE = LineRule(
    code="duplicate_key",
    severity=Severity.WARNING,
    on_request=True,
    check=check,
    fix=fix,
    bad=(
        b'{"messages": [{"role": "user", "content": "a", "content": "b"}, '
        b'{"role": "assistant", "content": "c"}]}'
    ),
    good=GOOD_LINE,
)
