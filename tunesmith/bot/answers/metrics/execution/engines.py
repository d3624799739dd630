"""Where generated databases live: in memory, in SQLite or DuckDB, with nothing to do but to read.

SQLite runs its own dialect; other dialects run in DuckDB where it is installed, because it knows
most of their functions, and in SQLite where DuckDB does not run the gold query.
"""

import math
import sqlite3
import threading
import time
from collections.abc import Sequence
from datetime import date, datetime
from typing import Protocol

from tunesmith.bot.answers.metrics.execution.databases import Database
from tunesmith.bot.answers.metrics.execution.statements import generated_name
from tunesmith.bot.ddl.dialects import Dialect
from tunesmith.bot.ddl.dialects.profile import ValueKind
from tunesmith.bot.extras import Extra, is_installed
from tunesmith.bot.sql.closed_duckdb import closed_duckdb
from tunesmith.bot.text2sql.annotated_schema import Entity, Field

Cells = tuple[object, ...]
MOST_ROWS = 5_000
# Of processor time, so that a busy machine changes no verdict.
SECONDS = 2.0
_LOOKS = 0.2  # seconds between looks at the clock
_STEPS = 10_000  # of SQLite's machine, between looks at the clock
_LONGEST_VALUE = 1 << 20
_MOST_PROBLEM = 300
# What engines say of functions that they do not have, and DuckDB of columns that a key of the
# GROUP BY clause decides.
_LACKS = (
    "no such function",
    "does not exist",
    "must appear in the GROUP BY clause",
    "syntax error",
)
# https://www.sqlite.org/c3ref/c_alter_table.html: no ATTACH, so no files; no PRAGMA, no writing.
_ALLOWED = {
    sqlite3.SQLITE_SELECT,
    sqlite3.SQLITE_READ,
    sqlite3.SQLITE_FUNCTION,
    sqlite3.SQLITE_RECURSIVE,
}
_SQLITE_TYPES = {
    ValueKind.INTEGER: "INTEGER",
    ValueKind.BIT: "INTEGER",
    ValueKind.BOOLEAN: "INTEGER",
    ValueKind.DECIMAL: "REAL",
}
_DUCKDB_TYPES = {
    ValueKind.INTEGER: "BIGINT",
    ValueKind.BIT: "BIGINT",
    ValueKind.DECIMAL: "DOUBLE",
    ValueKind.DATE: "DATE",
    ValueKind.DATETIME: "TIMESTAMP",
}


class QueryFailedError(Exception):
    """The query does not run; `args[0]` is what the engine says, shortened."""


class EngineLacksError(QueryFailedError):
    """The engine does not know what the query's own database does."""


class TooManyRowsError(QueryFailedError):
    """A query returns more rows than are compared."""


class Engine(Protocol):
    """One engine; `name` is what sqlglot calls its dialect."""

    name: str

    def fill(self, entities: Sequence[Entity], database: Database, *, backwards: bool) -> None:
        """Put a database in the place of the one before; `backwards` stores its last rows first."""
        ...

    def run(self, sql: str) -> list[Cells]:
        """The rows of a query. Raises QueryFailedError, also for too many rows or seconds."""
        ...

    def width(self, sql: str) -> int:
        """How many columns a query returns. Raises QueryFailedError."""
        ...

    def close(self) -> None:
        """Give back what it holds."""
        ...


def engines_for(dialect: Dialect) -> list[type["Sqlite"] | type["Duckdb"]]:
    """The engines to try for a dialect, the best first."""
    if dialect.profile.query.runs_in_sqlite or not is_installed(Extra.SQL):
        return [Sqlite]
    return [Duckdb, Sqlite]


class Sqlite:
    """SQLite in memory."""

    name = "sqlite"

    def __init__(self, dialect: Dialect) -> None:
        self._text = "TEXT COLLATE NOCASE" if dialect.profile.query.texts_ignore_case else "TEXT"
        self._connection = sqlite3.connect(":memory:", isolation_level=None)
        self._connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST_VALUE)

    def fill(self, entities: Sequence[Entity], database: Database, *, backwards: bool) -> None:
        """Put a database in the place of the one before."""
        self._connection.set_authorizer(None)
        for entity in entities:
            name = _quoted(generated_name(entity.table))
            columns = ", ".join(
                f"{_quoted(one.name)} {_SQLITE_TYPES.get(one.kind, self._text)}"
                for one in entity.fields.values()
            )
            self._connection.execute(f"DROP TABLE IF EXISTS {name}")
            self._connection.execute(f"CREATE TABLE {name} ({columns})")
            places = ", ".join("?" * len(entity.fields))
            self._connection.executemany(
                f"INSERT INTO {name} VALUES ({places})",  # noqa: S608 - names are quoted above
                (
                    [_text(row[column]) for column in entity.fields]
                    for row in _ordered(database, entity, backwards=backwards)
                ),
            )
        self._connection.set_authorizer(_authorize)

    def run(self, sql: str) -> list[Cells]:
        """The rows of a query. Raises QueryFailedError."""
        return self._rows(sql)[0]

    def width(self, sql: str) -> int:
        """How many columns a query returns."""
        return self._rows(sql)[1]

    def close(self) -> None:
        """Give back what it holds."""
        self._connection.close()

    def _rows(self, sql: str) -> tuple[list[Cells], int]:
        end = time.process_time() + SECONDS
        self._connection.set_progress_handler(lambda: time.process_time() > end, _STEPS)
        try:
            found = self._connection.execute(sql)
            return _all_of(found.fetchmany(MOST_ROWS + 1)), len(found.description or ())
        except (sqlite3.Error, sqlite3.Warning, OverflowError, UnicodeError) as error:
            raise _failure(error) from error


