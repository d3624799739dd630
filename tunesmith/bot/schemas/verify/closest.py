"""The real names closest to an invented one."""

import re
from collections.abc import Iterable
from difflib import SequenceMatcher

_SHOWN = 3
_LIKE_ENOUGH = 0.55
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+|[^\W\da-zA-Z_]+")


def closest(name: str, candidates: Iterable[str]) -> list[str]:
    """Up to three of `candidates` that read like `name`, the closest first."""
    plain, words = _plain(name), _words(name)
    scored = [
        (_likeness(plain, words, candidate), candidate) for candidate in dict.fromkeys(candidates)
    ]
    near = sorted((-score, candidate) for score, candidate in scored if score >= _LIKE_ENOUGH)
    return [candidate for _, candidate in near[:_SHOWN]]


def _likeness(plain: str, words: frozenset[str], candidate: str) -> float:
    """0 to 1: the better of the letters in common and the words in common."""
    last = candidate.rpartition(".")[2]
    letters = SequenceMatcher(None, plain, _plain(last), autojunk=False).ratio()
    other = _words(last)
    shared = len(words & other) / len(words | other) if words and other else 0.0
    contained = 0.75 if words and other and (words <= other or other <= words) else 0.0
    return max(letters, shared, contained)


def _plain(name: str) -> str:
    return name.replace("_", "").casefold()


def _words(name: str) -> frozenset[str]:
    """`customerId` and `customer_ids` are both {customer, id}."""
    return frozenset(word.lower().rstrip("s") or word for word in _WORD.findall(name))
