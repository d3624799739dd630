"""Where the boxes of an entity-relation picture stand: on a grid, relatives side by side."""

import math
from collections import defaultdict


def grid(names: list[str], links: list[tuple[str, str]]) -> dict[str, tuple[int, int]]:
    """A cell `(column, row)` for each name, so that linked ones are near each other.

    The most linked name takes the middle; the others follow, each to the free cell nearest to its
    placed relatives; then cells are swapped as long as that shortens the links.
    """
    width = max(1, math.ceil(math.sqrt(len(names) * 1.3)))
    height = math.ceil(len(names) / width)
    near: dict[str, set[str]] = defaultdict(set)
    for one, other in links:
        if one != other:
            near[one].add(other)
            near[other].add(one)
    free = [(column, row) for row in range(height) for column in range(width)]
    placed: dict[str, tuple[int, int]] = {}
    for name in _order(names, near):
        middle = _middle([placed[other] for other in near[name] if other in placed], width, height)
        cell = min(free, key=lambda cell: (_distance(cell, middle), cell))
        free.remove(cell)
        placed[name] = cell
    _swap(placed, near)
    return placed


def _order(names: list[str], near: dict[str, set[str]]) -> list[str]:
    """Names so that each, if possible, follows one of its relatives; the most linked first."""
    left = sorted(names, key=lambda name: (-len(near[name]), name))
    order: list[str] = []
    seen: set[str] = set()
    while left:
        following = max(left, key=lambda name: (len(near[name] & seen), len(near[name])))
        left.remove(following)
        order.append(following)
        seen.add(following)
    return order


def _middle(cells: list[tuple[int, int]], width: int, height: int) -> tuple[float, float]:
    if not cells:
        return ((width - 1) / 2, (height - 1) / 2)
    return (
        sum(column for column, _ in cells) / len(cells),
        sum(row for _, row in cells) / len(cells),
    )


def _distance(one: tuple[float, float], other: tuple[float, float]) -> float:
    return math.hypot(one[0] - other[0], one[1] - other[1])


def _swap(placed: dict[str, tuple[int, int]], near: dict[str, set[str]]) -> None:
    """Swap pairs while the links get shorter; at most a few rounds over all pairs."""
    names = sorted(placed)

    def length(name: str) -> float:
        return sum(_distance(placed[name], placed[other]) for other in near[name])

    for _ in range(8):
        better = False
        for index, one in enumerate(names):
            for other in names[index + 1 :]:
                before = length(one) + length(other)
                placed[one], placed[other] = placed[other], placed[one]
                if length(one) + length(other) < before - 1e-9:
                    better = True
                else:
                    placed[one], placed[other] = placed[other], placed[one]
        if not better:
            return
