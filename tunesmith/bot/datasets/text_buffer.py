"""The texts of one block as a single buffer, in which many things are looked for at once.

Looking for thirty patterns in each text costs more than counting its tokens. So a block's texts
are joined, and stringzilla and numpy find the few places worth a closer look, many bytes at a time.
"""

import string
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import NamedTuple, TypeAlias

import numpy as np
import stringzilla
from numpy.typing import NDArray

from tunesmith.bot.messages import Message

Hashes: TypeAlias = NDArray[np.uint64]

_WORD = 8
# To both sides of a dense place, so that the longest number is within.
_REACH = 64
_ONES = np.uint64(0x0101010101010101)
_ODD = np.uint64(0x9E3779B97F4A7C15)
# What a byte may be part of: a number, a key or token.
_DIGIT, _TOKEN = 1, 2
_IN_TOKENS = (string.ascii_letters + string.digits + "+-./=_~").encode()
_KINDS = bytes(
    _DIGIT * (byte in b"0123456789") | _TOKEN * (byte in _IN_TOKENS) for byte in range(256)
)


class Passage(NamedTuple):
    """Something found in a buffer: where, the finding's code, what it is, whether to mask it."""

    start: int
    end: int
    code: str
    what: Message | str | None = None
    private: bool = False


class TextBuffer:
    """The UTF-8 of some texts, with a line feed after each; `starts[i]` is where text i begins.

    At the end stand more line feeds, so that a window of any byte of a text is within the data.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = texts
        encoded = [text.encode() for text in texts]
        self.data = b"\n".join(encoded) + b"\n" * (2 * _WORD)
        lengths = np.fromiter(map(len, encoded), np.int64, len(encoded))
        self.starts = np.concatenate(([0], np.cumsum(lengths + 1)))

    def hashes(self) -> Hashes:
        """A hash of each text, the same in every process."""
        return np.fromiter(map(stringzilla.hash, self._texts), np.uint64, len(self._texts))

    def text_at(self, position: int) -> int:
        """The index of the text that a byte belongs to."""
        return bisect_right(self._starts, position) - 1

    def end_of_text(self, position: int) -> int:
        """Where the text after the one that a byte belongs to begins."""
        return self._starts[self.text_at(position) + 1]

    def span_around(self, position: int, reach: int) -> tuple[int, int]:
        """`reach` bytes to both sides of a position, within its text."""
        text = self.text_at(position)
        start, end = self._starts[text], self._starts[text + 1] - 1
        return max(start, position - reach), min(end, position + reach)

    def find(self, needle: bytes) -> Iterator[int]:
        """Every position of a needle."""
        position = stringzilla.find(self.data, needle)
        while position >= 0:
            yield position
            position = stringzilla.find(self.data, needle, position + 1)

    def find_once(self, needle: bytes) -> Iterator[int]:
        """The first position of a needle in each text that holds it."""
        position = stringzilla.find(self.data, needle)
        while position >= 0:
            yield position
            position = stringzilla.find(self.data, needle, self.end_of_text(position))

    def token_runs(self) -> list[tuple[int, int]]:
        """Stretches that hold the runs of 31 bytes or more that keys and tokens are made of.

        Such a run covers three neighbouring words whole, wherever it begins.
        """
        full = self._kinds & (_ONES * np.uint64(_TOKEN)) == _ONES * np.uint64(_TOKEN)
        runs = np.concatenate(([False], full[:-2] & full[1:-1] & full[2:], [False]))
        edges = np.flatnonzero(runs[1:] != runs[:-1]).reshape(-1, 2) * _WORD
        # To both sides, up to seven bytes of a run are in no word that it covers whole.
        return [(max(start - _WORD, 0), end + 3 * _WORD) for start, end in edges.tolist()]

    def digit_stretches(self) -> list[tuple[int, int]]:
        """Stretches around places where nine digits or more stand within 17 bytes."""
        digits = np.bitwise_count(self._kinds & (_ONES * np.uint64(_DIGIT)))
        places = np.flatnonzero((digits[:-2] + digits[1:-1] + digits[2:]) >= 9) * _WORD
        if not len(places):
            return []
        gaps = np.flatnonzero(np.diff(places) > 2 * _REACH)
        starts = places[np.concatenate(([0], gaps + 1))] - _REACH
        ends = places[np.append(gaps, len(places) - 1)] + _REACH
        return list(zip(starts.clip(min=0).tolist(), ends.tolist(), strict=True))

    @cached_property
    def _starts(self) -> list[int]:
        return self.starts.tolist()  # ten times as quick to search for one position

    @cached_property
    def _kinds(self) -> Hashes:
        """What each byte may be part of, eight at a time."""
        kinds = stringzilla.translate(self.data, _KINDS)
        return np.frombuffer(kinds, "<u8", len(kinds) // _WORD)


def mixed(values: Hashes) -> Hashes:
    """Other numbers, no two the same, far apart where these are close."""
    values = values * _ODD
    return (values ^ (values >> np.uint64(29))) * _ODD
