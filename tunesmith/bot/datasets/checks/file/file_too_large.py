"""A file of more bytes than the provider takes."""

from tunesmith.bot.datasets.findings import Collector, Severity
from tunesmith.bot.datasets.rule import FileRule
from tunesmith.bot.datasets.whole_file import WholeFile


def check(file: WholeFile, found: Collector) -> None:
    """In its own container."""
    provider = file.target.provider
    limit = provider.max_file_bytes
    if limit is not None and file.size > limit:
        found.add("file_too_large", size=file.size, provider=provider.title, limit=limit)


RULE = FileRule(
    code="file_too_large",
    severity=Severity.ERROR,
    check=check,
)
