"""A report's findings as files, and its lengths as a picture."""

import csv
from collections.abc import Iterator
from dataclasses import astuple, dataclass
from pathlib import Path

import orjson

from tunesmith.bot.datasets.distributions import Bin
from tunesmith.bot.datasets.report import Finding, Report, Tokens
from tunesmith.bot.drawing import Canvas, can_draw
from tunesmith.bot.drawing.chart import Entry, Panel, Scale, ticks
from tunesmith.bot.messages import Text, text_for

# From the palette of Okabe and Ito (2008), which stays apart for people who see few colours.
_BLUE, _ORANGE = "#0072B2", "#D55E00"


def write_csv(findings: Path, out: Path, text: Text) -> None:
    """The complete list of findings (as `inspect` writes it) as CSV for a spreadsheet."""
    # With a byte order mark, Excel reads it as UTF-8.
    with out.open("w", encoding="utf-8-sig", newline="") as file, findings.open("rb") as lines:
        table = csv.writer(file)
        table.writerow(list(Finding.model_fields))
        for line in lines:
            finding = Finding.model_validate_json(line)
            table.writerow([_inert(value) for value in finding.in_words(text).values()])


def write_json(report: Report, findings: Path, out: Path) -> None:
    """The report as JSON, with the complete list of findings instead of the worst, in English."""
    with out.open("wb") as file:
        file.writelines(json_parts(report, findings))


def json_parts(report: Report, findings: Path) -> Iterator[bytes]:
    """The same as one line, piece by piece; amounts of money are numbers in it."""
    english = text_for("en")
    head = report.model_dump(exclude={"findings"})
    yield orjson.dumps(head, default=float).removesuffix(b"}") + b',"findings":['
    with findings.open("rb") as lines:
        for number, line in enumerate(lines):
            finding = Finding.model_validate_json(line).in_words(english)
            yield (b"," if number else b"") + orjson.dumps(finding)
    yield b"]}\n"


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


def _inert(value: object) -> object:
    """A cell that no spreadsheet takes for a formula."""
    is_formula = isinstance(value, str) and value.startswith(("=", "+", "-", "@"))
    return f"'{value}" if is_formula else value
