"""Files that are not JSON Lines but hold the same: turned into JSON Lines.

CSV, TSV, Excel and Parquet files with the columns of a format (`prompt` and `completion`, or
`messages` with JSON in its cells), a JSON array, JSON objects spread over several lines, and
UTF-16 text.
"""

import csv
import json
import re
import tempfile
import zipfile
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple, cast

import orjson

from tunesmith.bot.datasets import reading
from tunesmith.bot.datasets.findings import Json, JsonObject, RawFinding
from tunesmith.bot.datasets.json_line import BOM
from tunesmith.bot.errors import DatasetError
from tunesmith.bot.messages import Message, Value, say

_HEAD = 1 << 16
_CHUNK = 1 << 20
# One JSON value longer than this is not an example.
_MAX_VALUE = 64 << 20
# An Excel file is a ZIP archive; one that unpacks to more is refused.
_MAX_UNPACKED = 512 << 20
# Columns whose cells hold JSON where a table has only text.
_JSON_COLUMNS = frozenset(
    {
        "messages",
        "tools",
        "functions",
        "input",
        "preferred_output",
        "non_preferred_output",
        "parallel_tool_calls",
    }
)


_BETWEEN = re.compile(r"[ \t\r\n,]*")


class Source(NamedTuple):
    """A file of JSON Lines: the given one, or a temporary one made from it.

    Line n of `path` is line n + `offset` of what people see (in a table, the row).
    """

    path: Path
    offset: int = 0
    finding: RawFinding | None = None


@contextmanager
def as_json_lines(path: Path, name: str) -> Generator[Source]:
    """The file as JSON Lines, for as long as the context lasts.

    `name` is the file's name as people know it. Raises DatasetError where a table cannot be read.
    """
    convert = _converter(path, name)
    if convert is None:
        reading.refuse_what_is_no_text(path)
        yield Source(path)
        return
    with tempfile.TemporaryDirectory(prefix="tunesmith-") as folder:
        made = Path(folder) / "made.jsonl"
        with made.open("wb") as file:
            file.writelines(convert.lines)
        yield Source(made, convert.offset, convert.finding)


class _Conversion(NamedTuple):
    lines: Iterator[bytes]
    offset: int
    finding: RawFinding


