"""An error in the validation file, with its line there."""

from tunesmith.bot.datasets.findings import Severity
from tunesmith.bot.datasets.rule import Rule

RULE = Rule(
    code="validation_invalid",
    severity=Severity.ERROR,
)
