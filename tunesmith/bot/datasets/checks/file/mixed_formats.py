"""An example in another format than the file's (that of most of its first examples)."""

from tunesmith.bot.datasets.findings import Severity
from tunesmith.bot.datasets.rule import Rule

RULE = Rule(
    code="mixed_formats",
    severity=Severity.WARNING,
)
