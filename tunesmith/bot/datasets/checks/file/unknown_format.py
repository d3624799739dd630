"""A file in which no line has the keys of a format."""

from tunesmith.bot.datasets.findings import Collector, Severity, quoted_names
from tunesmith.bot.datasets.rule import FileRule
from tunesmith.bot.datasets.whole_file import WholeFile
from tunesmith.bot.messages import say


def check(file: WholeFile, found: Collector) -> None:
    """Nothing of it is fixed."""
    if not file.statistics.formats:
        from tunesmith.bot.datasets.conversion.shapes.nearest import nearest  # noqa: PLC0415 - rare

        keys = quoted_names(file.keys) or [say("finding.value.none")]
        found.add("unknown_format", keys=keys, nearest=nearest(file.keys))


RULE = FileRule(
    code="unknown_format",
    severity=Severity.ERROR,
    check=check,
)
