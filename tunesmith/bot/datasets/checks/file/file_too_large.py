"""A file of more bytes than the provider takes."""

from tunesmith.bot.datasets.findings import Collector, Severity
from tunesmith.bot.datasets.rule import FileRule
from tunesmith.bot.datasets.whole_file import WholeFile


def check(file: WholeFile, found: Collector) -> None:
    """In its own container; of several base models, the one that takes most decides."""
    provider = file.target.provider
    limits = [taker.max_file_bytes for taker in file.target.takers]
    limit = max((limit for limit in limits if limit is not None), default=None)
    if limit is not None and None not in limits and file.size > limit:
        found.add("file_too_large", size=file.size, provider=provider.title, limit=limit)


RULE = FileRule(
    code="file_too_large",
    severity=Severity.ERROR,
    check=check,
)
