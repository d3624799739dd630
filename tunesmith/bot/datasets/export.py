"""A report's findings as files, and its lengths as a picture."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import orjson

from tunesmith.bot.datasets.report import Finding, Report
from tunesmith.bot.datasets.statistics import Bin

# From the palette of Okabe and Ito (2008), which stays apart for people who see few colours.
_BLUE = "#0072B2"


def write_csv(findings: Path, out: Path) -> None:
    """The complete list of findings (as `inspect` writes it) as CSV for a spreadsheet."""
    # With a byte order mark, Excel reads it as UTF-8.
    with out.open("w", encoding="utf-8-sig", newline="") as file, findings.open("rb") as lines:
        table = csv.writer(file)
        table.writerow(list(Finding.model_fields))
        for line in lines:
            table.writerow([_inert(value) for value in orjson.loads(line).values()])


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


def histogram(report: Report) -> bytes:
    """A PNG of how many examples have how many tokens."""
    # Not at the top: matplotlib takes a while to import. Not pyplot, which is not thread-safe.
    from matplotlib.figure import Figure  # noqa: PLC0415

    bins = report.tokens.histogram
    figure = Figure(figsize=(8, 3.2), dpi=150, layout="constrained")
    axes = figure.add_subplot()
    axes.bar(range(len(bins)), [found.count for found in bins], color=_BLUE)
    labels = [_range(found) for found in bins]
    axes.set_xticks(range(len(bins)), labels, rotation=45, ha="right", fontsize=7)
    axes.set_xlabel(f"tokens of an example ({report.tokens.encoding})")
    axes.set_ylabel("examples")
    axes.spines[["top", "right"]].set_visible(False)
    picture = io.BytesIO()
    figure.savefig(picture, format="png")
    return picture.getvalue()


def _range(found: Bin) -> str:
    return f"{found.low:,}" + (f"–{found.high:,}" if found.high > found.low else "")


def _inert(value: object) -> object:
    """A cell that no spreadsheet takes for a formula."""
    is_formula = isinstance(value, str) and value.startswith(("=", "+", "-", "@"))
    return f"'{value}" if is_formula else value
