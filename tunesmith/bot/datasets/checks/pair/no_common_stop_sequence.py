"""Completions without a common ending."""

from tunesmith.bot.datasets.findings import Collector, Severity
from tunesmith.bot.datasets.rule import FileRule
from tunesmith.bot.datasets.whole_file import WholeFile


def check(file: WholeFile, found: Collector) -> None:
    """So the model does not learn to stop."""
    if file.style is not None and not file.style.stop:
        found.add("no_common_stop_sequence")


RULE = FileRule(
    code="no_common_stop_sequence",
    severity=Severity.WARNING,
    check=check,
)
