"""A file in UTF-16; it is read, and written in UTF-8."""

from tunesmith.bot.datasets.findings import Severity
from tunesmith.bot.datasets.rule import Rule

RULE = Rule(
    code="not_utf8",
    severity=Severity.ERROR,
    fixed_by_writing=True,
)
