"""CSV and TSV files."""

import csv
from collections.abc import Iterator
from pathlib import Path

from tunesmith.bot.datasets.conversion.containers import cells
from tunesmith.bot.datasets.conversion.containers.container import MAX_VALUE, Container
from tunesmith.bot.errors import DatasetError
from tunesmith.bot.messages import say

SUFFIXES = (".csv", ".tsv")


def read(path: Path, suffix: str) -> Container:
    """A table with a separator between its cells: , ; or a tab."""
    kind = suffix[1:]
    return Container(
        kind,
        cells.lines(_rows(path, suffix)),
        say("finding.file.table", kind=kind.upper()),
        say("finding.unit.row"),
        offset=1,
    )


def _rows(path: Path, suffix: str) -> Iterator[list[str]]:
    csv.field_size_limit(MAX_VALUE)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            separator = "\t" if suffix == ".tsv" else _separator(file.readline(MAX_VALUE))
            file.seek(0)
            rows = csv.reader(file, delimiter=separator, strict=True)
            line = 1
            try:
                for row in rows:
                    yield row
                    line = rows.line_num + 1
            except csv.Error as error:
                raise DatasetError(say("reading.broken_table", line=line)) from error
    except UnicodeDecodeError as error:
        raise not_utf8(path) from error


def not_utf8(path: Path) -> DatasetError:
    """Names the first line of a file that is not UTF-8."""
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            try:
                line.decode()
            except UnicodeDecodeError:
                return DatasetError(say("reading.not_utf8", line=number))
    raise AssertionError("a file that could not be decoded has a line that cannot")


def _separator(heading: str) -> str:
    return max(",;\t", key=heading.count)
