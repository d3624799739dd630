"""A base model that is not trained with the method."""

from tunesmith.bot.datasets.findings import Collector, Severity
from tunesmith.bot.datasets.rule import FileRule
from tunesmith.bot.datasets.whole_file import WholeFile


def check(file: WholeFile, found: Collector) -> None:
    """Of those that the provider trains."""
    target = file.target
    if target.entry is not None and target.method not in target.entry.methods:
        found.add(
            "model_without_method",
            model=str(target.model),
            method=target.method,
            provider=target.provider.title,
        )


RULE = FileRule(
    code="model_without_method",
    severity=Severity.ERROR,
    check=check,
)
