"""A validation file with more examples than the provider takes."""

from tunesmith.bot.datasets.findings import Collector, Severity
from tunesmith.bot.datasets.rule import FileRule
from tunesmith.bot.datasets.whole_file import WholeFile


def check(file: WholeFile, found: Collector) -> None:
    """By their number, or by their share of the training file."""
    if file.validation is None:
        return
    provider, count = file.target.provider, file.validation.examples
    limits = [provider.validation_max_rows]
    if provider.validation_max_fraction is not None:
        limits.append(int(file.statistics.examples * provider.validation_max_fraction))
    limit = min((limit for limit in limits if limit is not None), default=None)
    if limit is not None and count > limit:
        found.add("validation_too_large", count=count, provider=provider.title, limit=limit)


RULE = FileRule(
    code="validation_too_large",
    severity=Severity.ERROR,
    check=check,
)
