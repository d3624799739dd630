"""An entity-relation picture of a schema, as a PNG."""

import io
import math
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, Rectangle

from tunesmith.bot.ddl.model import Schema, Table
from tunesmith.bot.ddl.picture.boxes import LINE, MARGIN, WIDTH, Box, Point, place_boxes
from tunesmith.bot.ddl.relations import Relation, relations
from tunesmith.bot.fonts import families

_MOST_TABLES = 30
_LONG_NAME = 24  # letters from which on a table's name is written smaller
_BENDS = (0.08, -0.08, 0.2, -0.2, 0.4, -0.4, 0.6, -0.6)  # of a link, the slightest first
_INK, _HEAD_COLOUR, _BODY_COLOUR, _LINK_COLOUR = "#1d1c1d", "#dbe7f5", "#ffffff", "#3f6ea8"


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

    Of more than 30 tables the most connected are drawn; the title should say so. Columns of keys
    and relations come first in a box; the others are counted where there is no room. Comments are
    drawn where this machine has a font for them. Takes about a second: not for the event loop.
    """
    found = relations(schema)
    tables = _chosen(schema, found)
    names = [table.name for table in tables]
    links = [link for link in found if link.table in names and link.target in names]
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
    dots = min(130, math.floor(4000 / max(width, height)))
    figure = Figure(figsize=(width, height), dpi=dots, facecolor="white")
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_xlim(0, width)
    axes.set_ylim(height, 0)
    axes.axis("off")
    _write(axes, (MARGIN, 0.45), title, 12, weight="bold")
    for link in links:
        _draw_link(axes, link, boxes)
    for box in boxes.values():
        _draw_box(axes, box)
    target = io.BytesIO()
    figure.savefig(target, format="png")
    return target.getvalue()


def _draw_box(axes: Axes, box: Box) -> None:
    for height, colour in ((box.height, _BODY_COLOUR), (box.head_height, _HEAD_COLOUR)):
        corner = (box.x, box.y)
        axes.add_patch(
            Rectangle(
                corner, WIDTH, height, facecolor=colour, edgecolor=_INK, linewidth=0.9, zorder=2
            )
        )
    size = 9.5 if len(box.head) <= _LONG_NAME else 7.5
    _write(axes, (box.x + 0.1, box.y + 0.26), box.head, size, weight="bold")
    _write(axes, (box.x + 0.1, box.y + 0.26 + LINE), box.label, 8)
    for index, (mark, name) in enumerate(box.lines):
        y = box.y + box.head_height + 0.16 + index * LINE
        _write(axes, (box.x + 0.1, y), mark, 6.5, weight="bold")
        _write(axes, (box.x + 0.55, y), name, 8)


def _draw_link(axes: Axes, link: Relation, boxes: dict[str, Box]) -> None:
    """An arrow from the pointing table's edge to the edge of the one it points at."""
    start, end = boxes[link.table], boxes[link.target]
    if start is end:
        right = start.x + WIDTH
        ends, bend = ((right, start.y + 0.3), (right, start.y + 0.75)), -1.4
    else:
        ends = (start.edge(end.centre), end.edge(start.centre))
        others = [box for box in boxes.values() if box not in (start, end)]
        bend = min(_BENDS, key=lambda bend: _hidden(ends, bend, others))
    axes.add_patch(
        FancyArrowPatch(
            *ends,
            arrowstyle="-|>",
            mutation_scale=10,
            connectionstyle=f"arc3,rad={bend}",
            linestyle="solid" if link.declared else (0, (4, 3)),
            linewidth=1.1,
            color=_LINK_COLOUR,
            shrinkA=0,
            shrinkB=0,
            zorder=1,
        )
    )


def _hidden(ends: tuple[Point, Point], bend: float, others: list[Box]) -> int:
    """How much of a link would run behind other boxes, in 24ths of its length.

    matplotlib's arc3 is a quadratic curve whose control point stands `bend` times the length
    beside the middle.
    """
    (x1, y1), (x2, y2) = ends
    control = ((x1 + x2) / 2 + bend * (y2 - y1), (y1 + y2) / 2 - bend * (x2 - x1))
    hidden = 0
    for step in range(1, 24):
        t = step / 24
        x = (1 - t) ** 2 * x1 + 2 * t * (1 - t) * control[0] + t**2 * x2
        y = (1 - t) ** 2 * y1 + 2 * t * (1 - t) * control[1] + t**2 * y2
        hidden += any(box.covers((x, y)) for box in others)
    return hidden


def _write(axes: Axes, at: Point, text: str, size: float, weight: str = "normal") -> None:
    written = axes.text(
        *at, text, fontsize=size, fontweight=weight, family=families(), color=_INK, zorder=4
    )
    written.set_parse_math(False)  # a dollar sign in a name is no formula
