"""Fewer examples than the provider needs."""

from tunesmith.bot.datasets.findings import Collector, Severity
from tunesmith.bot.datasets.rule import FileRule
from tunesmith.bot.datasets.whole_file import WholeFile


def check(file: WholeFile, found: Collector) -> None:
    """Its own minimum."""
    count, provider = file.statistics.examples, file.target.provider
    if count < provider.min_examples:
        needed = provider.min_examples
        found.add("too_few_examples", count=count, provider=provider.title, needed=needed)


RULE = FileRule(
    code="too_few_examples",
    severity=Severity.ERROR,
    check=check,
)
