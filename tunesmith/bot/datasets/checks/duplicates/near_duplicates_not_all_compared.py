"""More examples look alike than were compared."""

from tunesmith.bot.datasets.findings import Severity
from tunesmith.bot.datasets.rule import Rule

RULE = Rule(
    code="near_duplicates_not_all_compared",
    severity=Severity.NOTE,
)
