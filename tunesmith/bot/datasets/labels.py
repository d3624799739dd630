"""Classification: files whose answers are a few short labels."""

from collections import Counter
from collections.abc import Iterable

from tunesmith.bot.datasets import tokens
from tunesmith.bot.datasets.file_statistics import MAX_LABELS, FileStatistics
from tunesmith.bot.datasets.formats import Format

_MIN_EXAMPLES = 20
_MAX_UNLABELLED = 0.02


def classes(statistics: FileStatistics) -> Counter[str]:
    """The classes of a file with their counts; empty where its answers are no labels."""
    labels = statistics.labels
    few = 2 <= len(labels) <= min(MAX_LABELS - 1, statistics.examples // 5)
    unlabelled = statistics.unlabelled > _MAX_UNLABELLED * statistics.examples
    if statistics.examples < _MIN_EXAMPLES or unlabelled or not few:
        return Counter()
    return labels


def tokens_of(labels: Iterable[str], kind: Format, encoding: str) -> list[int]:
    """The tokens of each label as a model writes it: a completion begins with a space."""
    before = " " if kind is Format.PAIRS else ""
    return tokens.count([before + label for label in labels], encoding)
