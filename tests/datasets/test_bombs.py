"""Small files that unpack to huge ones: refused in words, within bounded memory and disk."""

import errno
import gzip
import io
import shutil
import sys
import tempfile
import tracemalloc
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple, cast

import psutil
import pyarrow as pa
import pytest
from pyarrow import parquet

from tests.datasets.files import look, write
from tunesmith.bot import disk
from tunesmith.bot.datasets.conversion.containers import excel, json_text, output
from tunesmith.bot.datasets.conversion.containers.output import most_bytes
from tunesmith.bot.errors import DatasetError, DiskError

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

pytestmark = pytest.mark.filterwarnings("ignore:Workbook contains no stylesheet")

_MB = 1 << 20
_MOST = 8 * _MB
_LINE = b'{"messages":[{"role":"user","content":"q"},{"role":"assistant","content":"a"}]}\n'


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterable[Path]:
    """The folder of temporary files, for each test its own; nothing is left in it.

    8 MB are allowed here where 256 MB are in earnest, to keep the tests quick.
    """
    monkeypatch.setattr(output, "_ALWAYS", _MOST)
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    before = psutil.Process().memory_info().rss
    yield folder
    assert list(folder.iterdir()) == []
    assert psutil.Process().memory_info().rss - before < 300 * _MB


