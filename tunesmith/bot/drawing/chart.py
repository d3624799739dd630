"""Charts: a frame with two scales, what is drawn in it, and its legend."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tunesmith.bot.drawing.canvas import INK, Canvas, Dots, text_width

SMALL, NORMAL = 20, 23  # sizes of letters
_GRID, _FRAME = "#e5e7eb", "#6b7280"
_TICK = 7
_LINE, _MARK = 3, 5  # a line's width, a mark's radius
_STEPS = (1, 2, 2.5, 5, 10)


def ticks(low: float, high: float, most: int, *, whole: bool = False) -> list[float]:
    """At most so many round numbers from `low` to `high`, evenly apart; integers if `whole`."""
    rough = max((high - low) / max(most - 1, 1), 1 if whole else 1e-9)
    power = 10 ** math.floor(math.log10(rough))
    steps = [step * power for step in _STEPS if not whole or step * power % 1 == 0]
    step = next(step for step in [*steps, 20 * power] if step >= rough * (1 - 1e-9))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [round(number * step, 12) for number in range(first, last + 1)]


@dataclass(frozen=True, slots=True)
class Scale:
    """Values from `low` to `high` on a line of dots from `start` to `end`."""

    low: float
    high: float
    start: float
    end: float

    def place(self, value: float) -> float:
        """Where a value is."""
        share = (value - self.low) / ((self.high - self.low) or 1)
        return self.start + (self.end - self.start) * share


@dataclass(frozen=True, slots=True)
class Panel:
    """A frame on a canvas: `x` from left to right, `y` from below upwards."""

    canvas: Canvas
    x: Scale
    y: Scale

    def at(self, x: float, y: float) -> Dots:
        """Where a point is on the canvas."""
        return self.x.place(x), self.y.place(y)

    def frame(
        self, y_ticks: Sequence[float], say: Callable[[float], str], label: str, *, grid: bool
    ) -> None:
        """The left and the lower edge, ticks and label of `y`; `grid` draws lines across."""
        left, right, bottom = self.x.start, self.x.end, self.y.start
        for tick in y_ticks:
            y = round(self.y.place(tick)) + 0.5
            if grid:
                self.canvas.line([(left, y), (right, y)], _GRID, 1)
            self.canvas.line([(left - _TICK, y), (left, y)], _FRAME, 1)
            self.canvas.text((left - _TICK - 6, y + 7), say(tick), SMALL, anchor="right")
        widest = max((text_width(say(tick), SMALL) for tick in y_ticks), default=0)
        middle = (self.y.start + self.y.end) / 2
        self.canvas.upward_text((left - _TICK - widest - 22, middle), label, NORMAL)
        self.canvas.line([(left, self.y.end), (left, bottom), (right, bottom)], _FRAME, 1.5)

    def x_ticks(self, named: Sequence[tuple[float, str]], label: str) -> None:
        """Ticks under the lower edge, each with its name, and the label of `x`."""
        bottom = self.y.start
        for value, name in named:
            x = self.x.place(value)
            self.canvas.line([(x, bottom), (x, bottom + _TICK)], _FRAME, 1)
            self.canvas.text((x, bottom + _TICK + 22), name, SMALL, anchor="middle")
        middle = (self.x.start + self.x.end) / 2
        self.canvas.text((middle, bottom + _TICK + 54), label, NORMAL, anchor="middle")

    def marks(self, named: Sequence[tuple[float, str]]) -> None:
        """Thin lines from top to bottom at values of `x`, which go up; each has its name on its
        left where there is room for it.
        """
        free = self.x.start
        for value, name in named:
            x = round(self.x.place(value)) + 0.5
            self.canvas.line([(x, self.y.end), (x, self.y.start)], _FRAME, 1, (4, 5))
            if x - 6 - text_width(name, SMALL) > free:
                self.canvas.text((x - 6, self.y.end + 18), name, SMALL, anchor="right")
                free = x

    def legend(self, entries: Sequence["Entry"]) -> None:
        """What the lines are, in one row above the frame's right end."""
        x, y = self.x.end, self.y.end - 16
        for entry in reversed(entries):
            x -= text_width(entry.words, SMALL)
            self.canvas.text((x, y), entry.words, SMALL, colour=INK)
            x -= 52
            entry.sample(self.canvas, (x, y - 7))
            x -= 30


@dataclass(frozen=True, slots=True)
class Entry:
    """A line's words in the legend, and how the line is drawn."""

    words: str
    colour: str
    dashes: Dots | None = None
    marked: bool = False

    def sample(self, canvas: Canvas, at: Dots) -> None:
        """A short piece of the line that begins at a place."""
        canvas.line([at, (at[0] + 42, at[1])], self.colour, _LINE, self.dashes)
        if self.marked:
            canvas.circle((at[0] + 21, at[1]), _MARK, self.colour)

    def draw(self, canvas: Canvas, points: Sequence[Dots]) -> None:
        """The line through these places; a marked one has a circle at each."""
        if len(points) > 1:
            canvas.line(points, self.colour, _LINE, self.dashes)
        for point in points if self.marked or len(points) == 1 else ():
            canvas.circle(point, _MARK, self.colour)
