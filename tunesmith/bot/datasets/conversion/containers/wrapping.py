"""What stands around a whole file: compression, and UTF-16."""

import gzip
import shutil
import sys
import zlib
from collections.abc import Callable
from io import BufferedIOBase
from pathlib import Path
from typing import NamedTuple

from tunesmith.bot.datasets.conversion.containers.output import most_bytes, output
from tunesmith.bot.datasets.findings import RawFinding
from tunesmith.bot.errors import DatasetError
from tunesmith.bot.messages import say

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_CHUNK = 1 << 20
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


class Unwrapped(NamedTuple):
    """A file without what stood around it, and what is to be said of that."""

    path: Path
    name: str
    wrappings: tuple[str, ...] = ()
    findings: tuple[RawFinding, ...] = ()


class _Compression(NamedTuple):
    name: str
    suffix: str
    mark: bytes
    opened: Callable[[Path], BufferedIOBase]


def _open_gzip(path: Path) -> BufferedIOBase:
    return gzip.open(path, "rb")


def _open_zstd(path: Path) -> BufferedIOBase:
    return zstd.open(path, "rb")


_COMPRESSIONS = (
    _Compression("gzip", ".gz", b"\x1f\x8b", _open_gzip),
    _Compression("zstd", ".zst", b"\x28\xb5\x2f\xfd", _open_zstd),
)


def unwrap(path: Path, name: str, folder: Path) -> Unwrapped:
    """The file itself, written to `folder` where something stood around it.

    Raises DatasetError where it is damaged, or unpacks to more than `most_bytes`.
    """
    found = Unwrapped(path, name)
    for compression in _COMPRESSIONS:
        if _starts_with(path, (compression.mark,)):
            found = _unpacked(found, compression, folder / "unpacked")
    if _starts_with(found.path, _UTF_16):
        found = _recoded(found, folder / "recoded")
    return found


def _starts_with(path: Path, marks: tuple[bytes, ...]) -> bool:
    with path.open("rb") as file:
        return file.read(4).startswith(marks)


def _unpacked(found: Unwrapped, compression: _Compression, out: Path) -> Unwrapped:
    try:
        with (
            compression.opened(found.path) as packed,
            output(out, most_bytes(found.path.stat().st_size)) as file,
        ):
            while chunk := packed.read(_CHUNK):
                file.write(chunk)
    except (EOFError, OSError, zlib.error, zstd.ZstdError) as error:
        raise DatasetError(say("reading.damaged_archive", kind=compression.name)) from error
    kind = say("finding.file.compressed", kind=compression.name)
    finding = RawFinding("not_json_lines", values={"kind": kind, "unit": say("finding.unit.row")})
    name = found.name
    if name.lower().endswith(compression.suffix):
        name = name[: -len(compression.suffix)]
    return Unwrapped(out, name, (compression.name,), (finding,))


def _recoded(found: Unwrapped, out: Path) -> Unwrapped:
    try:
        with (
            found.path.open(encoding="utf-16", newline="") as given,
            out.open("w", encoding="utf-8", newline="", errors="surrogatepass") as file,
        ):
            shutil.copyfileobj(given, file, _CHUNK)
    except UnicodeError as error:
        raise DatasetError(say("reading.not_utf16")) from error
    finding = RawFinding("not_utf8", values={"encoding": "UTF-16"})
    return found._replace(
        path=out, wrappings=(*found.wrappings, "utf-16"), findings=(*found.findings, finding)
    )
