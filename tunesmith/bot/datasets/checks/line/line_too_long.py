"""A line that is not read for its length (`reading.MAX_LINE_BYTES`)."""

from tunesmith.bot.datasets.findings import Severity
from tunesmith.bot.datasets.rule import Rule

RULE = Rule(
    code="line_too_long",
    severity=Severity.ERROR,
)
