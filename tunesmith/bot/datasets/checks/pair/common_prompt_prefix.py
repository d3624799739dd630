"""A beginning that all prompts share."""

from tunesmith.bot.datasets.findings import Collector, Severity
from tunesmith.bot.datasets.masking import quoted
from tunesmith.bot.datasets.rule import FileRule
from tunesmith.bot.datasets.whole_file import WholeFile


def check(file: WholeFile, found: Collector) -> None:
    """A tuned model does not need it."""
    if file.style is not None and file.style.prompt_prefix:
        found.add("common_prompt_prefix", prefix=quoted(file.style.prompt_prefix))


RULE = FileRule(
    code="common_prompt_prefix",
    severity=Severity.NOTE,
    check=check,
)
