"""Half a character: an emoji that was cut in two."""

from tunesmith.bot.datasets.checks.samples import GOOD_LINE
from tunesmith.bot.datasets.findings import Collector, Severity
from tunesmith.bot.datasets.json_line import JsonLine
from tunesmith.bot.datasets.rule import LineRule


def check(line: JsonLine, found: Collector) -> None:
    """What is read has U+FFFD in its place."""
    if line.refusal is not None and line.refusal.halves:
        found.add("lone_surrogate")


RULE = LineRule(
    code="lone_surrogate",
    severity=Severity.WARNING,
    check=check,
    bad=(
        b'{"messages": [{"role": "user", "content": "a \\ud83d"}, '
        b'{"role": "assistant", "content": "b"}]}'
    ),
    good=GOOD_LINE,
)
