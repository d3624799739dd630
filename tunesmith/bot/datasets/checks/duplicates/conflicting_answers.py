"""The same question with another answer."""

from tunesmith.bot.datasets.findings import Severity
from tunesmith.bot.datasets.rule import Rule

RULE = Rule(
    code="conflicting_answers",
    severity=Severity.WARNING,
)
