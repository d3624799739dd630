"""The bytes of a dump to text, whatever encoding its author's machine had."""

import codecs
import re
from typing import NamedTuple

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
LAST_RESORT = "latin-1"  # decodes any bytes, so it is a guess
_PAIR = re.compile(rb"[\xb0-\xfd][\xa1-\xfe]")
_SAMPLE = 200_000  # bytes


class Decoded(NamedTuple):
    """`whole` is False where some bytes are no letters of the encoding, or it is a guess."""

    text: str
    encoding: str
    whole: bool


def decode(data: bytes) -> Decoded:
    """Read the bytes as UTF-8, UTF-16, GB18030, CP949 or, at last, Latin-1."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _decode(data[len(mark) :], encoding)
    try:
        return Decoded(data.decode("utf-8"), "utf-8", whole=True)
    except UnicodeDecodeError:
        return _decode(data, _guess(data))


def _decode(data: bytes, encoding: str) -> Decoded:
    try:
        return Decoded(data.decode(encoding), encoding, whole=encoding != LAST_RESORT)
    except UnicodeDecodeError:
        return Decoded(data.decode(encoding, errors="replace"), encoding, whole=False)


def _guess(data: bytes) -> str:
    zeros = data[:_SAMPLE].count(0)
    if zeros > len(data[:_SAMPLE]) // 4:
        return "utf-16-le" if data[1:_SAMPLE:2].count(0) > zeros // 2 else "utf-16-be"
    high = len(data) - len(data.translate(None, bytes(range(0x80, 0x100))))
    # A UTF-8 file may have a few broken bytes, for example where it was cut.
    if data.decode("utf-8", errors="replace").count("\ufffd") * 20 <= high:
        return "utf-8"
    return _east_asian(data, high) or LAST_RESORT


def _east_asian(data: bytes, high: int) -> str | None:
    """Korean and Chinese share their byte pairs; only the Korean ones stay in B0–C8.

    KS X 1001 has Hangul at B0A1–C8FE and Chinese characters from CA on; GB 2312 has its common
    characters at B0A1–D7F9 and the others up to F7FE, so that a Chinese text soon leaves B0–C8.
    `high` is how many bytes are no ASCII.
    """
    letters = _PAIR.findall(data)
    if len(letters) < 2 or len(letters) * 2 < high * 0.7:
        return None
    hangul = sum(pair[0] <= 0xC8 for pair in letters)
    return "cp949" if hangul >= 0.9 * len(letters) else "gb18030"
