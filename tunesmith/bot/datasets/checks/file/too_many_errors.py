"""A file of which the rest is not read (`scan.MAX_ERRORS`)."""

from tunesmith.bot.datasets.findings import Severity
from tunesmith.bot.datasets.rule import Rule

RULE = Rule(
    code="too_many_errors",
    severity=Severity.ERROR,
)
