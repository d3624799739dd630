"""Excel workbooks: every sheet with the columns of a format."""

import zipfile
import zlib
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson

from tunesmith.bot.datasets.conversion.containers import cells
from tunesmith.bot.datasets.conversion.containers.container import Container, Sheet
from tunesmith.bot.datasets.findings import JsonObject
from tunesmith.bot.errors import DatasetError
from tunesmith.bot.messages import say

# A workbook is a ZIP archive of XML, which is packed to a tenth; one that unpacks to more than a
# hundred times its size and this is refused.
_RATIO = 100
_ALWAYS = 64 << 20
_MAX_UNPACKED = 512 << 20
# What openpyxl keeps whole as a tree, at 20 times its size: all parts but these.
_STREAMED = ("xl/worksheets/", "xl/sharedStrings.xml", "xl/media/")
_MAX_PART = 16 << 20
# Excel's own limit, and more than its sheets hold; in its place openpyxl makes up rows and cells.
_MAX_ROWS = 1 << 20
_MAX_CELLS = 30_000_000
_ROWS_LOOKED_AT = 20
# What zipfile, its decompressors, the XML parser and openpyxl raise where bytes are wrong.
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    AttributeError,
    EOFError,
    LookupError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
)


def read(path: Path, is_known: Callable[[JsonObject], bool]) -> Container:
    """The rows of all sheets with rows that `is_known` knows; of the first one where none has."""
    book = _open(path)
    sheets: list[Any] = list(book.worksheets)
    known = [sheet for sheet in sheets if _has_known_row(sheet, is_known)] or sheets[:1]
    container = Container(
        "excel", iter(()), say("finding.file.excel"), say("finding.unit.row"), offset=1
    )
    container.uniform = len(known) == 1
    container.lines = _lines(book, sheets, known, container.sheets)
    return container


def _open(path: Path) -> Any:
    try:
        import openpyxl  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise DatasetError(say("reading.missing_extra", kind="Excel")) from error
    with _errors_said(), TemporaryDirectory() as folder:
        _refuse_what_is_too_large(path)
        # openpyxl refuses paths without an ending of Excel's, as files are kept by their SHA-256.
        named = Path(folder, "book.xlsx")
        named.symlink_to(path.resolve())
        return openpyxl.load_workbook(named, read_only=True, data_only=True)


def _refuse_what_is_too_large(path: Path) -> None:
    """Raise DatasetError by the sizes that the archive names: zipfile reads no more than these."""
    most = min(_MAX_UNPACKED, max(_ALWAYS, _RATIO * path.stat().st_size))
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
    if sum(entry.file_size for entry in entries) > most:
        raise DatasetError(say("reading.excel_too_large", limit=most))
    for entry in entries:
        if entry.file_size > _MAX_PART and not entry.filename.startswith(_STREAMED):
            raise DatasetError(say("reading.excel_too_large", limit=_MAX_PART))


@contextmanager
def _errors_said() -> Generator[None]:
    """Turn what reading a damaged or encrypted workbook raises into a DatasetError."""
    try:
        yield
    except _DAMAGED as error:
        raise DatasetError(say("reading.not_excel")) from error


def _rows(sheet: Any) -> Iterator[tuple[Any, ...]]:
    seen = 0
    with _errors_said():
        for number, row in enumerate(sheet.iter_rows(values_only=True), 1):
            seen += len(row)
            if number > _MAX_ROWS or seen > _MAX_CELLS:
                raise DatasetError(say("reading.excel_too_many_cells", name=sheet.title))
            yield row


def _has_known_row(sheet: Any, is_known: Callable[[JsonObject], bool]) -> bool:
    rows = islice(_rows(sheet), _ROWS_LOOKED_AT)
    return any(is_known(orjson.loads(line)) for line in cells.lines(rows) if line.strip())


def _lines(book: Any, sheets: list[Any], known: list[Any], reads: list[Sheet]) -> Iterator[bytes]:
    number = 1  # the row that the last line is; the first sheet's heading is row 1
    for sheet in sheets:
        first = number + 1
        if sheet in known:
            for line in cells.lines(_rows(sheet)):
                number += 1
                yield line
        reads.append(Sheet(sheet.title, first, number))
    book.close()
