"""Classification: files whose answers are a few short labels.

The advice is that of OpenAI's former guide to classification: about 100 examples for each class,
labels of one token.
"""

from collections import Counter

from tunesmith.bot.datasets import tokens
from tunesmith.bot.datasets.file_statistics import MAX_LABELS, FileStatistics
from tunesmith.bot.datasets.findings import Collector, Rule, note, warning
from tunesmith.bot.datasets.formats import Format
from tunesmith.bot.datasets.masking import quoted

RULES: dict[str, Rule] = {
    "class_imbalance": warning(),
    "few_examples_per_class": note(),
    "label_of_several_tokens": note(),
}

_MIN_EXAMPLES = 20
_EXAMPLES_PER_CLASS = 100
_MAX_RATIO = 10
_MAX_UNLABELLED = 0.02


def classes(statistics: FileStatistics) -> Counter[str]:
    """The classes of a file with their counts; empty where its answers are no labels."""
    labels = statistics.labels
    few = 2 <= len(labels) <= min(MAX_LABELS - 1, statistics.examples // 5)
    unlabelled = statistics.unlabelled > _MAX_UNLABELLED * statistics.examples
    if statistics.examples < _MIN_EXAMPLES or unlabelled or not few:
        return Counter()
    return labels


def check(statistics: FileStatistics, kind: Format, encoding: str, found: Collector) -> None:
    """How even and how short the classes are."""
    labels = classes(statistics)
    if not labels:
        return
    common, many = labels.most_common(1)[0]
    rare, few = labels.most_common()[-1]
    if many > _MAX_RATIO * few:
        found.add("class_imbalance", rare=quoted(rare), few=few, common=quoted(common), many=many)
    short = [label for label, count in labels.items() if count < _EXAMPLES_PER_CLASS]
    if short:
        found.add(
            "few_examples_per_class",
            count=len(short),
            classes=len(labels),
            rare=quoted(rare),
            few=few,
        )
    before = " " if kind is Format.PAIRS else ""
    counts = tokens.count([before + label for label in labels], encoding)
    for label, length in zip(labels, counts, strict=True):
        if length > 1:
            found.add("label_of_several_tokens", label=quoted(label), tokens=length)
