"""Runs every answer on the made-up rows, in a DuckDB that can touch nothing else."""

from contextlib import suppress
from datetime import date, datetime
from types import TracebackType
from typing import Self

import duckdb
from sqlglot import exp

from tunesmith.bot.text2sql.catalog import Catalog, Entity
from tunesmith.bot.text2sql.kinds import Kind
from tunesmith.bot.text2sql.sqltree import spoken_name, write_duckdb
from tunesmith.bot.text2sql.synthetic import ROWS, Cell, Rows

_TYPES = {
    Kind.INTEGER: "BIGINT",
    Kind.BIT: "BIGINT",
    Kind.DECIMAL: "DOUBLE",
    Kind.BOOLEAN: "BOOLEAN",
    Kind.DATE: "DATE",
    Kind.DATETIME: "TIMESTAMP",
}
# https://duckdb.org/docs/operations_manual/securing_duckdb/overview: no files, no network, no
# extensions, no Python variables as tables, and no way back from these settings.
_SANDBOX: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "python_enable_replacements": "false",
    "threads": "1",
    "memory_limit": "512MB",
    "lock_configuration": "true",
}


class Sandbox:
    """The schema's tables with made-up rows in memory; a context manager."""

    def __init__(self, catalog: Catalog, rows: dict[str, Rows]) -> None:
        self._connection = duckdb.connect(":memory:", config=_SANDBOX)
        schemas: set[str] = set()
        for entity in catalog:
            front = _schema_of(entity)
            if front and front.lower() not in schemas:
                schemas.add(front.lower())
                self._connection.execute(f"CREATE SCHEMA IF NOT EXISTS {_quoted(front)}")
            # DuckDB holds no Orders beside orders: the first of them answers for both.
            with suppress(duckdb.CatalogException):
                self._create(entity, rows[entity.name])

    def __enter__(self) -> Self:
        """The sandbox itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let the rows go."""
        self._connection.close()

    def why_not(self, tree: exp.Expr) -> str | None:
        """None if the query runs and returns something; else the reason in two words."""
        try:
            found = self._connection.execute(write_duckdb(tree)).fetchmany(ROWS)
        except duckdb.Error:
            return "does not run"
        if all(cell is None for row in found for cell in row):
            return "returns nothing"
        return None

    def _create(self, entity: Entity, rows: Rows) -> None:
        name = ".".join(_quoted(part) for part in spoken_name(entity.name).split(".")[-2:])
        columns = ", ".join(
            f"{_quoted(one.name)} {_TYPES.get(one.kind, 'VARCHAR')}"
            for one in entity.fields.values()
        )
        self._connection.execute(f"CREATE TABLE {name} ({columns})")
        values = ", ".join(
            f"({', '.join(_literal(cell) for cell in row)})"
            for row in zip(*rows.values(), strict=True)
        )
        # Names are quoted and cells escaped above; DuckDB binds thousands of cells far slower.
        self._connection.execute(f"INSERT INTO {name} VALUES {values}")  # noqa: S608


def _schema_of(entity: Entity) -> str | None:
    parts = spoken_name(entity.name).split(".")
    return parts[-2] if len(parts) > 1 else None


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(cell: Cell) -> str:
    if cell is None:
        return "NULL"
    if isinstance(cell, bool | int | float):
        return str(cell)
    if isinstance(cell, datetime):
        return f"TIMESTAMP '{cell:%Y-%m-%d %H:%M:%S}'"
    if isinstance(cell, date):
        return f"DATE '{cell:%Y-%m-%d}'"
    return "'" + cell.replace("'", "''") + "'"
