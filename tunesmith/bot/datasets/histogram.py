"""The lengths of a file's examples as a picture."""

from dataclasses import astuple, dataclass

from tunesmith.bot.datasets.distributions import Bin
from tunesmith.bot.datasets.report import Tokens
from tunesmith.bot.drawing import Canvas, can_draw
from tunesmith.bot.drawing.chart import Entry, Panel, Scale, ticks

# From the palette of Okabe and Ito (2008), which stays apart for people who see few colours.
_BLUE, _ORANGE = "#0072B2", "#D55E00"


@dataclass(frozen=True, slots=True)
class Labels:
    """The histogram's words, in the reader's language."""

    tokens: str
    examples: str
    median: str
    p95: str


def histogram(tokens: Tokens, labels: Labels, plain: Labels) -> bytes:
    """A PNG of 1,200 x 510 pixels: how many examples have how many tokens.

    `plain` are the words for a machine whose fonts lack letters of `labels`. Takes about a tenth
    of a second of CPU: call it outside the event loop.
    """
    said = labels if can_draw("".join(astuple(labels))) else plain
    canvas = Canvas(1_200, 510)
    bins = tokens.histogram
    width = bins[0].high - bins[0].low + 1
    end = bins[-1].low + width
    top = max(found.count for found in bins) * 1.05
    x, y = Scale(bins[0].low, end, 140, 1_170), Scale(0, top, 420, 60)
    panel = Panel(canvas, x, y)
    _draw_bars(panel, bins, width)
    panel.frame(ticks(0, top, 7, whole=True), "{:,.0f}".format, said.examples, grid=False)
    panel.x_ticks(_x_ticks(bins, width), said.tokens)
    marks = [
        (tokens.per_example.median, said.median, None),
        (tokens.per_example.p95, said.p95, (12.0, 8.0)),
    ]
    entries: list[Entry] = []
    for value, label, dashes in marks:
        if value < end:
            entries.append(Entry(f"{label}: {value:,.0f}", _ORANGE, dashes))
            entries[-1].draw(canvas, [panel.at(value, 0), panel.at(value, top)])
    panel.legend(entries)
    return canvas.png()


def _draw_bars(panel: Panel, bins: list[Bin], width: int) -> None:
    """A bar for each bin; the last one is hatched where it reaches further than it is wide."""
    for found in bins:
        (left, top), (right, bottom) = (
            panel.at(found.low, found.count),
            panel.at(found.low + width, 0),
        )
        panel.canvas.rectangle((left + 1, top), (right - 1, bottom), _BLUE)
        if _is_open(found, width):
            panel.canvas.hatch((left + 1, top), (right - 1, bottom), "white")


def _is_open(found: Bin, width: int) -> bool:
    return found.high >= found.low + width


def _x_ticks(bins: list[Bin], width: int) -> list[tuple[float, str]]:
    """Where bins begin, about eight of them; the tick of an open last one says so."""
    lows = [found.low for found in bins]
    shown = lows[:: max(1, len(lows) // 8)]
    if not _is_open(bins[-1], width):
        return [(low, f"{low:,}") for low in shown]
    before = [(low, f"{low:,}") for low in shown if low < lows[-1] - width]
    return [*before, (lows[-1], f"≥ {lows[-1]:,}")]
