"""Answers in capital letters only."""

from tunesmith.bot.datasets.findings import Collector, Severity
from tunesmith.bot.datasets.rule import FileRule
from tunesmith.bot.datasets.whole_file import WholeFile

_SHARE = 0.5


def check(file: WholeFile, found: Collector) -> None:
    """More than half of all."""
    count, examples = file.statistics.upper_case, file.statistics.examples
    if count > _SHARE * examples:
        found.add("mostly_upper_case", share=count / examples)


RULE = FileRule(
    code="mostly_upper_case",
    severity=Severity.WARNING,
    check=check,
)
