"""Prompts without a common ending."""

from tunesmith.bot.datasets.findings import Collector, Severity
from tunesmith.bot.datasets.rule import FileRule
from tunesmith.bot.datasets.whole_file import WholeFile


def check(file: WholeFile, found: Collector) -> None:
    """So the model cannot tell where the answer begins."""
    if file.style is not None and file.style.with_prompts and not file.style.separator:
        found.add("no_common_separator")


RULE = FileRule(
    code="no_common_separator",
    severity=Severity.WARNING,
    check=check,
)
