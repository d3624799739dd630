"""A line with nothing on it."""

from tunesmith.bot.datasets.checks.samples import GOOD_LINE
from tunesmith.bot.datasets.findings import Collector, Severity
from tunesmith.bot.datasets.json_line import JsonLine
from tunesmith.bot.datasets.rule import LineRule


def check(line: JsonLine, found: Collector) -> None:
    """White space is nothing too."""
    if line.is_blank:
        found.add("blank_line")


def fix(line: JsonLine) -> bool:
    """An empty line is not written."""
    line.raw = line.raw.strip() and line.raw
    return not line.raw


RULE = LineRule(
    code="blank_line",
    severity=Severity.WARNING,
    check=check,
    fix=fix,
    bad=b"  ",
    good=GOOD_LINE,
)
