"""Exact match: the answer is the gold answer, character by character.

White space at the ends and the length of white space between words do not count, nor which of two
equal Unicode spellings a letter has (NFC). Case and punctuation count.
"""

import unicodedata


def exact_match(gold: str, answer: str) -> bool:
    """Whether two texts are the same but for white space and Unicode spelling."""
    return _normal(gold) == _normal(answer)


def _normal(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())
