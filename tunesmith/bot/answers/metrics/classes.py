"""Classes: which label an answer gives, and how often it is right.

The figures are scikit-learn's `accuracy_score` and `f1_score(average="weighted")`; the tests hold
them to its own. An answer that is none of the labels is wrong, and no label's prediction.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

Pair = tuple[str, str | None]
"""The gold label and the label that the answer gave, None where it is none of them."""


def label_of(answer: str, labels: Iterable[str]) -> str | None:
    """The label that an answer is, whatever its case and the full stop or quotes around it.

    None where it is none. A label inside a longer sentence does not count: the model was trained
    to answer with the label alone.
    """
    exact = answer.strip()
    known = list(labels)
    if exact in known:
        return exact
    plain = _plain(answer)
    return next((label for label in known if _plain(label) == plain), None)


def _plain(text: str) -> str:
    return text.strip(" \t\r\n.。\"'`“”‘’*").casefold()


def accuracy(pairs: Sequence[Pair]) -> float:
    """The share of right labels, 0 to 1. Raises ZeroDivisionError for no pairs."""
    return sum(gold == given for gold, given in pairs) / len(pairs)


def weighted_f1(pairs: Sequence[Pair]) -> float:
    """Each gold label's F1, weighted by how often it is the right one."""
    wanted = Counter(gold for gold, _ in pairs)
    given = Counter(label for _, label in pairs)
    right = Counter(gold for gold, label in pairs if gold == label)
    return sum(
        count * 2 * right[label] / (count + given[label]) for label, count in wanted.items()
    ) / len(pairs)
