"""Fewer examples than show an effect."""

from tunesmith.bot.datasets.findings import Collector, Severity
from tunesmith.bot.datasets.rule import FileRule
from tunesmith.bot.datasets.whole_file import WholeFile

# platform.openai.com/docs/guides/supervised-fine-tuning: 50 to 100 examples for a first effect.
_ADVISED = 50


def check(file: WholeFile, found: Collector) -> None:
    """Enough for the provider all the same."""
    if file.target.provider.min_examples <= file.statistics.examples < _ADVISED:
        found.add("few_examples", count=file.statistics.examples)


RULE = FileRule(
    code="few_examples",
    severity=Severity.NOTE,
    check=check,
)
