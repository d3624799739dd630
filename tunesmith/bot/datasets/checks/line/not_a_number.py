"""NaN or Infinity, which Python writes and JSON does not have."""

from tunesmith.bot.datasets.checks.samples import GOOD_LINE
from tunesmith.bot.datasets.findings import Collector, Severity
from tunesmith.bot.datasets.json_line import JsonLine
from tunesmith.bot.datasets.rule import LineRule


def check(line: JsonLine, found: Collector) -> None:
    """The first of them is named."""
    if line.refusal is not None and line.is_read and line.refusal.constants:
        found.add("not_a_number", (), value=line.refusal.constants[0])


RULE = LineRule(
    code="not_a_number",
    severity=Severity.WARNING,
    check=check,
    bad=b'{"messages": NaN}',
    good=GOOD_LINE,
)
