"""More examples than the provider takes."""

from tunesmith.bot.datasets.findings import Collector, Severity
from tunesmith.bot.datasets.rule import FileRule
from tunesmith.bot.datasets.whole_file import WholeFile


def check(file: WholeFile, found: Collector) -> None:
    """In the training file."""
    provider, count = file.target.provider, file.statistics.examples
    if provider.max_examples is not None and count > provider.max_examples:
        limit = provider.max_examples
        found.add("too_many_examples", count=count, provider=provider.title, limit=limit)


RULE = FileRule(
    code="too_many_examples",
    severity=Severity.ERROR,
    check=check,
)
