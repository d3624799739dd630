"""The boxes of an entity-relation picture: what is written in them, and where they stand."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from tunesmith.bot.ddl.model import Table
from tunesmith.bot.ddl.picture.layout import grid
from tunesmith.bot.ddl.relations import Relation
from tunesmith.bot.drawing import can_draw, shorten

WIDTH, GAP = 2.6, 0.9  # inches: a box's width, and the space between boxes
LINE, HEAD = 0.19, 0.42  # inches: a line's height, and the head's of a box
MARGIN, TITLE = 0.4, 0.9  # inches: around the picture, and above the boxes
_MOST_LINES = 9  # columns shown in a box
_LETTERS = 27  # letters in a line of a box

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Box:
    """A table's box, its upper left corner at (`x`, `y`) in inches, y downwards.

    `lines` have a mark (PK, FK) and a column's name; `label` is the comment, empty if there is no
    font for it.
    """

    head: str
    label: str
    lines: list[tuple[str, str]]
    x: float = 0
    y: float = 0

    @property
    def head_height(self) -> float:
        """The height of the part with the table's name."""
        return HEAD + (LINE if self.label else 0)

    @property
    def height(self) -> float:
        """The height of the whole box."""
        return self.head_height + LINE * len(self.lines) + 0.08

    @property
    def centre(self) -> Point:
        """The middle of the box."""
        return self.x + WIDTH / 2, self.y + self.height / 2

    def edge(self, towards: Point) -> Point:
        """Where a straight line from the middle to a point outside leaves the box."""
        x, y = self.centre
        dx, dy = towards[0] - x, towards[1] - y
        share = min(
            WIDTH / 2 / abs(dx) if dx else math.inf,
            self.height / 2 / abs(dy) if dy else math.inf,
        )
        return x + dx * share, y + dy * share

    def covers(self, point: Point) -> bool:
        """Whether a point lies in the box."""
        return self.x < point[0] < self.x + WIDTH and self.y < point[1] < self.y + self.height


def place_boxes(tables: Sequence[Table], links: list[Relation]) -> dict[str, Box]:
    """A box for each table, by the table's name, related ones near each other."""
    boxes = {table.name: _box(table, links) for table in tables}
    cells = grid(list(boxes), [(link.table, link.target) for link in links])
    heights: dict[int, float] = {}
    for name, (_, row) in cells.items():
        heights[row] = max(heights.get(row, 0), boxes[name].height)
    placed: dict[str, Box] = {}
    for name, (column, row) in cells.items():
        above = sum(height + GAP for other, height in heights.items() if other < row)
        box = boxes[name]
        x, y = MARGIN + column * (WIDTH + GAP), TITLE + above
        placed[name] = Box(box.head, box.label, box.lines, x, y)
    return placed


def _box(table: Table, links: list[Relation]) -> Box:
    pointing = {name for link in links if link.table == table.name for name in link.columns}
    lines: list[tuple[str, str]] = []
    for column in table.columns:
        marks = ["PK"] if column.name in table.primary_key else []
        if column.name in pointing:
            marks.append("FK")
        lines.append((" ".join(marks), _drawable(shorten(column.name, _LETTERS - 6))))
    lines.sort(key=lambda line: ("PK" not in line[0], not line[0]))  # else the file's order
    if len(lines) > _MOST_LINES:
        rest = len(lines) - (_MOST_LINES - 1)
        lines = [*lines[: _MOST_LINES - 1], ("", f"… +{rest}")]
    described = (table.described or "").split("\n")[0]
    label = shorten(described, _LETTERS + 5)
    label = label if can_draw(label) else ""
    return Box(_drawable(shorten(table.name, _LETTERS + 5)), label, lines)


def _drawable(name: str) -> str:
    return "".join(letter if can_draw(letter) else "?" for letter in name)