def test_a_small_file_may_be_256_mb_and_none_more_than_2_gb_or_four_times_its_size(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.undo()
    assert most_bytes(5_000) == 256 * _MB
    assert most_bytes(5 * _MB) == 1_000 * _MB
    assert most_bytes(100 * _MB) == 2_048 * _MB
    assert most_bytes(1_000 * _MB) == 4_000 * _MB


def _gzip() -> bytes:
    return gzip.compress(_LINE * (2 * _MOST // len(_LINE)))


def _zstd() -> bytes:
    return zstd.compress(_LINE * (2 * _MOST // len(_LINE)))


def _parquet() -> bytes:
    """One text of 1 MB, that 100 rows repeat."""
    return _repeated(_MB, 100)


def _repeated(size: int, rows: int) -> bytes:
    """A Parquet file of so many rows with the same text."""
    arrow = cast("Any", pa)
    texts = arrow.DictionaryArray.from_arrays(arrow.array([0] * rows, arrow.int32()), ["x" * size])
    file = io.BytesIO()
    table = arrow.table({"prompt": texts, "completion": ["a"] * rows})
    parquet.write_table(table, file, compression="zstd")
    return file.getvalue()


def _excel() -> bytes:
    """One shared string of 1 MB, that 100 cells repeat."""
    row = b'<row><c t="s"><v>0</v></c><c t="s"><v>0</v></c></row>'
    return workbook(_HEAD + row * 50, b"<si><t>%s</t></si>" % (b"x" * _MB))


@pytest.mark.parametrize(
    ("name", "make"),
    [("a.jsonl.gz", _gzip), ("a.jsonl.zst", _zstd), ("a.parquet", _parquet), ("a.xlsx", _excel)],
)
def test_what_becomes_too_large_is_refused_with_the_limit(
    name: str, make: Callable[[], bytes], tmp_path: Path
) -> None:
    packed = make()
    assert len(packed) < 60_000
    with pytest.raises(DatasetError, match=r"more than (8|11)\.4 MB"):
        look(write(tmp_path / name, packed))


def test_a_zstd_frame_that_wants_a_window_of_2_gb_is_refused(tmp_path: Path) -> None:
    window: dict[int, int] = {zstd.CompressionParameter.window_log: 31}
    with zstd.open(tmp_path / "a.jsonl.zst", "wb", options=window) as file:
        file.write(_LINE * 20)
    with pytest.raises(DatasetError, match="zstd"):
        look(tmp_path / "a.jsonl.zst")


def test_a_repeated_text_is_in_memory_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(output, "_ALWAYS", 40 * _MB)
    path = write(tmp_path / "a.parquet", _repeated(20 * _MB, 200))  # 4 GB in all
    with pytest.raises(DatasetError, match="unpacks to more than"):
        look(path)


def test_rows_that_repeat_a_text_are_read_a_few_at_a_time(tmp_path: Path) -> None:
    path = write(tmp_path / "a.parquet", _repeated(8 * _MB, 60))  # 480 MB in all
    tracemalloc.start()
    with pytest.raises(DatasetError, match="unpacks to more than"):
        look(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 200 * _MB


_SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_HEAD = (
    b'<row r="1"><c r="A1" t="inlineStr"><is><t>prompt</t></is></c>'
    b'<c r="B1" t="inlineStr"><is><t>completion</t></is></c></row>'
)


def workbook(rows: bytes, strings: bytes = b"", before: bytes = b"", styles: bytes = b"") -> bytes:
    """A workbook whose parts are as they are given; `before` stands ahead of the shared strings."""
    types = {"workbook": "sheet.main", "worksheets/sheet1": "worksheet"}
    types |= {name: name for name in ("sharedStrings", "styles")}
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": "<Types xmlns="
        '"http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType='
        '"application/vnd.openxmlformats-package.relationships+xml"/>'
        + "".join(
            f'<Override PartName="/xl/{name}.xml" ContentType='
            f'"application/vnd.openxmlformats-officedocument.spreadsheetml.{kind}+xml"/>'
            for name, kind in types.items()
        )
        + "</Types>",
        "_rels/.rels": _relations({"officeDocument": "xl/workbook.xml"}),
        "xl/_rels/workbook.xml.rels": _relations(
            {
                "worksheet": "worksheets/sheet1.xml",
                "sharedStrings": "sharedStrings.xml",
                "styles": "styles.xml",
            }
        ),
        "xl/workbook.xml": f'<workbook xmlns="{_SHEET}" xmlns:r="{_OFFICE}"><sheets>'
        '<sheet name="S" sheetId="1" r:id="rId0"/></sheets></workbook>',
        "xl/worksheets/sheet1.xml": b'<worksheet xmlns="%s"><sheetData>%s</sheetData></worksheet>'
        % (_SHEET.encode(), rows),
        "xl/sharedStrings.xml": before + b'<sst xmlns="%s">%s</sst>' % (_SHEET.encode(), strings),
        "xl/styles.xml": b'<styleSheet xmlns="%s">%s</styleSheet>' % (_SHEET.encode(), styles),
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def _relations(targets: dict[str, str]) -> str:
    said = "".join(
        f'<Relationship Id="rId{place}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for place, (kind, target) in enumerate(targets.items())
    )
    return f'<Relationships xmlns="{_PACKAGE}">{said}</Relationships>'


class Workbook(NamedTuple):
    """What a workbook is made of, and what is said of it."""

    made: Callable[[], bytes]
    said: str


_LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE sst [<!ENTITY a "ha">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
    + b"]>"
)
_FOREIGN = b'<?xml version="1.0"?><!DOCTYPE sst [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
_WORKBOOKS = {
    "entities of entities": Workbook(
        lambda: workbook(_HEAD, b"<si><t>&j;</t></si>", before=_LAUGHS), "damaged"
    ),
    "another file": Workbook(
        lambda: workbook(_HEAD, b"<si><t>&a;</t></si>", before=_FOREIGN), "damaged"
    ),
    "a row at two billion": Workbook(
        lambda: workbook(_HEAD + b'<row r="2000000000"><c r="A2"><v>1</v></c></row>'),
        "more rows or cells",
    ),
    "the last column in each row": Workbook(
        lambda: workbook(_HEAD + b'<row><c r="XFD1"><v>1</v></c></row>' * 2_000),
        "more rows or cells",
    ),
    "seventy megabytes of cells": Workbook(
        lambda: workbook(_HEAD + b"<row>" + b"<c/>" * (18 * _MB) + b"</row>"), "unpacks to more"
    ),
    "a million styles": Workbook(
        lambda: workbook(_HEAD, styles=b"<cellXfs>%s</cellXfs>" % (b"<xf/>" * 4 * _MB)),
        "unpacks to more",
    ),
}


@pytest.mark.parametrize("name", _WORKBOOKS)
def test_a_workbook_that_would_take_all_memory_or_time_is_refused(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(excel, "_MAX_CELLS", 1_000_000)
    made, said = _WORKBOOKS[name]
    with pytest.raises(DatasetError, match=said):
        look(write(tmp_path / "a.xlsx", made()))


def test_a_formula_in_a_workbook_is_text(tmp_path: Path) -> None:
    row = (
        b'<row><c t="inlineStr"><is><t>=cmd|x</t></is></c><c t="str"><f>1+1</f><v>=2</v></c></row>'
    )
    report = look(write(tmp_path / "a.xlsx", workbook(_HEAD + row * 10)))
    assert report.conversion is not None
    assert report.sample_questions[0] == "=cmd|x"


def test_a_heading_of_a_hundred_thousand_columns_is_read_once(tmp_path: Path) -> None:
    heading = ",".join(f"c{number}" for number in range(100_000))
    table = f"{heading}\n{',' * 99_999}x\n"
    assert look(write(tmp_path / "a.csv", table.encode())).examples == 1


def test_an_array_on_one_line_is_read_piece_by_piece(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    with path.open("wb") as file:
        file.write(b"[")
        file.writelines([b'{"prompt":"a","completion":"b"},' * 1_000] * 500)
        file.write(b"{}]")
    container = json_text.recognise(path, b"[{}")
    assert container is not None
    tracemalloc.start()
    next(container.lines)
    for _ in range(3):
        next(container.lines)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8 * _MB  # of 16


def test_a_disk_without_room_is_told_and_nothing_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage: Any = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(disk, "_RESERVE", usage.total + 1)
    with pytest.raises(DiskError, match="nearly full"):
        look(write(tmp_path / "a.jsonl.gz", gzip.compress(_LINE * 20)))


def test_a_disk_that_fills_while_it_is_written_to_is_told(
    tmp_path: Path,
) -> None:
    with (
        Path("/dev/full").open("wb", buffering=0) as full,
        pytest.raises(DiskError, match="nearly full") as raised,
    ):
        output.Output(full, tmp_path, _MOST).write(b"x")
    cause = raised.value.__cause__
    assert isinstance(cause, OSError)
    assert cause.errno == errno.ENOSPC
