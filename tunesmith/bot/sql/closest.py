"""The real names closest to an invented one."""

from collections import Counter
from collections.abc import Mapping

from tunesmith.bot.sql.likeness import Likeness

_SHOWN = 3
# From here on a candidate is more than a guess, and so near to the best that it may be meant too.
_LIKE_ENOUGH = 0.5
_AS_GOOD = 0.9
# Taken off where prefixes are left out: of two tables the one with the same prefix is closer.
_TIE = 0.0001


def closest(name: str, candidates: Mapping[str, str | None]) -> list[str]:
    """Up to three of the candidates that `name` may mean, the closest first.

    `candidates` are real names with their comments, if any. None is told where more than three
    are equally close: each would be a guess.
    """
    return _nearest(Likeness(candidates).of(name))


def closest_tables(name: str, tables: Mapping[str, str | None]) -> list[str]:
    """The same for tables, whose first word is often only a module's prefix."""
    lasts = {table: table.rpartition(".")[2] for table in tables}
    firsts = Counter(last.partition("_")[0] for last in lasts.values() if "_" in last)
    prefixes = {first for first, count in firsts.items() if count > 1}

    def bare(table: str) -> str:
        first, _, rest = table.partition("_")
        return rest if first in prefixes and rest else table

    whole = Likeness({last: tables[table] for table, last in lasts.items()}).of(name)
    without = Likeness({bare(last): tables[table] for table, last in lasts.items()}).of(bare(name))
    return _nearest(
        {table: max(whole[last], without[bare(last)] - _TIE) for table, last in lasts.items()}
    )


def _nearest(likeness: Mapping[str, float]) -> list[str]:
    best = max(likeness.values(), default=0.0)
    if best < _LIKE_ENOUGH - _TIE:
        return []
    near = sorted((-like, name) for name, like in likeness.items() if like >= best * _AS_GOOD)
    equal = sum(like == near[0][0] for like, _ in near)
    return [] if equal > _SHOWN else [name for _, name in near[:_SHOWN]]
