"""A question that stands in the validation file too."""

from tunesmith.bot.datasets.findings import Severity
from tunesmith.bot.datasets.rule import Rule

RULE = Rule(
    code="validation_overlap",
    severity=Severity.WARNING,
)
