"""Images for a base model that does not see."""

from tunesmith.bot.datasets.findings import Collector, Severity
from tunesmith.bot.datasets.rule import FileRule
from tunesmith.bot.datasets.whole_file import WholeFile


def check(file: WholeFile, found: Collector) -> None:
    """The one that was asked for, or else every one that has the method."""
    entries, count = file.target.entries, file.statistics.with_images
    if count and entries and not any(entry.vision for entry in entries):
        found.add("model_without_vision", count=count, model=[entry.name for entry in entries])


RULE = FileRule(
    code="model_without_vision",
    severity=Severity.ERROR,
    check=check,
)
