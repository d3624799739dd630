"""The same answer to every question: a model learns to repeat it.

Source: OpenAI's former `fine_tunes.prepare_data` stops at such a file ("All completions are
identical"). The reference of its API says nothing about it.
"""

from tunesmith.bot.datasets.findings import Collector, Severity
from tunesmith.bot.datasets.rule import FileRule
from tunesmith.bot.datasets.whole_file import WholeFile


def check(file: WholeFile, found: Collector) -> None:
    """More than one example, and one answer."""
    if len(file.statistics.answers) == 1 and file.statistics.examples > 1:
        found.add("all_answers_same", count=file.statistics.examples)


RULE = FileRule(
    code="all_answers_same",
    severity=Severity.WARNING,
    check=check,
)
