"""Several system messages."""

from tunesmith.bot.datasets.findings import Collector, Severity
from tunesmith.bot.datasets.rule import FileRule
from tunesmith.bot.datasets.whole_file import WholeFile


def check(file: WholeFile, found: Collector) -> None:
    """The tuned model answers best with one that it knows."""
    if len(file.statistics.systems) > 1:
        found.add("varying_system_messages", count=len(file.statistics.systems))


RULE = FileRule(
    code="varying_system_messages",
    severity=Severity.NOTE,
    check=check,
)
