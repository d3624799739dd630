"""An example that is longer than the base model is trained on."""

from tunesmith.bot.datasets.findings import Severity
from tunesmith.bot.datasets.rule import Rule

RULE = Rule(
    code="examples_truncated",
    severity=Severity.WARNING,
)
