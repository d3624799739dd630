"""An example that is nearly the same as an earlier one."""

from tunesmith.bot.datasets.findings import Severity
from tunesmith.bot.datasets.rule import Rule

RULE = Rule(
    code="near_duplicate",
    severity=Severity.WARNING,
)
