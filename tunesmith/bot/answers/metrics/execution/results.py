"""Are two results the same? What counts is told in the package's own words."""

import math
import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal

from tunesmith.bot.answers.metrics.execution.engines import Cells

Cell = float | str | None
Rows = list[tuple[Cell, ...]]
_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,15})(?:\.\d{1,15})?")
_MIDNIGHT = " 00:00:00"
_RELATIVE, _ABSOLUTE = 1e-6, 1e-9
# Ways to pair columns that are tried; only columns that look the same everywhere are paired.
_MOST_PAIRINGS = 500


def plain(rows: Sequence[Cells]) -> Rows:
    """Rows as they are compared."""
    return [tuple(_plain(cell) for cell in row) for row in rows]


def shows_something(rows: Rows) -> bool:
    """Whether a result holds anything but NULL, zero and no rows."""
    return any(cell not in (None, 0.0) for row in rows for cell in row)


def is_same(gold: Rows, other: Rows, *, in_order: bool) -> bool:
    """Whether two results are the same, column by column as they stand."""
    if len(gold) != len(other):
        return False
    pairs = zip(gold, other, strict=True)
    if not in_order:
        pairs = zip(sorted(gold, key=_row_key), sorted(other, key=_row_key), strict=True)
    return all(
        len(ours) == len(theirs) and all(map(_is_close, ours, theirs)) for ours, theirs in pairs
    )


def pairings(results: Sequence[tuple[Rows, Rows]], width: int) -> Iterator[tuple[int, ...]]:
    """The ways to order the second results' columns, by their place, that may make all pairs the
    same: the order as it stands first.
    """
    candidates = [
        [
            theirs
            for theirs in sorted(range(width), key=lambda place, ours=ours: place != ours)
            if all(_same_column(gold, ours, other, theirs) for gold, other in results)
        ]
        for ours in range(width)
    ]
    for count, pairing in enumerate(_assignments(candidates, ())):
        if count >= _MOST_PAIRINGS:
            return
        yield pairing


def reordered(rows: Rows, pairing: tuple[int, ...]) -> Rows:
    """The rows with their columns in another order."""
    return [tuple(row[place] for place in pairing) for row in rows]


def _assignments(candidates: list[list[int]], taken: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    if len(taken) == len(candidates):
        yield taken
        return
    for place in candidates[len(taken)]:
        if place not in taken:
            yield from _assignments(candidates, (*taken, place))


def _same_column(gold: Rows, ours: int, other: Rows, theirs: int) -> bool:
    return is_same(
        [(row[ours],) for row in gold], [(row[theirs],) for row in other], in_order=False
    )


def _plain(cell: object) -> Cell:
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return None
    if isinstance(cell, bool | int | float | Decimal):
        return float(cell)
    if isinstance(cell, datetime):
        cell = cell.replace(tzinfo=None).isoformat(" ")
    elif isinstance(cell, date | time):
        cell = cell.isoformat()
    text = cell if isinstance(cell, str) else repr(cell)
    if _NUMBER.fullmatch(text):
        return float(text)
    return text.removesuffix(_MIDNIGHT)


def _is_close(ours: Cell, theirs: Cell) -> bool:
    if isinstance(ours, float) and isinstance(theirs, float):
        return math.isclose(ours, theirs, rel_tol=_RELATIVE, abs_tol=_ABSOLUTE)
    return ours == theirs


def _row_key(row: tuple[Cell, ...]) -> list[tuple[int, float, str]]:
    return [_cell_key(cell) for cell in row]


def _cell_key(cell: Cell) -> tuple[int, float, str]:
    if cell is None:
        return 0, 0.0, ""
    if isinstance(cell, str):
        return 2, 0.0, cell
    # Numbers that count as the same should sort as the same.
    return 1, float(f"{cell:.5g}"), ""
