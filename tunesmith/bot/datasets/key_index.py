"""Which examples share a key, in memory that does not grow with the file.

Records are kept in memory up to a bound, then written to a temporary file as a sorted run; at the
end the runs are read together, one range of keys after the other.
"""

import tempfile
from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

# What equal examples are found by: their identity, and the line in the file (from 1).
IDENTITY = np.dtype([("key", "<u8"), ("line", "<u4")])
# What equal questions are found by (see `example_batch.Turns`): the hash of the question, the line,
# how many messages stand before the answer (at most 65,535), whether the turn opens its example.
QUESTION = np.dtype(
    [
        ("key", "<u8"),
        ("line", "<u4"),
        ("message", "<u2"),
        ("opens", "<u2"),
        ("identity", "<u8"),
        ("answer", "<u8"),
        ("rejected", "<u8"),
    ]
)
# What near duplicates are found by: the hash of a band; the line, and where it starts in its file;
# what `similarity` needs; and, in short, the hashes of what opens the example and of all its texts.
BAND = np.dtype(
    [
        ("key", "<u8"),
        ("start", "<u8"),
        ("line", "<u4"),
        ("size", "<u4"),
        ("question", "<u4"),
        ("answer", "<u2"),
        ("text", "<u2"),
        ("sketch", "<u8", 2),
    ]
)

Records: TypeAlias = NDArray[Any]

_RUN = 1 << 16  # records, 1 to 3 MB


def make_records(kind: np.dtype[Any], **columns: Sequence[int] | NDArray[Any]) -> Records:
    """Records of one kind from their columns."""
    records = np.empty(len(columns["key"]), kind)
    for name, column in columns.items():
        records[name] = np.asarray(column, kind[name].base)
    return records


class KeyIndex:
    """Collects records; gives those that share a key; to be closed."""

    def __init__(self, kind: np.dtype[Any]) -> None:
        self._kind = kind
        self._buffer: list[Records] = []
        self._buffered = 0
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed in close()
        self._runs: list[tuple[int, int]] = []

    def close(self) -> None:
        """Remove the temporary file."""
        self._file.close()

    def add(self, records: Records) -> None:
        """Take more records in, of lines after those it has."""
        self._buffer.append(records)
        self._buffered += len(records)
        if self._buffered >= _RUN:
            run = self._sorted()
            self._runs.append((self._file.tell(), len(run)))
            self._file.write(run.tobytes())

    def groups(self) -> Iterator[Records]:
        """The records of each key that occurs twice or more, by line; to be called once."""
        for chunk in self.chunks():
            keys = chunk["key"]
            edges = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1], [True])))
            for index in np.flatnonzero(np.diff(edges) > 1):
                yield chunk[edges[index] : edges[index + 1]]

    def chunks(self) -> Iterator[Records]:
        """All records by key and line, in pieces that never part a key; to be called once."""
        last = self._sorted()
        parts = 1 + sum(count for _, count in self._runs) // _RUN
        edges = [part * (2**64 // parts) for part in range(1, parts)]
        starts = [0] * (len(self._runs) + 1)
        for edge in [*edges, None]:
            pieces: list[Records] = []
            for number, run in enumerate([*self._runs, last]):
                size = run[1] if isinstance(run, tuple) else len(run)
                end = size if edge is None else self._position(run, np.uint64(edge))
                pieces.append(self._read(run, starts[number], end))
                starts[number] = end
            chunk = _by_key(np.concatenate(pieces)) if len(pieces) > 1 else pieces[0]
            if len(chunk):
                yield chunk

    def _sorted(self) -> Records:
        records = np.concatenate([np.empty(0, self._kind), *self._buffer])
        self._buffer, self._buffered = [], 0
        return _by_key(records)

    def _read(self, run: tuple[int, int] | Records, start: int, end: int) -> Records:
        if not isinstance(run, tuple):
            return run[start:end]
        self._file.seek(run[0] + start * self._kind.itemsize)
        data = self._file.read((end - start) * self._kind.itemsize)
        return np.frombuffer(data, self._kind)

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


def _by_key(records: Records) -> Records:
    """Records by key; those of one key by line."""
    # Five times as fast as a stable sort, and take seven times as fast as an index.
    order = np.argsort(records["key"])
    keys = np.take(records["key"], order)
    same = keys[1:] == keys[:-1]
    shared = np.flatnonzero(np.append(same, False) | np.append(False, same))
    few = order[shared]
    order[shared] = few[np.lexsort((records["line"][few], keys[shared]))]
    return np.take(records, order)
