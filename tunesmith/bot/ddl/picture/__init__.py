"""An entity-relation picture of a schema, as a PNG."""

import math
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from tunesmith.bot.ddl.model import Schema, Table
from tunesmith.bot.ddl.picture.boxes import LINE, MARGIN, WIDTH, Box, Point, place_boxes
from tunesmith.bot.ddl.relations import Relation, relations
from tunesmith.bot.drawing import Canvas, Dots
from tunesmith.bot.drawing.canvas import INK

_MOST_TABLES = 30
_MOST_LINKS = 500
_LONG_NAME = 24  # letters from which on a table's name is written smaller
_BENDS = (0.08, -0.08, 0.2, -0.2, 0.4, -0.4, 0.6, -0.6)  # of a link, the slightest first
_HEAD_COLOUR, _BODY_COLOUR, _LINK_COLOUR = "#dbe7f5", "#ffffff", "#3f6ea8"


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG; `shown` are the tables in it, `left_out` counts those that found no room."""

    png: bytes
    shown: list[str]
    left_out: int


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a picture's title tells: tables in it and in the schema, relations by their kind."""

    tables: int
    all_tables: int
    declared: int
    inferred: int


def er_picture(schema: Schema, title: Callable[[Drawn], str]) -> Picture:
    """Draw the tables and their relations: declared ones as solid lines, inferred ones dashed.

    Of more than 30 tables the most connected are drawn; the title should say so. Of their relations
    no more than 500 are. Columns of keys
    and relations come first in a box; the others are counted where there is no room. Comments are
    drawn where this machine has a font for them. Takes about a second: not for the event loop.
    """
    found = relations(schema)
    tables = _chosen(schema, found)
    names = [table.name for table in tables]
    links = [link for link in found if link.table in names and link.target in names]
    links = links[:_MOST_LINKS]
    every = _drawn_kinds(schema)
    declared = sum(link.declared for link in links)
    drawn = Drawn(len(tables), len(every), declared, len(links) - declared)
    png = _draw(place_boxes(tables, links), links, title(drawn))
    return Picture(png, names, len(every) - len(tables))


def _drawn_kinds(schema: Schema) -> list[Table]:
    return [table for table in schema.tables if not table.is_view and not table.partition_of]


def _chosen(schema: Schema, found: list[Relation]) -> list[Table]:
    """The tables to draw, in the file's order."""
    tables = _drawn_kinds(schema)
    if len(tables) <= _MOST_TABLES:
        return tables
    ends = Counter(name for link in found for name in {link.table, link.target})
    best = sorted(tables, key=lambda table: (-ends[table.name], -len(table.columns), table.name))
    chosen = {table.name for table in best[:_MOST_TABLES]}
    return [table for table in tables if table.name in chosen]


def _draw(boxes: dict[str, Box], links: list[Relation], title: str) -> bytes:
    width = max((box.x + WIDTH for box in boxes.values()), default=6) + MARGIN * 1.5
    height = max((box.y + box.height for box in boxes.values()), default=1) + MARGIN
    # Slack shows pictures at screen size; no side needs more than some 4,000 dots.
    sheet = _Sheet(width, height, dots=min(130, math.floor(4000 / max(width, height))))
    sheet.write((MARGIN, 0.45), title, 12, bold=True)
    for link in links:
        _draw_link(sheet, link, boxes)
    for box in boxes.values():
        _draw_box(sheet, box)
    return sheet.canvas.png()


class _Sheet:
    """A canvas that is drawn on in inches; letters and widths of lines are in points."""

    def __init__(self, width: float, height: float, dots: int) -> None:
        self.canvas = Canvas(round(width * dots), round(height * dots))
        self._dots = dots

    def at(self, point: Point) -> Dots:
        """A point in dots."""
        return point[0] * self._dots, point[1] * self._dots

    def points(self, length: float) -> float:
        """A length of so many points, in dots."""
        return length * self._dots / 72

    def write(self, at: Point, text: str, size: float, *, bold: bool = False) -> None:
        """Words that begin at a point of their baseline."""
        self.canvas.text(self.at(at), text, round(self.points(size)), bold=bold)


def _draw_box(sheet: _Sheet, box: Box) -> None:
    for height, colour in ((box.height, _BODY_COLOUR), (box.head_height, _HEAD_COLOUR)):
        corners = sheet.at((box.x, box.y)), sheet.at((box.x + WIDTH, box.y + height))
        sheet.canvas.rectangle(*corners, colour, INK, max(1, round(sheet.points(0.9))))
    size = 9.5 if len(box.head) <= _LONG_NAME else 7.5
    sheet.write((box.x + 0.1, box.y + 0.26), box.head, size, bold=True)
    sheet.write((box.x + 0.1, box.y + 0.26 + LINE), box.label, 8)
    for index, (mark, name) in enumerate(box.lines):
        y = box.y + box.head_height + 0.16 + index * LINE
        sheet.write((box.x + 0.1, y), mark, 6.5, bold=True)
        sheet.write((box.x + 0.55, y), name, 8)


def _draw_link(sheet: _Sheet, link: Relation, boxes: dict[str, Box]) -> None:
    """An arrow from the pointing table's edge to the edge of the one it points at."""
    start, end = boxes[link.table], boxes[link.target]
    if start is end:
        right = start.x + WIDTH
        ends, bend = ((right, start.y + 0.3), (right, start.y + 0.75)), 1.4
    else:
        ends = (start.edge(end.centre), end.edge(start.centre))
        others = [box for box in boxes.values() if box not in (start, end)]
        bend = min(_BENDS, key=lambda bend: _hidden(ends, bend, others))
    points = [sheet.at(point) for point in _curve(ends, bend, 48)]
    width = sheet.points(1.1)
    dashes = None if link.declared else (4 * width, 3 * width)
    sheet.canvas.line(points, _LINK_COLOUR, width, dashes)
    sheet.canvas.polygon(_arrow_head(points, sheet.points(6)), _LINK_COLOUR)


def _arrow_head(points: list[Dots], length: float) -> list[Dots]:
    """The triangle at a line's end, in the direction of its last piece."""
    (x, y), before = points[-1], next(p for p in reversed(points) if math.dist(p, points[-1]) > 3)
    angle = math.atan2(y - before[1], x - before[0])
    sides = (angle + math.pi - 0.35, angle + math.pi + 0.35)
    return [(x, y), *((x + length * math.cos(a), y + length * math.sin(a)) for a in sides)]


def _curve(ends: tuple[Point, Point], bend: float, pieces: int) -> list[Point]:
    """Points of a quadratic curve whose control point stands `bend` times the length beside the
    middle, the ends among them.
    """
    (x1, y1), (x2, y2) = ends
    x, y = (x1 + x2) / 2 + bend * (y2 - y1), (y1 + y2) / 2 - bend * (x2 - x1)
    return [
        (
            (1 - t) ** 2 * x1 + 2 * t * (1 - t) * x + t**2 * x2,
            (1 - t) ** 2 * y1 + 2 * t * (1 - t) * y + t**2 * y2,
        )
        for t in (piece / pieces for piece in range(pieces + 1))
    ]


def _hidden(ends: tuple[Point, Point], bend: float, others: list[Box]) -> int:
    """How much of a link would run behind other boxes, in 24ths of its length."""
    between = _curve(ends, bend, 24)[1:-1]
    return sum(any(box.covers(point) for box in others) for point in between)
