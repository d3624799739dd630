"""The same question in every example, whatever is asked of the model later."""

from tunesmith.bot.datasets.findings import Collector, Severity
from tunesmith.bot.datasets.rule import FileRule
from tunesmith.bot.datasets.whole_file import WholeFile


def check(file: WholeFile, found: Collector) -> None:
    """More than one example, and one question that opens them."""
    if len(file.statistics.openings) == 1 and file.statistics.examples > 1:
        found.add("all_questions_same", count=file.statistics.examples)


RULE = FileRule(
    code="all_questions_same",
    severity=Severity.WARNING,
    check=check,
)
