"""A second opinion: would DuckDB plan the statement on empty tables of the same shape?

Nothing is executed. The database lives in memory, may open no file and no address, loads no
extension, and its settings are locked (DuckDB documentation, "Securing DuckDB").
"""

import functools
import threading
from typing import TYPE_CHECKING

import sqlglot
from sqlglot import exp
from sqlglot.errors import ErrorLevel, SqlglotError

from tunesmith.bot.ddl.dialects.profile import Profile
from tunesmith.bot.ddl.model import Table
from tunesmith.bot.extras import Extra, is_installed
from tunesmith.bot.messages import Message, say
from tunesmith.bot.sql.closed_duckdb import closed_duckdb

if TYPE_CHECKING:
    import duckdb

_SECONDS = 2.0
_LONGEST_WARNING = 300
# What is as true of any database as of DuckDB. Names are left out: they are resolved by the rules
# of the statement's own dialect, which DuckDB does not know.
_TELLING = (
    "must appear in the GROUP BY clause",
    "cannot contain aggregates",
    "cannot contain window functions",
    "cannot be nested",
    "same number of result columns",
)
_GROW = (
    exp.Anonymous,
    exp.Format,
    exp.GenerateSeries,
    exp.Overlay,
    exp.Pad,
    exp.RegexpReplace,
    exp.Repeat,
    exp.Replace,
    exp.Space,
    exp.Stuff,
)
# The first that fits; TEMPORAL_TYPES holds dates and times as well.
_TYPES = (
    ("BIGINT", (*exp.DataType.INTEGER_TYPES, "bit")),
    ("DOUBLE", (*exp.DataType.REAL_TYPES, "money", "smallmoney")),
    ("DATE", ("date",)),
    ("TIME", ("time", "timetz")),
    ("TIMESTAMP", tuple(exp.DataType.TEMPORAL_TYPES)),
    ("BOOLEAN", ("boolean",)),
)


@functools.cache
def sandbox() -> "duckdb.DuckDBPyConnection":
    """The database that opinions come from; take a cursor of it for every use."""
    database = closed_duckdb()
    # Binding alone is asked for. An optimizer would compute what is constant, whatever it costs.
    names = database.execute("SELECT string_agg(name, ',') FROM duckdb_optimizers()").fetchone()
    database.execute(f"SET GLOBAL disabled_optimizers = '{names[0] if names else ''}'")
    database.execute("SET lock_configuration = true")
    return database


def duckdb_objection(tree: exp.Expr, tables: list[Table], dialect: Profile) -> Message | None:
    """DuckDB's objection to a statement over `tables`; None where it has none or is not installed.

    It is not asked about statements that could build something huge: binding computes the constant
    arguments of some functions, and cannot be interrupted while it does.
    """
    if not is_installed(Extra.SQL) or tree.find(*_GROW):
        return None
    import duckdb  # noqa: PLC0415 - an extra

    try:
        statement = _unqualified(tree).sql("duckdb", unsupported_level=ErrorLevel.IGNORE)
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
        objection = _plain(error)
        return None if objection and _groups_its_own_way(tree, tables) else objection
    except duckdb.Error:
        return None
    finally:
        timer.cancel()
        cursor.close()
    return None


def _unqualified(tree: exp.Expr) -> exp.Expr:
    """The tree with `schema.table` as `table`, as temporary tables are, and without any LIMIT."""
    copy = tree.copy()
    for node in copy.find_all(exp.Table, exp.Column):
        for part in ("db", "catalog"):
            node.set(part, None)
    for query in copy.find_all(exp.Query):
        for part in ("limit", "offset"):
            query.set(part, None)
    return copy


def _create(table: Table, dialect: Profile) -> str:
    """A temporary table is seen by its own cursor only and goes with it."""
    name = exp.to_identifier(table.name.rpartition(".")[2], quoted=True).sql("duckdb")
    columns = ", ".join(
        f"{exp.to_identifier(column.name, quoted=True).sql('duckdb')} {_type(column.type, dialect)}"
        for column in table.columns
    )
    return f"CREATE TEMP TABLE {name} ({columns})"


@functools.lru_cache(maxsize=1024)
def _type(text: str, dialect: Profile) -> str:
    """A DuckDB type that behaves like the source's; text where the source's is not known."""
    try:
        kind = sqlglot.parse_one(text, read=dialect.sqlglot, into=exp.DataType)
    except SqlglotError:
        return "VARCHAR"
    return next((name for name, kinds in _TYPES if kind.is_type(*kinds)), "VARCHAR")


def _groups_its_own_way(tree: exp.Expr, tables: list[Table]) -> bool:
    """Whether rows are grouped in a way that DuckDB does not know.

    A primary key decides a table's other columns in PostgreSQL and MySQL; HAVING without GROUP BY
    is another WHERE in MySQL and SQLite.
    """
    if any(not query.args.get("group") for h in tree.find_all(exp.Having) if (query := h.parent)):
        return True
    keys = {t.primary_key[0].casefold() for t in tables if len(t.primary_key) == 1}
    grouped = {
        column.name.casefold()
        for group in tree.find_all(exp.Group)
        for column in group.find_all(exp.Column)
    }
    return bool(keys & grouped)


def _plain(error: "duckdb.Error") -> Message | None:
    first = str(error).splitlines()[0].removeprefix("Binder Error: ").strip()
    if not any(telling in first for telling in _TELLING):
        return None
    return say("sql.second_opinion", said=first[:_LONGEST_WARNING])
