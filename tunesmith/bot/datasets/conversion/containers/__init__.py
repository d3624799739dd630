"""What holds the rows of a training file: each is read as lines of JSON, one at a time."""

from collections.abc import Callable
from pathlib import Path

from tunesmith.bot.datasets.conversion.containers import delimited, excel, json_text, parquet
from tunesmith.bot.datasets.conversion.containers.container import Container
from tunesmith.bot.datasets.findings import JsonObject
from tunesmith.bot.datasets.json_line import BOM

_HEAD = 1 << 16


def recognise(path: Path, name: str, is_known: Callable[[JsonObject], bool]) -> Container | None:
    """How to read a file that is no JSON Lines; None where it is, or where nobody knows.

    `is_known` tells whether a row has the keys of a format.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD)
    suffix = Path(name).suffix.lower()
    if suffix == ".xlsx":
        return excel.read(path, is_known)
    if suffix == ".parquet" or head.startswith(parquet.MARK):
        return parquet.read(path)
    if suffix in delimited.SUFFIXES and not head.removeprefix(BOM).lstrip().startswith(
        (b"{", b"[")
    ):
        return delimited.read(path, suffix)
    return json_text.recognise(path, head)
