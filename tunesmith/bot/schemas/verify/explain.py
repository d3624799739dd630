"""A second opinion: would DuckDB plan the statement on empty tables of the same shape?

Nothing is executed. The database lives in memory, may open no file and no address, loads no
extension, and its settings are locked (DuckDB documentation, "Securing DuckDB").
"""

import functools
import threading

import duckdb
import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from tunesmith.bot.schemas.model import Dialect, Table

_SECONDS = 2.0
_LONGEST_WARNING = 300
# What DuckDB lacks or types more strictly than the database asked; no fault of the statement.
_OWN_LIMITS = (
    "No function matches",
    "Could not choose a best candidate",
    "Cannot compare values of type",
    "Cannot mix values of type",
    "does not exist",
    "not supported",
    "not implemented",
)


@functools.cache
def sandbox() -> duckdb.DuckDBPyConnection:
    """The database that opinions come from; take a cursor of it for every use."""
    database = duckdb.connect(
        ":memory:",
        config={
            "enable_external_access": "false",
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "allow_community_extensions": "false",
            "memory_limit": "256MB",
            "max_temp_directory_size": "0KB",
            "threads": "1",
        },
    )
    # Planning alone is asked for: folding `repeat('x', 1000000000)` would be work.
    database.execute("PRAGMA disable_optimizer")
    database.execute("SET lock_configuration = true")
    return database


def second_opinion(tree: exp.Expr, tables: list[Table], dialect: Dialect) -> str | None:
    """DuckDB's objection to a statement over `tables`, or None where it has none to make."""
    try:
        statement = _unqualified(tree).sql("duckdb")
    except (SqlglotError, RecursionError, ValueError, TypeError, AttributeError):
        return None
    cursor = sandbox().cursor()
    timer = threading.Timer(_SECONDS, cursor.interrupt)
    timer.start()
    try:
        for table in tables:
            cursor.execute(_create(table, dialect))
        cursor.execute(f"EXPLAIN {statement}")
    except duckdb.BinderException as error:
        return _plain(error)
    except duckdb.Error:
        return None
    finally:
        timer.cancel()
        cursor.close()
    return None


def _unqualified(tree: exp.Expr) -> exp.Expr:
    """The tree with `schema.table` as `table`: temporary tables live in no schema of their own."""
    copy = tree.copy()
    for node in copy.find_all(exp.Table, exp.Column):
        for part in ("db", "catalog"):
            node.set(part, None)
    return copy


def _create(table: Table, dialect: Dialect) -> str:
    """A temporary table is seen by its own cursor only and goes with it."""
    name = exp.to_identifier(table.name.rpartition(".")[2], quoted=True).sql("duckdb")
    columns = ", ".join(
        f"{exp.to_identifier(column.name, quoted=True).sql('duckdb')} {_type(column.type, dialect)}"
        for column in table.columns
    )
    return f"CREATE TEMP TABLE {name} ({columns})"


@functools.lru_cache(maxsize=1024)
def _type(text: str, dialect: Dialect) -> str:
    """A DuckDB type that behaves like the source's; text where the source's is not known."""
    try:
        kind = sqlglot.parse_one(text, read=dialect.value, into=exp.DataType)
    except SqlglotError:
        return "VARCHAR"
    if kind.is_type(*exp.DataType.INTEGER_TYPES, "bit"):
        return "BIGINT"
    if kind.is_type(*exp.DataType.REAL_TYPES, "money", "smallmoney"):
        return "DOUBLE"
    if kind.is_type("date"):
        return "DATE"
    if kind.is_type("time", "timetz"):
        return "TIME"
    if kind.is_type(*exp.DataType.TEMPORAL_TYPES):
        return "TIMESTAMP"
    return "BOOLEAN" if kind.is_type("boolean") else "VARCHAR"


def _plain(error: duckdb.Error) -> str | None:
    first = str(error).splitlines()[0].removeprefix("Binder Error: ").strip()
    if any(limit in first for limit in _OWN_LIMITS):
        return None
    return f"A second opinion (DuckDB): {first[:_LONGEST_WARNING]}"
