"""Syntax trees of the answers, and their text in a dialect.

A tree holds names as the schema writes them. What dialects do differently with dates stands in
the tree as a call of `month_of` or `days_ago` and is written out per dialect.
"""

import re

from sqlglot import exp

from tunesmith.bot.ddl.dialects import Dialect, every_profile
from tunesmith.bot.ddl.dialects.profile import Profile, Writing
from tunesmith.bot.ddl.dialects.tree_writing import call, text
from tunesmith.bot.ddl.model import Column, Table

# The day on which the made-up rows were "written": the sandbox counts days back from here, so that
# a run today and a run next year give the same set.
TODAY = "2025-06-30"
_EMBEDDED = Dialect.SQLITE.profile

_DEFAULT_SCHEMAS = frozenset(profile.home for profile in every_profile()) - {""}
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def spoken_name(table: str) -> str:
    """A table's name as people write it: without the schema where that is the default one."""
    front, _, last = table.rpartition(".")
    return last if front.rpartition(".")[2].lower() in _DEFAULT_SCHEMAS else table


def column_name(column: Column, dialect: Profile) -> exp.Identifier:
    """A column's identifier, quoted only where the dialect needs it."""
    return _identifier(column.name, dialect, quoted=column.quoted)


def table_name(table: Table, dialect: Profile, alias: str | None = None) -> exp.Table:
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


def write_sql(tree: exp.Expr, dialect: Profile) -> str:
    """The answer's text in the dialect of the schema."""
    return _lowered(tree, dialect).sql(dialect=dialect.sqlglot, comments=False, copy=False) + ";"


def embedded_name(table: str) -> str:
    """What the embedded SQLite calls a table: it has no schemas, so `sales.orders` is one name."""
    return ".".join(spoken_name(table).split(".")[-2:])


def write_embedded(tree: exp.Expr) -> str:
    """The same query for the embedded SQLite, every name quoted, today being TODAY."""
    here = tree.transform(_lower_embedded)
    return here.sql(dialect=_EMBEDDED.sqlglot, identify=True, comments=False, copy=False)


def _identifier(name: str, dialect: Profile, *, quoted: bool) -> exp.Identifier:
    return exp.Identifier(this=name, quoted=_needs_quotes(name, dialect, quoted=quoted))


def _needs_quotes(name: str, dialect: Profile, *, quoted: bool) -> bool:
    if not _PLAIN.fullmatch(name):
        return True
    if not quoted:
        return False
    if name.lower() in dialect.writing.reserved:
        return True
    return dialect.quotes_keep_case and name != dialect.fold(name, quoted=False)


def _lowered(tree: exp.Expr, dialect: Profile) -> exp.Expr:
    # The generator changes the tree it writes, so that it gets one of its own either way.
    if not dialect.writing.national_strings and tree.find(exp.Anonymous) is None:
        return tree.copy()
    return tree.transform(_lower, dialect.writing)


def _lower(node: exp.Expr, writing: Writing) -> exp.Expr:
    if isinstance(node, exp.Anonymous) and node.name == "month_of":
        return writing.month(node.expressions[0])
    if isinstance(node, exp.Anonymous) and node.name == "days_ago":
        return writing.days_ago(int(node.expressions[0].name))
    if writing.national_strings and isinstance(node, exp.Literal) and not node.name.isascii():
        return exp.National(this=node.name)
    return node


def _lower_embedded(node: exp.Expr) -> exp.Expr:
    if isinstance(node, exp.Anonymous) and node.name == "days_ago":
        return call("DATE", text(TODAY), text(f"-{node.expressions[0].name} days"))
    if isinstance(node, exp.Table) and node.db:
        name = exp.to_identifier(f"{node.db}.{node.name}", quoted=True)
        return exp.Table(this=name, alias=node.args.get("alias"))
    return _lower(node, _EMBEDDED.writing)
