"""A beginning that all completions share."""

from tunesmith.bot.datasets.findings import Collector, Severity
from tunesmith.bot.datasets.masking import quoted
from tunesmith.bot.datasets.rule import FileRule
from tunesmith.bot.datasets.whole_file import WholeFile


def check(file: WholeFile, found: Collector) -> None:
    """A tuned model does not need it."""
    if file.style is not None and file.style.completion_prefix:
        found.add("common_completion_prefix", prefix=quoted(file.style.completion_prefix))


RULE = FileRule(
    code="common_completion_prefix",
    severity=Severity.NOTE,
    check=check,
)
