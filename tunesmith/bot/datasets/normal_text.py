"""Texts as they are compared: without case, white space and punctuation.

"What is SQL?" and "what is  SQL" ask the same. Signs that change what is asked stay: operators
(`5 - 3` is not `5 * 3`), and a mark between the two digits of `1.5` or `3 4` as one space.
"""

import unicodedata
from collections.abc import Sequence
from functools import cache

import numpy as np
import stringzilla
from numpy.typing import NDArray

from tunesmith.bot.datasets.text_buffer import Hashes

# Punctuation to Unicode, but it changes what is asked.
_OPERATORS = frozenset("#%&*+-/<=>@\\^_|~$")
# A character that no text needs, between two texts.
_BETWEEN = "\uffff"
_SPACE, _ZERO = 0x20, 0x30
# Digits further apart than this, with only marks between, count as one number.
_FAR = 16


def normal_hashes(texts: Sequence[str]) -> Hashes:
    """A hash of each text that is the same for texts that differ only as told above.

    A text of nothing but marks is compared as it is; 0 for the empty text.
    """
    different = list(dict.fromkeys(texts))
    hashes = dict(zip(different, _hashes(different), strict=True))
    return np.fromiter((hashes[text] for text in texts), np.uint64, len(texts))


def _hashes(texts: list[str]) -> list[int]:
    joined = _BETWEEN.join(texts)
    if joined.count(_BETWEEN) >= len(texts) > 0:
        joined = _BETWEEN.join(text.replace(_BETWEEN, "") for text in texts)
    units = _table().take(np.frombuffer(joined.encode("utf-16-le"), "<u2"))
    _part_numbers(units)
    kept = units[units != 0]
    ends = np.flatnonzero(kept == 0xFFFF).tolist()
    data, start = memoryview(kept.tobytes()), 0
    found: list[int] = []
    for text, end in zip(texts, [*ends, len(kept)], strict=False):
        held = data[2 * start : 2 * end] if end > start else text
        found.append(stringzilla.hash(held) if held else 0)
        start = end + 1
    return found


def _part_numbers(units: NDArray[np.uint16]) -> None:
    """Put one space after each digit that has only dropped characters up to the next one."""
    digits = np.flatnonzero(units - np.uint16(_ZERO) < 10)
    gaps = np.diff(digits)
    near = np.flatnonzero((gaps > 1) & (gaps <= _FAR))
    starts, gaps = digits[near], gaps[near]
    for step in range(1, _FAR):
        inside = gaps > step
        dropped = units.take(starts + step, mode="clip") == 0
        starts, gaps = starts[~inside | dropped], gaps[~inside | dropped]
    units[starts + 1] = _SPACE


@cache
def _table() -> NDArray[np.uint16]:
    """For each UTF-16 unit the one it is compared as, 0 where it is dropped."""
    table = np.arange(1 << 16, dtype=np.uint16)
    for code in range(1 << 16):
        table[code] = _compared_as(chr(code))
    return table


def _compared_as(letter: str) -> int:
    if "\uff01" <= letter <= "\uff5e":  # full-width forms of ASCII
        letter = chr(ord(letter) - 0xFEE0)
    if letter not in _OPERATORS:
        kind = unicodedata.category(letter)
        if kind[0] in "PZ" or kind in ("Cc", "Cf") or letter == "`":
            return 0
    lower = letter.lower()
    return ord(lower) if len(lower) == 1 else ord(letter)