def _converter(path: Path, name: str) -> _Conversion | None:
    """How to read a file that is no JSON Lines; None where it is."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    suffix = Path(name).suffix.lower()
    start = head.removeprefix(BOM).lstrip()
    conversion = None
    if suffix == ".xlsx":
        conversion = _table(_excel_rows(path), say("finding.file.excel"))
    elif suffix == ".parquet" or head.startswith(b"PAR1"):
        conversion = _table(_parquet_rows(path), say("finding.file.parquet"), headings=0)
    elif head.startswith((b"\xff\xfe", b"\xfe\xff")):
        conversion = _Conversion(
            _recoded(path), 0, RawFinding("not_utf8", values={"encoding": "UTF-16"})
        )
    elif suffix in (".csv", ".tsv") and not start.startswith((b"{", b"[")):
        conversion = _table(
            _csv_rows(path, suffix), say("finding.file.table", kind=suffix[1:].upper())
        )
    elif start.startswith(b"[") and _is_one_array(path):
        conversion = _json_text(path, say("finding.file.json_array"), say("finding.unit.element"))
    elif start.startswith(b"{") and _spreads_over_lines(start):
        conversion = _json_text(path, say("finding.file.json_objects"), say("finding.unit.object"))
    return conversion


def _table(rows: Iterator[JsonObject], kind: Message, *, headings: int = 1) -> _Conversion:
    lines = (orjson.dumps(row, default=str) + b"\n" for row in rows)
    values: dict[str, Value] = {"kind": kind, "unit": say("finding.unit.row")}
    finding = RawFinding("not_json_lines", values=values)
    return _Conversion(lines, headings, finding)


def _json_text(path: Path, kind: Message, unit: Message) -> _Conversion:
    values: dict[str, Value] = {"kind": kind, "unit": unit}
    return _Conversion(_json_values(path), 0, RawFinding("not_json_lines", values=values))


def _csv_rows(path: Path, suffix: str) -> Iterator[JsonObject]:
    csv.field_size_limit(_MAX_VALUE)
    with path.open(encoding="utf-8-sig", newline="") as file:
        try:
            separator = "\t" if suffix == ".tsv" else _separator(file.readline())
            file.seek(0)
            rows = csv.reader(file, delimiter=separator, strict=True)
            try:
                yield from _rows_as_objects(rows)
            except csv.Error as error:
                raise DatasetError(say("reading.broken_table", line=rows.line_num)) from error
        except UnicodeDecodeError as error:
            raise DatasetError(say("reading.table_not_utf8")) from error


def _separator(heading: str) -> str:
    return max(",;\t", key=heading.count)


def _excel_rows(path: Path) -> Iterator[JsonObject]:
    try:
        import openpyxl  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise _missing_extra("Excel") from error
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
        if unpacked > _MAX_UNPACKED:
            raise DatasetError(say("reading.excel_too_large", limit=_MAX_UNPACKED))
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        raise DatasetError(say("reading.not_excel")) from error
    sheet = book.worksheets[0]
    yield from _rows_as_objects(sheet.iter_rows(values_only=True))
    book.close()


def _parquet_rows(path: Path) -> Iterator[JsonObject]:
    try:
        from pyarrow import parquet  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise _missing_extra("Parquet") from error
    try:
        batches = cast("Iterable[Any]", parquet.ParquetFile(path).iter_batches(batch_size=1_000))
        for batch in batches:
            for row in cast("list[dict[str, Any]]", batch.to_pylist()):
                yield _as_object(row.items())
    except (OSError, ValueError) as error:  # pyarrow's own errors are ValueErrors and OSErrors
        raise DatasetError(say("reading.not_parquet")) from error


def _missing_extra(kind: str) -> DatasetError:
    return DatasetError(say("reading.missing_extra", kind=kind))


def _rows_as_objects(rows: Iterable[Iterable[Any]]) -> Iterator[JsonObject]:
    heading: list[str] | None = None
    for row in rows:
        cells = list(row)
        if heading is None:
            heading = [str(cell or "").strip() for cell in cells]
        elif any(cell not in (None, "") for cell in cells):
            yield _as_object(zip(heading, cells, strict=False))


def _as_object(cells: Iterable[tuple[str, Any]]) -> JsonObject:
    """One row; empty cells are left out, cells of structured columns are parsed."""
    return {
        name: _parsed(value) if name in _JSON_COLUMNS and isinstance(value, str) else value
        for name, value in cells
        if name and value is not None and (value != "" or name.lower() in ("prompt", "completion"))
    }


def _parsed(text: str) -> Json:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return text


def _recoded(path: Path) -> Iterator[bytes]:
    with path.open(encoding="utf-16", newline="\n") as file:
        try:
            for line in file:
                yield line.encode(errors="surrogatepass")
        except UnicodeError as error:
            raise DatasetError(say("reading.not_utf16")) from error


def _is_one_array(path: Path) -> bool:
    """Whether a file that begins with [ is one array, and not a list on each line."""
    with path.open("rb") as file:
        first, rest = file.readline(_MAX_VALUE), file.read(_HEAD)
    return not rest.strip() or not _is_json(first)


def _is_json(line: bytes) -> bool:
    try:
        orjson.loads(line.removeprefix(BOM))
    except orjson.JSONDecodeError:
        return False
    return True


def _spreads_over_lines(start: bytes) -> bool:
    """Whether the first object of a file goes over several lines."""
    if _is_json(start.partition(b"\n")[0]):
        return False
    text = start.decode(errors="ignore")
    try:
        _, end = json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError):
        return False
    return "\n" in text[:end]


def _json_values(path: Path) -> Iterator[bytes]:
    """The elements of an array, or the objects of a file, one at a time, each on a line."""
    with path.open(encoding="utf-8-sig") as file:
        buffer, place, number = file.read(_CHUNK).lstrip().removeprefix("["), 0, 0
        while True:
            gap = _BETWEEN.match(buffer, place)
            place = gap.end() if gap else place
            if buffer.startswith("]", place):
                return
            value, end = _decoded(buffer, place)
            waiting = len(buffer) - place
            unsure = end is None or end == len(buffer)  # a number may go on
            more = file.read(max(_CHUNK, waiting)) if unsure and waiting < _MAX_VALUE else ""
            if more:
                buffer, place = buffer[place:] + more, 0
            elif end is not None:
                # json and not orjson: it keeps NaN and half characters, which are to be reported.
                yield json.dumps(value).encode() + b"\n"
                place, number = end, number + 1
            elif waiting == 0:
                return
            else:
                raise DatasetError(say("reading.broken_json", number=number))


def _decoded(buffer: str, place: int) -> tuple[Json, int | None]:
    """The value that begins at a place, and where it ends; None where it does not end."""
    try:
        return json.JSONDecoder().raw_decode(buffer, place)
    except (ValueError, RecursionError):
        return None, None
