"""Which examples may be near duplicates, among hundreds of thousands.

A text is taken as the set of its windows of six bytes, in small letters and with one byte for
all punctuation and white space. Candidates come from a signature (one permutation minhash, Li,
Owen and Zhang 2012, over a content-defined sample of the windows) by locality-sensitive hashing;
each candidate is then compared word by word (`likeness`).
"""

import string
from typing import NamedTuple

import numpy as np
import stringzilla
from numpy.typing import NDArray

from tunesmith.bot.datasets.key_index import Records
from tunesmith.bot.datasets.text_buffer import Hashes, TextBuffer, mixed

BANDS = 10

_ROWS = 3
_BINS = 32
_TO_BIN = np.uint64(64 - 5)  # there are 2**5 bins
# Windows are read as numbers of eight bytes, of which six count.
_READ = 8
_WINDOW = np.uint64(0xFFFFFFFFFFFF)
# Shorter texts share too little to speak of likeness.
_MIN_BYTES = 32
# About so many of an example's windows are looked at.
_SAMPLED = 128
_ODD_32 = np.uint32(0x9E3779B1)
_LENT = np.uint64(0x1B873593)
_LOWEST_BITS = np.uint64(0x1111111111111111)
# How many bins may differ: of texts of one byte, two less for each doubling, and of long texts.
_MAX_DIFFERENT, _LEAST_DIFFERENT = 30, 8
_MIN_RATIO = 0.5
_LOW_HALF = np.uint64(0xFFFFFFFF)
_EMPTY = np.uint64(0xFFFFFFFFFFFFFFFF)
_FOLDED = bytes(
    ord(" ") if chr(byte) in string.punctuation + string.whitespace else ord(chr(byte).lower())
    for byte in range(128)
) + bytes(range(128, 256))


class Bands(NamedTuple):
    """What long enough examples are found by.

    `examples` are their indices, `keys` has the shape (n, BANDS): examples that share one in any
    band may be near duplicates. `sizes` are in bytes, `sketches`, of the shape (n, 2), hold four
    bits of each bin of the signatures.
    """

    examples: NDArray[np.intp]
    keys: Hashes
    sizes: NDArray[np.intp]
    sketches: Hashes


def bands(buffer: TextBuffer, first_text: NDArray[np.intp]) -> Bands:
    """The bands of examples.

    Example i is made of the buffer's texts from first_text[i] to first_text[i + 1] (excluded).
    """
    bounds = buffer.starts[first_text]
    sizes = np.diff(bounds)
    signature, counts = _signatures(buffer, bounds)
    chosen = np.flatnonzero((sizes >= _MIN_BYTES) & (counts > 0))
    signature = _without_gaps(signature[chosen])
    bits = (signature & np.uint64(15)) << (4 * np.arange(_BINS, dtype=np.uint64) % 64)
    sketches = np.bitwise_or.reduce(bits.reshape(-1, 2, _BINS // 2), axis=2)
    return Bands(chosen, _band_keys(signature), sizes[chosen], sketches)


def _signatures(buffer: TextBuffer, bounds: NDArray[np.intp]) -> tuple[Hashes, NDArray[np.intp]]:
    """The first sampled window in each bin of each example, and how many were sampled.

    Windows are ordered by the hash of their first four bytes, and sampled where it is low: how
    low depends on an example's size, but the first window is the same for all that sample it.
    """
    share = np.minimum(_SAMPLED / np.maximum(np.diff(bounds), 1), 1)
    limits = np.repeat((share * ((1 << 32) - 1)).astype(np.uint32), np.diff(bounds // 4))
    data = stringzilla.translate(buffer.data, _FOLDED)
    places = _below(data, limits)
    edges: NDArray[np.intp] = np.searchsorted(places, bounds)
    counts = np.diff(edges)
    windows = np.ndarray(len(data) - _READ + 1, "<u8", data, strides=(1,))[places[: edges[-1]]]
    hashes = mixed(windows & _WINDOW)
    order = (windows.astype(np.uint32) * _ODD_32).astype(np.uint64)
    first_bins = np.arange(0, len(counts) * _BINS, _BINS)
    bins = np.repeat(first_bins, counts) + (hashes >> _TO_BIN).view(np.int64)
    signature = np.full(len(counts) * _BINS, _EMPTY)
    np.minimum.at(signature, bins, order << np.uint64(32) | hashes & _LOW_HALF)
    return signature.reshape(-1, _BINS), counts


def _below(data: bytes, limits: NDArray[np.uint32]) -> NDArray[np.intp]:
    """Where the windows begin whose first four bytes have a hash below a limit, in order.

    There is a limit for every four places. Aligned numbers are read twice as fast, so every fourth
    place is taken, four times; and numpy finds the groups of four that hold any in a third of the
    time that the places would take it.
    """
    chosen = [
        np.frombuffer(data[first:], "<u4", len(limits)) * _ODD_32 < limits for first in range(4)
    ]
    groups = np.flatnonzero(chosen[0] | chosen[1] | chosen[2] | chosen[3])
    found = np.flatnonzero(np.stack([each[groups] for each in chosen], axis=1))
    return groups[found >> 2] * 4 + (found & 3)


def may_be_near(one: Records, other: Records) -> NDArray[np.bool_]:
    """Which pairs of bands' records are worth an exact comparison.

    Of examples that share half of their windows, about fifteen of the 32 bins differ. A sentence
    more and other words are much of a short text, and little of a long one.
    """
    different = one["sketch"] ^ other["sketch"]
    different |= different >> np.uint64(1)
    different |= different >> np.uint64(2)
    bins = np.bitwise_count(different & _LOWEST_BITS).sum(axis=1)
    shorter = np.minimum(one["size"], other["size"])
    longer = np.maximum(one["size"], other["size"])
    most = np.maximum(_MAX_DIFFERENT - 2 * np.log2(shorter), _LEAST_DIFFERENT)
    return (bins <= most) & (shorter > _MIN_RATIO * longer)


def _without_gaps(signature: Hashes) -> Hashes:
    """Fill each empty bin from the next that is not (densification by rotation)."""
    rows = np.flatnonzero((signature == _EMPTY).any(axis=1))
    twice = np.tile(signature[rows], 2)
    filled = np.where(twice == _EMPTY, 2 * _BINS, np.arange(2 * _BINS))
    donors = np.minimum.accumulate(filled[:, ::-1], axis=1)[:, ::-1][:, :_BINS]
    distances = (donors - np.arange(_BINS)).astype(np.uint64)
    signature[rows] = np.take_along_axis(twice, donors, axis=1) + _LENT * distances
    return signature


def _band_keys(signature: Hashes) -> Hashes:
    rows = signature[:, : BANDS * _ROWS].reshape(-1, BANDS, _ROWS)
    keys = np.tile(np.arange(1, BANDS + 1, dtype=np.uint64), (len(signature), 1))
    for row in range(_ROWS):
        keys = mixed(keys ^ rows[:, :, row])
    return keys
