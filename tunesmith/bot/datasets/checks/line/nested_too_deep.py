"""A line with more levels than any example has."""

from tunesmith.bot.datasets.checks.samples import GOOD_LINE
from tunesmith.bot.datasets.findings import Collector, Severity
from tunesmith.bot.datasets.json_line import JsonLine
from tunesmith.bot.datasets.rule import LineRule


def check(line: JsonLine, found: Collector) -> None:
    """Whether one of the parsers gave up, or it was read and is too deep to be looked at."""
    too_deep = line.refusal is not None and isinstance(line.refusal.problem, RecursionError)
    if too_deep or line.keys is None:
        found.add("nested_too_deep")


RULE = LineRule(
    code="nested_too_deep",
    severity=Severity.ERROR,
    check=check,
    bad=b'{"messages": ' + b"[" * 200 + b"]" * 200 + b"}",
    good=GOOD_LINE,
)
