"""A line that holds another value than an object."""

from tunesmith.bot.datasets.checks.samples import GOOD_LINE
from tunesmith.bot.datasets.findings import Collector, Severity, kind_of
from tunesmith.bot.datasets.json_line import JsonLine
from tunesmith.bot.datasets.masking import excerpt
from tunesmith.bot.datasets.rule import LineRule


def check(line: JsonLine, found: Collector) -> None:
    """Anything that JSON reads and that is no object."""
    if line.is_read and not isinstance(line.value, dict):
        shown = excerpt(line.raw[:480].decode(errors="replace"), 0, 80)
        found.add("data_type", (), shown, kind=kind_of(line.value))


RULE = LineRule(
    code="data_type",
    severity=Severity.ERROR,
    check=check,
    bad=b'["messages"]',
    good=GOOD_LINE,
)