class Duckdb:
    """DuckDB in memory, without files, addresses and extensions."""

    name = "duckdb"

    def __init__(self, dialect: Dialect) -> None:
        import duckdb  # noqa: PLC0415 - an extra

        query = dialect.profile.query
        self._boolean = "BOOLEAN" if query.has_booleans else "BIGINT"
        self._text = "VARCHAR COLLATE NOCASE" if query.texts_ignore_case else "VARCHAR"
        self._failures = (duckdb.Error, OverflowError, UnicodeError)
        self._connection = closed_duckdb()
        self._connection.execute("SET lock_configuration = true")
        self._end = math.inf
        self._closed = threading.Event()
        self._watching = threading.Thread(target=self._watch, daemon=True)
        self._watching.start()

    def fill(self, entities: Sequence[Entity], database: Database, *, backwards: bool) -> None:
        """Put a database in the place of the one before."""
        for entity in entities:
            name = _quoted(generated_name(entity.table))
            columns = ", ".join(
                f"{_quoted(one.name)} {self._type(one)}" for one in entity.fields.values()
            )
            self._connection.execute(f"CREATE OR REPLACE TABLE {name} ({columns})")
            rows = [
                "(" + ", ".join(_literal(row[column]) for column in entity.fields) + ")"
                for row in _ordered(database, entity, backwards=backwards)
            ]
            if rows:
                self._connection.execute(f"INSERT INTO {name} VALUES {', '.join(rows)}")  # noqa: S608

    def run(self, sql: str) -> list[Cells]:
        """The rows of a query. Raises QueryFailedError."""
        return self._rows(sql)[0]

    def width(self, sql: str) -> int:
        """How many columns a query returns."""
        return self._rows(sql)[1]

    def close(self) -> None:
        """Give back what it holds."""
        self._closed.set()
        self._watching.join()
        self._connection.close()

    def _rows(self, sql: str) -> tuple[list[Cells], int]:
        self._end = time.process_time() + SECONDS
        try:
            found = self._connection.execute(sql)
            return _all_of(found.fetchmany(MOST_ROWS + 1)), len(found.description or ())
        except self._failures as error:
            raise _failure(error) from error
        finally:
            self._end = math.inf

    def _watch(self) -> None:
        """Interrupt what takes too long, until the engine is closed."""
        while not self._closed.wait(_LOOKS):
            if time.process_time() > self._end:
                self._connection.interrupt()

    def _type(self, one: Field) -> str:
        if one.kind is ValueKind.BOOLEAN:
            return self._boolean
        return _DUCKDB_TYPES.get(one.kind, self._text)


def _ordered(
    database: Database, entity: Entity, *, backwards: bool
) -> list[dict[str, int | float | str | date | datetime | None]]:
    rows = database.rows[entity.name]
    return rows[::-1] if backwards else rows


def _all_of(rows: list[Cells]) -> list[Cells]:
    if len(rows) > MOST_ROWS:
        raise TooManyRowsError(f"It returns more than {MOST_ROWS:,} rows.")
    return rows


def _authorize(action: int, *_: str | None) -> int:
    return sqlite3.SQLITE_OK if action in _ALLOWED else sqlite3.SQLITE_DENY


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(value: object) -> object:
    """A value as SQLite keeps it: moments are text."""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    return f"{value:%Y-%m-%d}" if isinstance(value, date) else value


def _literal(value: object) -> str:
    if value is None:
        return "NULL"
    stored = _text(value)
    return "'" + stored.replace("'", "''") + "'" if isinstance(stored, str) else str(stored)


def _failure(error: Exception) -> QueryFailedError:
    said = (str(error).splitlines() or [""])[0][:_MOST_PROBLEM]
    lacks = any(sign in said for sign in _LACKS)
    return EngineLacksError(said) if lacks else QueryFailedError(said)
