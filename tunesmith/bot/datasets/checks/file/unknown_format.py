"""A file in which no line has the keys of a format."""

from tunesmith.bot.datasets.findings import Collector, Severity
from tunesmith.bot.datasets.rule import FileRule
from tunesmith.bot.datasets.whole_file import WholeFile


def check(file: WholeFile, found: Collector) -> None:
    """Nothing of it is fixed."""
    if not file.statistics.formats:
        found.add("unknown_format")


RULE = FileRule(
    code="unknown_format",
    severity=Severity.ERROR,
    check=check,
)
