"""Token F1: how many words two texts share, whatever their order.

Words are those of `datasets.likeness`: in small letters, without punctuation, each character of
Chinese, Japanese and Korean a word of its own. It is SQuAD's F1 (Rajpurkar et al. 2016) without
its removal of English articles.
"""

from tunesmith.bot.datasets.likeness import words


def token_f1(gold: str, answer: str) -> float:
    """The harmonic mean of the shares of words in common, 0 to 1; 1 for two texts without any."""
    ours, theirs = words(gold), words(answer)
    total = ours.total() + theirs.total()
    return 2 * (ours & theirs).total() / total if total else 1.0
