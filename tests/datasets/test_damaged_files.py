"""Files that were cut off or changed on their way: reported or refused, never a crash."""

import csv
import gzip
import io
import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any, cast

import openpyxl
import pyarrow as pa
import pytest
from backports import zstd
from pyarrow import parquet

from tests.datasets.files import chats, pairs, to_bytes
from tunesmith.bot.datasets import Selection, inspect_sync
from tunesmith.bot.datasets.split import split_sync
from tunesmith.bot.errors import DatasetError
from tunesmith.bot.providers.catalogue import load_catalogue

_ROWS: list[dict[str, Any]] = [json.loads(line) for line in to_bytes(chats()).splitlines()]
_PAIRS: list[dict[str, str]] = [json.loads(line) for line in to_bytes(pairs()).splitlines()]


def _csv() -> bytes:
    out = io.StringIO()
    table = csv.DictWriter(out, ["prompt", "completion"])
    table.writeheader()
    table.writerows(_PAIRS)
    return out.getvalue().encode()


def _excel() -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    sheet = book.worksheets[0]
    for row in [{"prompt": "prompt", "completion": "completion"}, *_PAIRS]:
        sheet.append([row["prompt"], row["completion"]])
    book.save(out)
    return out.getvalue()


def _parquet() -> bytes:
    out = io.BytesIO()
    parquet.write_table(cast("Any", pa).Table.from_pylist(_ROWS), out)
    return out.getvalue()


_KINDS: dict[str, Callable[[], bytes]] = {
    "a.jsonl": lambda: to_bytes(chats()),
    "a.json": lambda: json.dumps(_ROWS, indent=1).encode(),
    "a.csv": _csv,
    "utf16.csv": lambda: _csv().decode().encode("utf-16"),
    "a.jsonl.gz": lambda: gzip.compress(to_bytes(chats())),
    "a.jsonl.zst": lambda: zstd.compress(to_bytes(chats())),
    "a.xlsx": _excel,
    "a.parquet": _parquet,
}


def _damaged(data: bytes, chance: Random) -> bytes:
    """The file cut off somewhere, or with a few other bytes."""
    if chance.random() < 0.5:
        return data[: chance.randrange(0, len(data), 50)]
    changed = bytearray(data)
    for _ in range(chance.choice([1, 3, 10])):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


@pytest.mark.parametrize("name", _KINDS)
def test_a_damaged_file_is_reported_or_refused(name: str, tmp_path: Path) -> None:
    path, data, chance = tmp_path / name, _KINDS[name](), Random(0)
    selection = Selection(load_catalogue())
    for _ in range(40):
        path.write_bytes(_damaged(data, chance))
        with suppress(DatasetError):
            assert inspect_sync(path, name=name, selection=selection).bytes == path.stat().st_size


def test_text_in_latin_1_is_reported_or_refused(tmp_path: Path) -> None:
    selection = Selection(load_catalogue())
    path = tmp_path / "a.jsonl"
    path.write_bytes(to_bytes(chats()).replace(b"the", "thé".encode("latin-1")))
    assert inspect_sync(path, name=path.name, selection=selection).counts["invalid_utf8"]
    table = tmp_path / "a.csv"
    table.write_bytes(_csv().replace(b"the", "thé".encode("latin-1")))
    with pytest.raises(DatasetError, match="not UTF-8"):
        inspect_sync(table, name=table.name, selection=selection)


def test_a_table_without_rows_cannot_be_split(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"prompt,completion\n")
    with pytest.raises(DatasetError, match="none can be set aside"):
        split_sync(
            path,
            name=path.name,
            selection=Selection(load_catalogue()),
            training=tmp_path / "one",
            validation=tmp_path / "two",
        )
