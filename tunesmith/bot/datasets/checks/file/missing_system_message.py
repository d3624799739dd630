"""Examples without the system message that others have."""

from tunesmith.bot.datasets.findings import Collector, Severity
from tunesmith.bot.datasets.rule import FileRule
from tunesmith.bot.datasets.whole_file import WholeFile


def check(file: WholeFile, found: Collector) -> None:
    """Fine where the tuned model is asked without one too."""
    count = file.statistics.without_system
    if file.statistics.systems and count:
        examples = file.statistics.examples
        found.add("missing_system_message", count=count, examples=examples)


RULE = FileRule(
    code="missing_system_message",
    severity=Severity.NOTE,
    check=check,
)
