"""A report's findings as files, and its lengths as a picture."""

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

from tunesmith.bot.datasets.report import Finding, Report, Tokens
from tunesmith.bot.datasets.statistics import Bin

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# From the palette of Okabe and Ito (2008), which stays apart for people who see few colours.
_BLUE, _ORANGE = "#0072B2", "#D55E00"


def write_csv(findings: Path, out: Path, reword: Callable[[Finding], Finding]) -> None:
    """The complete list of findings (as `inspect` writes it) as CSV for a spreadsheet.

    `reword` says a finding in the reader's language.
    """
    # With a byte order mark, Excel reads it as UTF-8.
    with out.open("w", encoding="utf-8-sig", newline="") as file, findings.open("rb") as lines:
        table = csv.writer(file)
        table.writerow(list(Finding.model_fields))
        for line in lines:
            finding = reword(Finding.model_validate_json(line))
            table.writerow([_inert(value) for value in finding.model_dump().values()])


def write_json(report: Report, findings: Path, out: Path) -> None:
    """The report as JSON, with the complete list of findings instead of the worst."""
    with out.open("wb") as file:
        file.writelines(json_parts(report, findings))


def json_parts(report: Report, findings: Path) -> Iterator[bytes]:
    """The same as one line, piece by piece; amounts of money are numbers in it."""
    head = report.model_dump(exclude={"findings"})
    yield orjson.dumps(head, default=float).removesuffix(b"}") + b',"findings":['
    with findings.open("rb") as lines:
        for number, line in enumerate(lines):
            yield (b"," if number else b"") + line.removesuffix(b"\n")
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

    `plain` are the words for a machine whose fonts lack letters of `labels`. Takes about a second
    of CPU: call it in another process.
    """
    # Not at the top: matplotlib takes a while to import. Not pyplot, which is not thread-safe.
    from matplotlib.figure import Figure  # noqa: PLC0415
    from matplotlib.font_manager import FontProperties  # noqa: PLC0415

    from tunesmith.bot.fonts import can_draw, families  # noqa: PLC0415

    said = labels if can_draw("".join(astuple(labels))) else plain
    font = FontProperties(family=families())
    figure = Figure(figsize=(8, 3.4), dpi=150, layout="constrained")
    axes = figure.add_subplot()
    end = _draw_bars(axes, tokens.histogram)
    marks = (
        (tokens.per_example.median, said.median, "-"),
        (tokens.per_example.p95, said.p95, "--"),
    )
    for value, label, style in marks:
        if value < end:
            axes.axvline(value, color=_ORANGE, linestyle=style, label=f"{label}: {value:,.0f}")
    axes.legend(frameon=False, prop=font)
    axes.set_xlabel(said.tokens, fontproperties=font)
    axes.set_ylabel(said.examples, fontproperties=font)
    picture = io.BytesIO()
    figure.savefig(picture, format="png")
    return picture.getvalue()


def _draw_bars(axes: "Axes", bins: list[Bin]) -> int:
    """A bar for each bin; returns where the last one ends.

    The last bin may reach far beyond: its bar is as wide as the others, and its tick says so.
    """
    from matplotlib.ticker import MaxNLocator  # noqa: PLC0415

    width = bins[0].high - bins[0].low + 1
    lows = [found.low for found in bins]
    bars = axes.bar(
        lows, [found.count for found in bins], width, align="edge", color=_BLUE, ec="white"
    )
    ticks = lows[:: max(1, len(lows) // 8)]
    names = [f"{tick:,}" for tick in ticks]
    if bins[-1].high >= lows[-1] + width:
        bars[-1].set_hatch("//")
        ticks = [tick for tick in ticks if tick < lows[-1] - width] + lows[-1:]
        names = [f"{tick:,}" for tick in ticks[:-1]] + [f"≥ {lows[-1]:,}"]
    axes.set_xticks(ticks, names)
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes.yaxis.set_major_formatter("{x:,.0f}")
    axes.spines[["top", "right"]].set_visible(False)
    return lows[-1] + width


def _inert(value: object) -> object:
    """A cell that no spreadsheet takes for a formula."""
    is_formula = isinstance(value, str) and value.startswith(("=", "+", "-", "@"))
    return f"'{value}" if is_formula else value
