"""Parquet files, with the lists and structs that Hugging Face's datasets are written with."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, cast

from tunesmith.bot.datasets.conversion.containers import cells
from tunesmith.bot.datasets.conversion.containers.container import Container
from tunesmith.bot.datasets.findings import Json
from tunesmith.bot.errors import DatasetError
from tunesmith.bot.messages import say

MARK = b"PAR1"
_BATCH_ROWS = 256
_MAX_ROWS_BYTES = 64 << 20
# A struct of lists in one of these is a list of structs: so `datasets` writes a sequence of them.
_SEQUENCES = frozenset({"conversations", "messages", "chosen", "rejected", "prompt", "completion"})


def read(path: Path) -> Container:
    """The rows of a Parquet file."""
    return Container("parquet", _lines(path), say("finding.file.parquet"), say("finding.unit.row"))


def _lines(path: Path) -> Iterator[bytes]:
    try:
        from pyarrow import parquet  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise DatasetError(say("reading.missing_extra", kind="Parquet")) from error
    try:
        texts = _texts(parquet.ParquetFile(path))
        file = parquet.ParquetFile(path, read_dictionary=texts)
        for batch in cast("Iterable[Any]", file.iter_batches(batch_size=_BATCH_ROWS)):
            for row in _rows(batch):
                yield cells.as_line(
                    {name: _cell(name, value) for name, value in row.items() if value is not None}
                )
    except (OSError, ValueError) as error:  # pyarrow's own errors are ValueErrors and OSErrors
        raise DatasetError(say("reading.not_parquet")) from error


def _texts(file: Any) -> list[str]:
    """The columns of texts. Read as dictionaries, they hold a text that rows repeat only once."""
    columns: list[Any] = [file.schema.column(place) for place in range(len(file.schema))]
    return [column.path for column in columns if column.physical_type == "BYTE_ARRAY"]


def _rows(batch: Any) -> Iterator[dict[str, Any]]:
    """The rows of a batch, as many at a time as take little memory, whatever they repeat."""
    at_once = max(1, _MAX_ROWS_BYTES // max(batch.nbytes, 1))
    for start in range(0, batch.num_rows, at_once):
        yield from batch.slice(start, at_once).to_pylist()


def _cell(name: str, value: Json) -> Json:
    if isinstance(value, str):
        return cells.parsed(name, value)
    if name in _SEQUENCES and isinstance(value, dict):
        value = _as_sequence(value)
    return _without_missing(value)


def _as_sequence(struct: dict[str, Json]) -> Json:
    columns = [column for column in struct.values() if isinstance(column, list)]
    if len(columns) < len(struct) or len({len(column) for column in columns}) != 1:
        return struct
    return [dict(zip(struct, items, strict=True)) for items in zip(*columns, strict=True)]


def _without_missing(value: Json) -> Json:
    """Without the fields of structs that are null: a Parquet struct has every row's fields.

    A content stays: null is what a message says that only calls tools.
    """
    if isinstance(value, list):
        return [_without_missing(item) for item in value]
    if isinstance(value, dict):
        return {
            key: _without_missing(item)
            for key, item in value.items()
            if item is not None or key == "content"
        }
    return value
