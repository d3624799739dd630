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

# The first plane but for Chinese characters, Hangul and surrogates, which have no case.
_ALPHABETS = (range(0x3400), range(0xA490, 0xAC00), range(0xFB00, 0xFFFF))
# Categories of Unicode: punctuation, separators, control and format characters.
_MARKS = frozenset(["Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "Zs", "Zl", "Zp", "Cc", "Cf"])
# Punctuation to Unicode, but it changes what is asked.
_OPERATORS = "#%&*-/@\\_"
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
    letters = [chr(code) for codes in _ALPHABETS for code in codes]
    codes = list(map(ord, letters))
    table[codes] = [ord(letter.lower()[0]) for letter in letters]
    kinds = map(unicodedata.category, letters)
    table[[code for code, kind in zip(codes, kinds, strict=True) if kind in _MARKS]] = 0
    table[list(map(ord, _OPERATORS))] = list(map(ord, _OPERATORS))
    table[ord("`")] = 0
    table[0xFF01:0xFF5F] = table[0x21:0x7F]  # full-width forms of ASCII
    return table
