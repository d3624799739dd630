"""A name that does not end in .jsonl."""

from tunesmith.bot.datasets.findings import Collector, Severity
from tunesmith.bot.datasets.rule import FileRule
from tunesmith.bot.datasets.whole_file import WholeFile


def check(file: WholeFile, found: Collector) -> None:
    """In any case of its letters."""
    if not file.name.lower().endswith(".jsonl"):
        found.add("file_name")


RULE = FileRule(
    code="file_name",
    severity=Severity.WARNING,
    check=check,
    fixed_by_writing=True,
)
