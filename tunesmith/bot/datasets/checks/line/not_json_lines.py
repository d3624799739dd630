"""A file in another container than JSON Lines; it is read converted."""

from tunesmith.bot.datasets.findings import Severity
from tunesmith.bot.datasets.rule import Rule

RULE = Rule(
    code="not_json_lines",
    severity=Severity.ERROR,
    fixed_by_writing=True,
)
