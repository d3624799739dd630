"""chrF: how many short pieces of characters two texts share (Popović 2015).

The figure is that of sacrebleu's `sentence_chrf` as it comes (chrF2: pieces of one to six
characters, white space left out, recall counting twice): the tests hold it to sacrebleu's own.
"""

from collections import Counter

_LONGEST = 6
_BETA_SQUARED = 4


def chrf(gold: str, answer: str) -> float:
    """From 0 (nothing in common) to 100 (the same but for white space)."""
    ours, theirs = "".join(gold.split()), "".join(answer.split())
    # A length that one of the texts has no piece of says nothing.
    lengths = range(1, min(len(ours), len(theirs), _LONGEST) + 1)
    if not lengths:
        return 0.0
    precision = recall = 0.0
    for length in lengths:
        wanted, given = _pieces(ours, length), _pieces(theirs, length)
        shared = (wanted & given).total()
        precision += shared / given.total() / len(lengths)
        recall += shared / wanted.total() / len(lengths)
    if not precision + recall:
        return 0.0
    both = (1 + _BETA_SQUARED) * precision * recall
    return 100 * both / (_BETA_SQUARED * precision + recall)


def _pieces(text: str, length: int) -> Counter[str]:
    return Counter(text[start : start + length] for start in range(len(text) - length + 1))
