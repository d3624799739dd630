"""Classes with too few examples to be learnt well."""

from tunesmith.bot.datasets.findings import Collector, Severity
from tunesmith.bot.datasets.labels import classes
from tunesmith.bot.datasets.masking import quoted
from tunesmith.bot.datasets.rule import FileRule
from tunesmith.bot.datasets.whole_file import WholeFile

# The advice of OpenAI's former guide to classification.
_EXAMPLES_PER_CLASS = 100


def check(file: WholeFile, found: Collector) -> None:
    """Where the answers are a few short labels."""
    counts = classes(file.statistics)
    short = [label for label, count in counts.items() if count < _EXAMPLES_PER_CLASS]
    if short:
        rare, few = counts.most_common()[-1]
        found.add(
            "few_examples_per_class",
            count=len(short),
            classes=len(counts),
            rare=quoted(rare),
            few=few,
        )


RULE = FileRule(
    code="few_examples_per_class",
    severity=Severity.NOTE,
    check=check,
)
