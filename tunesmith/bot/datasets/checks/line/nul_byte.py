"""A line with NUL bytes, where a file was cut off."""

from tunesmith.bot.datasets.checks.samples import GOOD_LINE
from tunesmith.bot.datasets.findings import Collector, Severity
from tunesmith.bot.datasets.json_line import JsonLine
from tunesmith.bot.datasets.rule import LineRule


def check(line: JsonLine, found: Collector) -> None:
    """Only outside of texts: inside, they are escaped."""
    if line.refusal is not None and b"\0" in line.raw:
        found.add("nul_byte")


RULE = LineRule(
    code="nul_byte",
    severity=Severity.ERROR,
    check=check,
    bad=b'{"messages": [' + bytes(4),
    good=GOOD_LINE,
)
