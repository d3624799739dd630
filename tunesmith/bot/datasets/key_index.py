"""Which examples share a key, in memory that does not grow with the file.

Records are kept in memory up to a bound, then written to a temporary file as a sorted run; at the
end the runs are read together, one range of keys after the other.
"""

import tempfile
from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

# One record: a hash, the example's line (1-based), and a value that goes with it.
RECORD = np.dtype([("key", "<u8"), ("line", "<u4"), ("value", "<u8")])
Records: TypeAlias = NDArray[Any]
_Number = TypeVar("_Number", bound=np.generic)
Column: TypeAlias = Sequence[int] | NDArray[_Number]

_RUN = 1 << 19  # records, about 10 MB


def make_records(
    keys: Column[np.uint64], lines: Column[np.uint32], values: Column[np.uint64]
) -> Records:
    """Records from their columns."""
    records = np.empty(len(keys), RECORD)
    records["key"] = np.asarray(keys, np.uint64)
    records["line"] = np.asarray(lines, np.uint32)
    records["value"] = np.asarray(values, np.uint64)
    return records


class KeyIndex:
    """Collects records; gives those that share a key; to be closed."""

    def __init__(self) -> None:
        self._buffer: list[Records] = []
        self._buffered = 0
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed in close()
        self._runs: list[tuple[int, int]] = []

    def close(self) -> None:
        """Remove the temporary file."""
        self._file.close()

    def add(self, records: Records) -> None:
        """Take more records in."""
        self._buffer.append(records)
        self._buffered += len(records)
        if self._buffered >= _RUN:
            run = self._sorted()
            self._runs.append((self._file.tell(), len(run)))
            self._file.write(run.tobytes())

    def groups(self) -> Iterator[Records]:
        """The records of each key that occurs twice or more, by line; to be called once."""
        last = self._sorted()
        parts = max(1, sum(count for _, count in self._runs) // _RUN)
        edges = [part * (2**64 // parts) for part in range(1, parts)]
        starts = [0] * (len(self._runs) + 1)
        for edge in [*edges, None]:
            pieces: list[Records] = []
            for number, run in enumerate([*self._runs, last]):
                size = run[1] if isinstance(run, tuple) else len(run)
                end = size if edge is None else self._position(run, np.uint64(edge))
                pieces.append(self._read(run, starts[number], end))
                starts[number] = end
            yield from _equal_keys(np.concatenate(pieces))

    def _sorted(self) -> Records:
        if not self._buffer:
            return np.empty(0, RECORD)
        records = np.concatenate(self._buffer)
        self._buffer, self._buffered = [], 0
        return records[np.argsort(records["key"], kind="stable")]

    def _read(self, run: tuple[int, int] | Records, start: int, end: int) -> Records:
        if not isinstance(run, tuple):
            return run[start:end]
        self._file.seek(run[0] + start * RECORD.itemsize)
        return np.frombuffer(self._file.read((end - start) * RECORD.itemsize), RECORD)

    def _position(self, run: tuple[int, int] | Records, edge: np.uint64) -> int:
        """How many of a run's records have a key below the edge."""
        if not isinstance(run, tuple):
            return int(np.searchsorted(run["key"], edge))
        low, high = 0, run[1]
        while low < high:
            middle = (low + high) // 2
            if self._read(run, middle, middle + 1)["key"][0] < edge:
                low = middle + 1
            else:
                high = middle
        return low


def _equal_keys(records: Records) -> Iterator[Records]:
    if len(records) < 2:
        return
    records = records[np.lexsort((records["line"], records["key"]))]
    keys = records["key"]
    edges = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1], [True])))
    for index in np.flatnonzero(np.diff(edges) > 1):
        yield records[edges[index] : edges[index + 1]]
