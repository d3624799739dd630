"""A validation file in another format."""

from tunesmith.bot.datasets.findings import Collector, Severity
from tunesmith.bot.datasets.rule import FileRule
from tunesmith.bot.datasets.whole_file import WholeFile


def check(file: WholeFile, found: Collector) -> None:
    """Where both files have one format each."""
    if file.validation is None:
        return
    theirs, ours = set(file.validation.formats), set(file.statistics.formats)
    if len(theirs) == len(ours) == 1 and theirs != ours:
        found.add("validation_format", found=theirs.pop(), format=ours.pop())


RULE = FileRule(
    code="validation_format",
    severity=Severity.ERROR,
    check=check,
)
