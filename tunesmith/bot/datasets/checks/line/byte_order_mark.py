"""A byte order mark at the beginning of the file."""

from tunesmith.bot.datasets.checks.samples import GOOD_LINE
from tunesmith.bot.datasets.findings import Collector, Severity
from tunesmith.bot.datasets.json_line import BOM, JsonLine
from tunesmith.bot.datasets.rule import LineRule


def check(line: JsonLine, found: Collector) -> None:
    """Only the first line of a file is marked."""
    if line.marked:
        found.add("byte_order_mark")


def fix(line: JsonLine) -> bool:
    """The line is written without it."""
    was_marked, line.marked = line.marked, False
    return was_marked


RULE = LineRule(
    code="byte_order_mark",
    severity=Severity.WARNING,
    check=check,
    fix=fix,
    bad=BOM + GOOD_LINE,
    good=GOOD_LINE,
)
