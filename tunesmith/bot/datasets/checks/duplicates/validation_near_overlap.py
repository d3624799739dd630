"""An example that is nearly the same as one of the validation file."""

from tunesmith.bot.datasets.findings import Severity
from tunesmith.bot.datasets.rule import Rule

RULE = Rule(
    code="validation_near_overlap",
    severity=Severity.WARNING,
)
