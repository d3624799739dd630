"""A validation file with errors of its own."""

from tunesmith.bot.datasets.findings import Collector, Severity
from tunesmith.bot.datasets.rule import FileRule
from tunesmith.bot.datasets.whole_file import WholeFile


def check(file: WholeFile, found: Collector) -> None:
    """The first few codes of them."""
    if file.validation is not None and file.validation.errors:
        found.add("validation_invalid", codes=sorted(file.validation.errors)[:5])


RULE = FileRule(
    code="validation_invalid",
    severity=Severity.ERROR,
    check=check,
)
