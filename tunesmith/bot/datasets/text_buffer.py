"""The texts of one block as a single buffer, in which many things are looked for at once.

Looking for thirty patterns in each text costs more than counting its tokens. So a block's texts
are joined, and numpy finds the few places worth a closer look, eight bytes at a time.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

Hashes: TypeAlias = NDArray[np.uint64]

_WORD = 8
# To both sides of a dense place, so that the longest number is within.
_REACH = 64
_LOW_BITS = np.uint64(0x7F7F7F7F7F7F7F7F)
_HIGH_BITS = np.uint64(0x8080808080808080)
_ONES = np.uint64(0x0101010101010101)
_ODD = np.uint64(0x9E3779B97F4A7C15)
# Of a word, the first 0 to 7 bytes.
_HEADS = np.array([(1 << 8 * count) - 1 for count in range(_WORD)], np.uint64)


class Passage(NamedTuple):
    """Something found in a buffer: where, the finding's code, what it is, whether to mask it."""

    start: int
    end: int
    code: str
    what: str = ""
    private: bool = False


class TextBuffer:
    """The UTF-8 of some texts, with a line feed after each; `starts[i]` is where text i begins."""

    def __init__(self, texts: Sequence[str]) -> None:
        encoded = [text.encode() for text in texts]
        self.data = b"\n".join(encoded) + b"\n" * _WORD
        lengths = np.fromiter(map(len, encoded), np.int64, len(encoded))
        self.starts = np.concatenate(([0], np.cumsum(lengths + 1)))
        self._bytes = np.frombuffer(self.data, np.uint8)
        self._words = np.frombuffer(self.data, "<u8", len(self.data) // _WORD)

    def windows(self) -> Hashes:
        """Every eight bytes of the buffer as a number, one from each byte on."""
        return np.ndarray(len(self.data) - _WORD + 1, "<u8", self.data, strides=(1,))

    def hashes(self) -> Hashes:
        """A hash of each text, the same in every process."""
        lengths = np.diff(self.starts) - 1
        words = lengths // _WORD + 1  # the last one is of 0 to 7 bytes
        first = np.cumsum(words) - words
        orders: NDArray[np.int64] = np.arange(int(words.sum())) - np.repeat(first, words)
        values = self.windows()[np.repeat(self.starts[:-1], words) + _WORD * orders]
        values[first + words - 1] &= _HEADS[lengths % _WORD]
        values = mixed(values + orders.view(np.uint64) * _ODD)
        sums = np.add.reduceat(values, first) if len(first) else values
        return mixed(sums + lengths.astype(np.uint64))

    def text_at(self, position: int) -> int:
        """The index of the text that a byte belongs to."""
        return int(np.searchsorted(self.starts, position, side="right")) - 1

    def end_of_text(self, position: int) -> int:
        """Where the text after the one that a byte belongs to begins."""
        return int(self.starts[self.text_at(position) + 1])

    def span_around(self, position: int, reach: int) -> tuple[int, int]:
        """`reach` bytes to both sides of a position, within its text."""
        text = self.text_at(position)
        start, end = int(self.starts[text]), int(self.starts[text + 1]) - 1
        return max(start, position - reach), min(end, position + reach)

    def find(self, needle: bytes) -> Iterator[int]:
        """Every position of a needle; quick where its beginning is rare."""
        if len(needle) == 1:
            position = self.data.find(needle)
            while position >= 0:
                yield position
                position = self.data.find(needle, position + 1)
        else:  # bytes.find would take three times as long
            pairs = (self._bytes[:-1] == needle[0]) & (self._bytes[1:] == needle[1])
            for position in np.flatnonzero(pairs).tolist():
                if self.data.startswith(needle, position):
                    yield position

    def find_triples(self, lead: int, tails: Sequence[bytes]) -> list[int]:
        """Positions of characters of three bytes, given the first byte and the other two."""
        if lead not in self.data:
            return []
        places = np.flatnonzero(self._bytes == lead)
        pairs = self._bytes[places + 1].astype(np.uint16) << 8 | self._bytes[places + 2]
        return places[np.isin(pairs, [int.from_bytes(tail) for tail in tails])].tolist()

    def long_runs(self) -> list[tuple[int, int]]:
        """Stretches that hold the runs of 31 bytes or more without white space and non-ASCII.

        Such a run covers three neighbouring words whole, wherever it begins.
        """
        words = self._words
        full = ((words | (words - _ONES * np.uint64(0x21))) & _HIGH_BITS) == 0
        runs = np.concatenate(([False], full[:-2] & full[1:-1] & full[2:], [False]))
        edges = np.flatnonzero(runs[1:] != runs[:-1]).reshape(-1, 2) * _WORD
        # To both sides, up to seven bytes of a run are in no word that it covers whole.
        return [(max(start - _WORD, 0), end + 3 * _WORD) for start, end in edges.tolist()]

    def upper_case_words(self) -> NDArray[np.intp]:
        """Positions of aligned words of nothing but digits and capital letters (and :;<=>?@)."""
        words = self._words
        too_low = (words - _ONES * np.uint64(0x30)) & ~words
        too_high = words + _ONES * np.uint64(0x80 - 0x5B)
        return np.flatnonzero(((words | too_low | too_high) & _HIGH_BITS) == 0) * _WORD

    def digit_stretches(self) -> list[tuple[int, int]]:
        """Stretches around places where nine digits or more stand within 17 bytes."""
        distance = self._words ^ (_ONES * np.uint64(0x30))
        others = (((distance & _LOW_BITS) + _ONES * np.uint64(0x76)) | distance) & _HIGH_BITS
        each = (~others & _HIGH_BITS) >> np.uint64(7)
        digits = (each * _ONES >> np.uint64(56)).astype(np.uint8)
        places = np.flatnonzero((digits[:-2] + digits[1:-1] + digits[2:]) >= 9) * _WORD
        if not len(places):
            return []
        gaps = np.flatnonzero(np.diff(places) > 2 * _REACH)
        starts = places[np.concatenate(([0], gaps + 1))] - _REACH
        ends = places[np.append(gaps, len(places) - 1)] + _REACH
        return list(zip(starts.clip(min=0).tolist(), ends.tolist(), strict=True))


def mixed(values: Hashes) -> Hashes:
    """Other numbers, no two the same, far apart where these are close."""
    values = values * _ODD
    return (values ^ (values >> np.uint64(29))) * _ODD
