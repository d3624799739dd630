"""A file with examples of several formats."""

from tunesmith.bot.datasets.findings import Collector, Severity
from tunesmith.bot.datasets.rule import FileRule
from tunesmith.bot.datasets.whole_file import WholeFile
from tunesmith.bot.messages import say


def check(file: WholeFile, found: Collector) -> None:
    """Each format with its first line."""
    formats = file.statistics.formats
    if len(formats) > 1:
        shown = [
            say("finding.value.format_from_line", format=name, line=line + 1)
            for name, line in sorted(formats.items(), key=lambda item: item[1])
        ]
        found.add("mixed_formats", formats=shown)


RULE = FileRule(
    code="mixed_formats",
    severity=Severity.ERROR,
    check=check,
)
