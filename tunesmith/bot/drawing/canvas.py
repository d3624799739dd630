"""A picture that shapes and words are drawn on.

Pillow draws shapes with hard edges: each is drawn some times larger as a mask, which is shrunk, and
its colour is painted through that. Letters have smooth edges by themselves.
"""

import io
import math
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Literal

from PIL import Image, ImageDraw

from tunesmith.bot.drawing.lettering import runs

Dots = tuple[float, float]
"""A place: dots from the left, dots from the top."""

INK = "#1d1c1d"
# How many times larger masks are: enough for smooth edges; less where they would take much memory.
_FINE, _COARSE = 4, 2
_LARGE = 1_000_000  # dots

_Enlarge = Callable[[Dots], Dots]


class Canvas:
    """A white picture of `width` x `height` dots. All lengths are in dots."""

    def __init__(self, width: int, height: int) -> None:
        self._image = Image.new("RGB", (width, height), "white")
        self._draw = ImageDraw.Draw(self._image)

    def rectangle(
        self, corner: Dots, opposite: Dots, fill: str, edge: str | None = None, width: int = 1
    ) -> None:
        """An upright rectangle, sharp on whole dots."""
        x, y = round(corner[0]), round(corner[1])
        box = (x, y, max(x, round(opposite[0]) - 1), max(y, round(opposite[1]) - 1))
        self._draw.rectangle(box, fill, edge, width)

    def hatch(self, corner: Dots, opposite: Dots, colour: str) -> None:
        """Slanted lines over an upright rectangle."""
        (left, top), (right, bottom) = corner, opposite
        for foot in range(round(left), round(right + bottom - top), 14):
            low = max(0.0, foot - right)  # how far up the line enters and leaves the rectangle
            high = min(foot - left, bottom - top)
            if high > low:
                self.line([(foot - low, bottom - low), (foot - high, bottom - high)], colour, 2)

    def line(
        self, points: Sequence[Dots], colour: str, width: float, dashes: Dots | None = None
    ) -> None:
        """A line through the points; `dashes` are the lengths of a dash and of a gap."""
        parts = list(_dashed(points, *dashes)) if dashes else [points]

        def draw(mask: ImageDraw.ImageDraw, enlarge: _Enlarge, times: int) -> None:
            for part in parts:
                mask.line([*map(enlarge, part)], 255, round(width * times), joint="curve")

        self._paint(points, width + 1, colour, draw)

    def polygon(self, points: Sequence[Dots], colour: str) -> None:
        """A filled polygon."""

        def draw(mask: ImageDraw.ImageDraw, enlarge: _Enlarge, times: int) -> None:  # noqa: ARG001
            mask.polygon([*map(enlarge, points)], 255)

        self._paint(points, 1, colour, draw)

    def circle(self, centre: Dots, radius: float, colour: str) -> None:
        """A filled circle."""

        def draw(mask: ImageDraw.ImageDraw, enlarge: _Enlarge, times: int) -> None:
            mask.circle(enlarge(centre), radius * times, 255)

        self._paint([centre], radius + 1, colour, draw)

    def text(
        self,
        at: Dots,
        words: str,
        size: int,
        *,
        bold: bool = False,
        anchor: Literal["left", "middle", "right"] = "left",
        colour: str = INK,
    ) -> None:
        """Words on one line; `at` is on their baseline, at the end that `anchor` says."""
        share = {"left": 0.0, "middle": 0.5, "right": 1.0}[anchor]
        x, y = at[0] - text_width(words, size, bold=bold) * share, at[1]
        for font, letters in runs(words, size, bold=bold):
            self._draw.text((x, y), letters, colour, font, anchor="ls")
            x += font.getlength(letters)

    def upward_text(self, at: Dots, words: str, size: int) -> None:
        """Words that are read from below upwards, `at` being the middle of their baseline."""
        width = math.ceil(text_width(words, size))
        label = Canvas(max(width, 1), size * 2)
        label.text((0, size * 1.5), words, size)
        turned = label._image.transpose(Image.Transpose.ROTATE_90)
        self._image.paste(turned, (round(at[0] - size * 1.5), round(at[1] - width / 2)))

    def png(self) -> bytes:
        """The picture as a PNG."""
        target = io.BytesIO()
        self._image.save(target, "PNG")
        return target.getvalue()

    def _paint(
        self,
        points: Sequence[Dots],
        margin: float,
        colour: str,
        draw: Callable[[ImageDraw.ImageDraw, _Enlarge, int], None],
    ) -> None:
        """Paint what `draw` draws on a mask that holds all points and a margin around them."""
        left = math.floor(min(x for x, _ in points) - margin)
        top = math.floor(min(y for _, y in points) - margin)
        width = math.ceil(max(x for x, _ in points) + margin) - left
        height = math.ceil(max(y for _, y in points) + margin) - top
        times = _FINE if width * height < _LARGE else _COARSE
        mask = Image.new("L", (width * times, height * times))
        # Half a dot: coordinates are edges of dots for us and their middles for Pillow.
        draw(
            ImageDraw.Draw(mask),
            lambda dot: ((dot[0] - left) * times - 0.5, (dot[1] - top) * times - 0.5),
            times,
        )
        self._image.paste(colour, (left, top), mask.reduce(times))


def text_width(words: str, size: int, *, bold: bool = False) -> float:
    """How many dots wide words of that size are."""
    return sum(font.getlength(letters) for font, letters in runs(words, size, bold=bold))


def _dashed(points: Sequence[Dots], dash: float, gap: float) -> Iterator[list[Dots]]:
    """The dashes of a line, each as a line of its own."""
    part: list[Dots] = [points[0]]
    left, drawing = dash, True
    for (x1, y1), (x2, y2) in pairwise(points):
        length = math.dist((x1, y1), (x2, y2))
        done = 0.0
        while length - done > left:
            done += left
            at = (x1 + (x2 - x1) * done / length, y1 + (y2 - y1) * done / length)
            if drawing:
                yield [*part, at]
            part, drawing = [at], not drawing
            left = dash if drawing else gap
        left -= length - done
        part.append((x2, y2))
    if drawing and len(part) > 1:
        yield part
