"""The picture of an evaluation: each contestant's share of right answers, or for free text chrF."""

from collections.abc import Sequence
from dataclasses import dataclass

from tunesmith.bot.answers.metrics.summary import Figure
from tunesmith.bot.drawing import Canvas
from tunesmith.bot.drawing.canvas import INK, Dots, text_width
from tunesmith.bot.drawing.lettering import shorten

_WIDTH = 1_200
_TOP, _BELOW = 130, 50
_LEFT, _RIGHT = 330, 1_090
_LINE, _GAP = 34, 22  # dots for a contestant's line, and between groups
_SMALL, _NORMAL = 20, 23
_LONGEST = 24  # columns of a group's name
_GRID, _FRAME = "#e5e7eb", "#6b7280"
_COLOURS = ("#2563eb", "#c2410c", "#15803d", "#7c3aed")
_TICKS = (0, 0.25, 0.5, 0.75, 1)


@dataclass(frozen=True, slots=True)
class Group:
    """One figure from 0 to 1, such as all rows or one intent, by contestant; None where one has
    none.
    """

    name: str
    figures: Sequence[Figure | None]


def draw(
    title: str, contestants: Sequence[str], groups: Sequence[Group], *, unit: str = "%"
) -> bytes:
    """A PNG 1,200 pixels wide, whose scale goes from 0 to 100 of a `unit`. Takes about a tenth of a
    second of CPU: call it in a thread.

    Each contestant has a mark of its own form, so that colour alone says nothing.
    """
    height = _TOP + sum(_LINE * len(one.figures) + _GAP for one in groups) + _BELOW
    canvas = Canvas(_WIDTH, height)
    canvas.text((_WIDTH / 2, 42), title, 25, anchor="middle")
    _legend(canvas, contestants)
    bottom = height - _BELOW
    for tick in _TICKS:
        x = round(_place(tick)) + 0.5
        canvas.line([(x, _TOP), (x, bottom)], _GRID, 1)
        canvas.text((x, bottom + 28), f"{100 * tick:.0f}{unit}", _SMALL, anchor="middle")
    y = _TOP + _GAP / 2
    for group in groups:
        middle = y + _LINE * len(group.figures) / 2
        canvas.text(
            (_LEFT - 24, middle + 8), shorten(group.name, _LONGEST), _NORMAL, anchor="right"
        )
        for number, figure in enumerate(group.figures):
            if figure is not None:
                _draw(canvas, figure, number, y + _LINE * (number + 0.5), unit)
        y += _LINE * len(group.figures) + _GAP
        if group is not groups[-1]:
            canvas.line([(_LEFT, y - _GAP / 2), (_RIGHT, y - _GAP / 2)], _FRAME, 1, (2, 6))
    return canvas.png()


def _place(share: float) -> float:
    return _LEFT + (_RIGHT - _LEFT) * share


def _draw(canvas: Canvas, figure: Figure, number: int, y: float, unit: str) -> None:
    colour = _COLOURS[number % len(_COLOURS)]
    low, high = _place(figure.low), _place(figure.high)
    canvas.line([(low, y), (high, y)], colour, 3)
    for end in (low, high):
        canvas.line([(end, y - 7), (end, y + 7)], colour, 3)
    _mark(canvas, (_place(figure.value), y), number)
    canvas.text((_RIGHT + 22, y + 7), f"{100 * figure.value:.0f}{unit}", _SMALL, colour=INK)


def _mark(canvas: Canvas, at: Dots, number: int) -> None:
    """A circle, a square, a diamond or a triangle."""
    colour = _COLOURS[number % len(_COLOURS)]
    x, y = at
    forms = (
        None,
        [(x - 8, y - 8), (x + 8, y - 8), (x + 8, y + 8), (x - 8, y + 8)],
        [(x, y - 11), (x + 11, y), (x, y + 11), (x - 11, y)],
        [(x, y - 10), (x + 10, y + 8), (x - 10, y + 8)],
    )
    form = forms[number % len(forms)]
    if form is None:
        canvas.circle(at, 9, colour)
    else:
        canvas.polygon(form, colour)


def _legend(canvas: Canvas, contestants: Sequence[str]) -> None:
    """Each contestant's mark and name, in one row that fits."""
    columns = max(10, 96 // max(1, len(contestants)))
    names = [shorten(name, columns) for name in contestants]
    x = (_WIDTH - sum(text_width(name, _SMALL) + 70 for name in names)) / 2
    for number, name in enumerate(names):
        _mark(canvas, (x + 12, 85), number)
        canvas.text((x + 32, 92), name, _SMALL)
        x += text_width(name, _SMALL) + 70
