"""The real names closest to an invented one."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher

_SHOWN = 3
# Characters of a name that are compared, since the time grows with their square; no database takes
# names of more than 128 (SQL Server, Oracle).
_COMPARED = 200
_LIKE_ENOUGH = 0.55
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+|[^\W\da-zA-Z_]+")


def closest(name: str, candidates: Iterable[str]) -> list[str]:
    """Up to three of `candidates` that read like `name`, the closest first."""
    return _nearest((_likeness(name, last), whole) for whole, last in _last_parts(candidates))


def closest_tables(name: str, tables: Sequence[str]) -> list[str]:
    """The same for tables, whose first word is often only a module's prefix."""
    firsts = Counter(last.partition("_")[0] for _, last in _last_parts(tables) if "_" in last)
    parts = {first for first, count in firsts.items() if count > 1}

    def bare(table: str) -> str:
        first, _, rest = table.partition("_")
        return rest if first in parts and rest else table

    return _nearest(
        # What is taken off settles a tie for the table with the same prefix.
        (max(_likeness(name, last), _likeness(bare(name), bare(last)) - 0.0001), whole)
        for whole, last in _last_parts(tables)
    )


def _last_parts(names: Iterable[str]) -> list[tuple[str, str]]:
    return [(name, name.rpartition(".")[2]) for name in dict.fromkeys(names)]


def _nearest(scored: Iterable[tuple[float, str]]) -> list[str]:
    near = sorted((-score, name) for score, name in scored if score >= _LIKE_ENOUGH)
    return [name for _, name in near[:_SHOWN]]


def _likeness(name: str, other: str) -> float:
    """0 to 1: the better of the letters in common and the words in common."""
    name, other = name[:_COMPARED], other[:_COMPARED]
    matcher = SequenceMatcher(None, _plain(name), _plain(other), autojunk=False)
    mine, theirs = _words(name), _words(other)
    if not mine or not theirs:
        return matcher.ratio()
    shared = len(mine & theirs) / len(mine | theirs)
    contained = 0.75 if mine <= theirs or theirs <= mine else 0.0
    return max(matcher.ratio(), shared, contained)


def _plain(name: str) -> str:
    return name.replace("_", "").casefold()


def _words(name: str) -> frozenset[str]:
    """`customerId` and `customer_ids` are both {customer, id}."""
    return frozenset(word.lower().rstrip("s") or word for word in _WORD.findall(name))
