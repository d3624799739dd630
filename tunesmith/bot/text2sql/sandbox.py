"""Runs every answer on the made-up rows, in an SQLite that can do nothing but read them."""

import sqlite3
from contextlib import suppress
from datetime import date, datetime
from types import TracebackType
from typing import Self

from sqlglot import exp

from tunesmith.bot.ddl.dialects.profile import ValueKind
from tunesmith.bot.text2sql.annotated_schema import AnnotatedSchema, Entity
from tunesmith.bot.text2sql.pairs import Rejection
from tunesmith.bot.text2sql.sqltree import embedded_name, write_embedded
from tunesmith.bot.text2sql.synthetic import ROWS, Cell, Rows

# What else a kind holds is text, dates in ISO 8601 included.
_TYPES = {
    ValueKind.INTEGER: "INTEGER",
    ValueKind.BIT: "INTEGER",
    ValueKind.DECIMAL: "REAL",
    ValueKind.BOOLEAN: "INTEGER",
}
# https://www.sqlite.org/c3ref/c_alter_table.html: no ATTACH, so no files; no PRAGMA, no writing.
_ALLOWED = {
    sqlite3.SQLITE_SELECT,
    sqlite3.SQLITE_READ,
    sqlite3.SQLITE_FUNCTION,
    sqlite3.SQLITE_RECURSIVE,
}


class Sandbox:
    """The schema's tables with made-up rows in memory; a context manager."""

    def __init__(self, annotated: AnnotatedSchema, rows: dict[str, Rows]) -> None:
        self._connection = sqlite3.connect(":memory:")
        for entity in annotated:
            # SQLite holds no Orders beside orders, tables or columns: the first table answers for
            # both, and what asks a table that could not be created does not run.
            with suppress(sqlite3.OperationalError):
                self._create(entity, rows[entity.name])
        self._connection.set_authorizer(_authorize)

    def __enter__(self) -> Self:
        """The sandbox itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the database."""
        self._connection.close()

    def why_not(self, tree: exp.Expr) -> Rejection | None:
        """None if the query runs and returns something; else the reason."""
        try:
            found = self._connection.execute(write_embedded(tree)).fetchmany(ROWS)
        except sqlite3.Error:
            return Rejection.DOES_NOT_RUN
        if all(cell is None for row in found for cell in row):
            return Rejection.RETURNS_NOTHING
        return None

    def _create(self, entity: Entity, rows: Rows) -> None:
        name = _quoted(embedded_name(entity.name))
        columns = ", ".join(
            f"{_quoted(one.name)} {_TYPES.get(one.kind, 'TEXT')}" for one in entity.fields.values()
        )
        self._connection.execute(f"CREATE TABLE {name} ({columns})")
        places = ", ".join("?" * len(rows))
        self._connection.executemany(
            f"INSERT INTO {name} VALUES ({places})",  # noqa: S608 - names are quoted above
            ([_stored(cell) for cell in row] for row in zip(*rows.values(), strict=True)),
        )


def _authorize(action: int, *_: str | None) -> int:
    return sqlite3.SQLITE_OK if action in _ALLOWED else sqlite3.SQLITE_DENY


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _stored(cell: Cell) -> int | float | str | None:
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d %H:%M:%S}"
    return f"{cell:%Y-%m-%d}" if isinstance(cell, date) else cell
