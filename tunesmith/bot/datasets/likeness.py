"""How much two examples say the same, word by word.

Words are compared in small letters and in whatever order, so that case, white space, punctuation
and swapped clauses change nothing; a character of Chinese, Japanese or Korean is a word. What is
asked and what is learnt are compared apart, because many different questions have one answer.

Two examples are near duplicates where in both parts at least NEAR of the words are the same, or
where a part only has a sentence or so more. They are none where the words that differ are what
the example is about: a number on both sides, or words that change in the answer as they change in
the question ("orders in Berlin", "orders in Munich"). Long examples of which ALMOST_ALL is the
same are near duplicates whatever differs.

The figures are those that did best in bench/near_duplicates.py.
"""

import re
from collections import Counter
from typing import NamedTuple, TypeAlias

NEAR = 0.8
ALMOST_ALL = 0.97
# How much of the shorter part the longer one holds where only a sentence was added, and how short
# it may be then.
_HELD = 0.95
_SHORTEST = 0.4

_CHARACTERS = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3"
_WORD = re.compile(rf"[{_CHARACTERS}]|[^\W{_CHARACTERS}]+")
# The same in ASCII, in half the time.
_ASCII_WORD = re.compile("[a-z0-9_]+")
# 1,000 and 1000 are the same number. What begins with a comma is quickest to find.
_THOUSANDS = re.compile(r",(?<=\d,)(?=\d{3}(?!\d))")
_DIGIT = re.compile(r"\d")

Words: TypeAlias = Counter[str]


class Said(NamedTuple):
    """What an example asks and what is learnt from it, each with how often a word comes."""

    asked: Words
    learnt: Words


def words(text: str) -> Words:
    """The words of a text as they are compared."""
    text = _THOUSANDS.sub("", text.lower())
    return Counter((_ASCII_WORD if text.isascii() else _WORD).findall(text))


def likeness(one: Said, other: Said) -> float:
    """The share of words that two examples have in common; 0 where they are no near duplicates."""
    shared = sum((both & also).total() for both, also in zip(one, other, strict=True))
    share = 2 * shared / max(sum(part.total() for part in (*one, *other)), 1)
    if share >= ALMOST_ALL:
        return share
    return share if all(map(_near, one, other)) and not _is_about_another(one, other) else 0


def _near(one: Words, other: Words) -> bool:
    shared, sizes = (one & other).total(), sorted((one.total(), other.total()))
    if 2 * shared >= NEAR * sum(sizes):
        return True
    return shared >= _HELD * sizes[0] and sizes[0] >= _SHORTEST * sizes[1]


def _is_about_another(one: Said, other: Said) -> bool:
    """Whether what differs is a value: see above."""
    gone = [before - after for before, after in zip(one, other, strict=True)]
    come = [after - before for before, after in zip(one, other, strict=True)]
    if all(any(map(_DIGIT.search, part[0] + part[1])) for part in (gone, come)):
        return True
    return bool(gone[0].keys() & gone[1].keys() and come[0].keys() & come[1].keys())
