"""Images for a base model that does not see."""

from tunesmith.bot.datasets.findings import Collector, Severity
from tunesmith.bot.datasets.rule import FileRule
from tunesmith.bot.datasets.whole_file import WholeFile


def check(file: WholeFile, found: Collector) -> None:
    """Where a base model was asked for."""
    entry, count = file.target.entry, file.statistics.with_images
    if count and entry is not None and not entry.vision:
        found.add("model_without_vision", count=count, model=str(file.target.model))


RULE = FileRule(
    code="model_without_vision",
    severity=Severity.ERROR,
    check=check,
)
