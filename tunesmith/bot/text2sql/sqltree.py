"""Syntax trees of the answers, and their text in a dialect.

A tree holds names as the schema writes them. What dialects do differently with dates stands in
the tree as a call of `month_of` or `days_ago` and is written out per dialect.
"""

import re
from functools import cache

from sqlglot import exp

from tunesmith.bot.ddl.dialect import Dialect
from tunesmith.bot.ddl.model import Column, Table
from tunesmith.bot.text2sql import data

# The day on which the made-up rows were "written": the sandbox counts days back from here, so that
# a run today and a run next year give the same set.
TODAY = "2025-06-30"

_DEFAULT_SCHEMAS = frozenset({"public", "dbo", "main"})
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def spoken_name(table: str) -> str:
    """A table's name as people write it: without the schema where that is the default one."""
    front, _, last = table.rpartition(".")
    return last if front.rpartition(".")[2].lower() in _DEFAULT_SCHEMAS else table


def column_name(column: Column, dialect: Dialect) -> exp.Identifier:
    """A column's identifier, quoted only where the dialect needs it."""
    return _identifier(column.name, dialect, quoted=column.quoted)


def table_name(table: Table, dialect: Dialect, alias: str | None = None) -> exp.Table:
    """A table as it stands after FROM, with its schema in front where it has one."""
    names = spoken_name(table.name).split(".")
    parts = [_identifier(name, dialect, quoted=table.quoted) for name in names]
    node = exp.Table(this=parts[-1])
    if len(parts) > 1:
        node.set("db", parts[-2])
    if alias:
        node.set("alias", exp.TableAlias(this=exp.to_identifier(alias)))
    return node


def literal(value: object) -> exp.Expr:
    """A number or a text as it stands in SQL."""
    if isinstance(value, int | float):
        return exp.Literal.number(value)
    return exp.Literal.string(str(value))


def month_of(date: exp.Expr) -> exp.Expr:
    """The month of a date as text, such as 2025-06."""
    return exp.Anonymous(this="month_of", expressions=[date])


def days_ago(days: int) -> exp.Expr:
    """The day that many days before today."""
    return exp.Anonymous(this="days_ago", expressions=[exp.Literal.number(days)])


def write_sql(tree: exp.Expr, dialect: Dialect) -> str:
    """The answer's text in the dialect of the schema."""
    return _lowered(tree, dialect).sql(dialect=dialect.value, comments=False, copy=False) + ";"


def embedded_name(table: str) -> str:
    """What the embedded SQLite calls a table: it has no schemas, so `sales.orders` is one name."""
    return ".".join(spoken_name(table).split(".")[-2:])


def write_embedded(tree: exp.Expr) -> str:
    """The same query for the embedded SQLite, every name quoted, today being TODAY."""
    here = tree.transform(_lower, None)
    return here.sql(dialect="sqlite", identify=True, comments=False, copy=False)


def _identifier(name: str, dialect: Dialect, *, quoted: bool) -> exp.Identifier:
    return exp.Identifier(this=name, quoted=_needs_quotes(name, dialect, quoted=quoted))


def _needs_quotes(name: str, dialect: Dialect, *, quoted: bool) -> bool:
    if not _PLAIN.fullmatch(name):
        return True
    if not quoted:
        return False
    if name.lower() in _reserved().get(dialect.value, ()):
        return True
    if dialect is Dialect.POSTGRES:
        return name != name.lower()
    if dialect is Dialect.ORACLE:
        return name != name.upper()
    return False


def _lowered(tree: exp.Expr, dialect: Dialect) -> exp.Expr:
    # The generator changes the tree it writes, so that it gets one of its own either way.
    if dialect is not Dialect.MSSQL and tree.find(exp.Anonymous) is None:
        return tree.copy()
    return tree.transform(_lower, dialect)


def _lower(node: exp.Expr, dialect: Dialect | None) -> exp.Expr:
    if isinstance(node, exp.Anonymous) and node.name == "month_of":
        return _month_of(node.expressions[0], dialect)
    if isinstance(node, exp.Anonymous) and node.name == "days_ago":
        return _days_ago(node.expressions[0].name, dialect)
    if dialect is Dialect.MSSQL and isinstance(node, exp.Literal) and not node.name.isascii():
        return exp.National(this=node.name)
    if dialect is None and isinstance(node, exp.Table) and node.db:
        name = exp.to_identifier(f"{node.db}.{node.name}", quoted=True)
        return exp.Table(this=name, alias=node.args.get("alias"))
    return node


def _call(name: str, *arguments: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this=name, expressions=list(arguments))


def _month_of(date: exp.Expr, dialect: Dialect | None) -> exp.Expr:
    text = exp.Literal.string
    match dialect:
        case Dialect.MYSQL:
            return _call("DATE_FORMAT", date, text("%Y-%m"))
        case Dialect.POSTGRES | Dialect.ORACLE:
            return _call("TO_CHAR", date, text("YYYY-MM"))
        case Dialect.MSSQL:
            return _call("FORMAT", date, text("yyyy-MM"))
        case Dialect.SQLITE | None:
            return _call("STRFTIME", text("%Y-%m"), date)


def _days_ago(days: str, dialect: Dialect | None) -> exp.Expr:
    number, text = exp.Literal.number(days), exp.Literal.string
    match dialect:
        case Dialect.MYSQL:
            interval = exp.Interval(this=number, unit=exp.var("DAY"))
            return _call("DATE_SUB", _call("CURDATE"), interval)
        case Dialect.POSTGRES:
            interval = exp.Interval(this=text(f"{days} days"))
            return exp.Sub(this=exp.CurrentDate(), expression=interval)
        case Dialect.ORACLE:
            return exp.Sub(this=_call("TRUNC", exp.column("SYSDATE")), expression=number)
        case Dialect.MSSQL:
            today = exp.cast(_call("GETDATE"), exp.DType.DATE)
            return _call("DATEADD", exp.var("DAY"), exp.Literal.number(f"-{days}"), today)
        case Dialect.SQLITE | None:
            today = text("now" if dialect else TODAY)
            return _call("DATE", today, text(f"-{days} days"))


@cache
def _reserved() -> dict[str, frozenset[str]]:
    return {dialect: frozenset(words.split()) for dialect, words in data.read("reserved").items()}
