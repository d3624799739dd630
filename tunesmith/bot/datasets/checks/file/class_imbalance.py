"""Classes of which one has far more examples than another."""

from tunesmith.bot.datasets.findings import Collector, Severity
from tunesmith.bot.datasets.labels import classes
from tunesmith.bot.datasets.masking import quoted
from tunesmith.bot.datasets.rule import FileRule
from tunesmith.bot.datasets.whole_file import WholeFile

_MAX_RATIO = 10


def check(file: WholeFile, found: Collector) -> None:
    """Where the answers are a few short labels."""
    ranked = classes(file.statistics).most_common()
    if not ranked:
        return
    (common, many), (rare, few) = ranked[0], ranked[-1]
    if many > _MAX_RATIO * few:
        found.add("class_imbalance", rare=quoted(rare), few=few, common=quoted(common), many=many)


RULE = FileRule(
    code="class_imbalance",
    severity=Severity.WARNING,
    check=check,
)
