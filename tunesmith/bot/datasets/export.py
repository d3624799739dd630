"""A report's findings as files."""

import csv
from collections.abc import Iterator
from pathlib import Path

import orjson

from tunesmith.bot.datasets.report import Finding, Report
from tunesmith.bot.messages import Text, text_for
from tunesmith.bot.spreadsheets import inert


def write_csv(findings: Path, out: Path, text: Text) -> None:
    """The complete list of findings (as `inspect` writes it) as CSV for a spreadsheet."""
    # With a byte order mark, Excel reads it as UTF-8.
    with out.open("w", encoding="utf-8-sig", newline="") as file, findings.open("rb") as lines:
        table = csv.writer(file)
        table.writerow(list(Finding.model_fields))
        for line in lines:
            finding = Finding.model_validate_json(line)
            cells = finding.in_words(text).values()
            table.writerow([inert(cell) if isinstance(cell, str) else cell for cell in cells])


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
