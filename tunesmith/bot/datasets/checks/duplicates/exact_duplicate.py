"""An example that another line holds already."""

from tunesmith.bot.datasets.findings import Severity
from tunesmith.bot.datasets.rule import Rule

RULE = Rule(
    code="exact_duplicate",
    severity=Severity.WARNING,
    on_request=True,
)
