"""An append-only log that outlives the process: one JSON array of changes a line.

Each line is handed to the operating system in one `write`, so whatever was answered to a
client survives SIGKILL of the server; a line torn by the kill is dropped at the next start.
Whenever the log has doubled, and at the start, it is rewritten without what was superseded.
"""

import os
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias

import orjson

_LEAST_GROWTH = 32 * 1024 * 1024  # bytes of new lines that are not worth a rewrite

Change: TypeAlias = tuple[str, str, Any]  # (table, key, document), or None as document: deleted


class Store:
    """Documents by table and key, in memory only (`path=None`) or written through to a log."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._file: int | None = None
        self._pending: list[Change] | None = None
        self._rewritten = 0  # bytes
        self._grown = 0

    def open(self) -> dict[str, dict[str, Any]]:
        """Read the log and rewrite it without what it superseded; returns `{table: {key: doc}}`."""
        tables: dict[str, dict[str, Any]] = {}
        if self._path is None:
            return tables
        if self._path.exists():
            for table, key, document in _read(self._path):
                rows = tables.setdefault(table, {})
                if document is None:
                    rows.pop(key, None)
                else:
                    rows[key] = document
        self._rewrite(self._path, tables)
        return tables

    def write(self, table: str, key: str, document: Any) -> None:
        """Record one change, at once or at the end of the enclosing `transaction`."""
        if self._pending is not None:
            self._pending.append((table, key, document))
        else:
            self._append([(table, key, document)])

    @contextmanager
    def transaction(self) -> Generator[None]:
        """Make all changes inside durable together. Nothing may be awaited inside."""
        if self._pending is not None:
            yield
            return
        self._pending = []
        try:
            yield
        finally:
            changes, self._pending = self._pending, None
            if changes:
                self._append(changes)

    def clear(self) -> None:
        """Forget everything."""
        if self._file is not None:
            os.ftruncate(self._file, 0)
            self._rewritten = self._grown = 0

    def close(self) -> None:
        """Close the log; later writes are lost."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _append(self, changes: list[Change]) -> None:
        if self._file is None:
            return
        line = memoryview(orjson.dumps(changes) + b"\n")
        self._grown += len(line)
        while line:
            line = line[os.write(self._file, line) :]
        if self._grown > max(_LEAST_GROWTH, self._rewritten):
            self.close()
            self.open()

    def _rewrite(self, path: Path, tables: dict[str, dict[str, Any]]) -> None:
        fresh = path.with_suffix(".new")
        with fresh.open("wb") as file:
            for table, rows in tables.items():
                for key, document in rows.items():
                    file.write(orjson.dumps([(table, key, document)]) + b"\n")
            self._rewritten, self._grown = file.tell(), 0
        fresh.replace(path)
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND)


def _read(path: Path) -> Iterator[Change]:
    with path.open("rb") as file:
        for line in file:
            if line.endswith(b"\n"):
                yield from orjson.loads(line)
