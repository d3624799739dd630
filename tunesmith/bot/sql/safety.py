"""Whether a parsed statement only reads, and only through functions that are known."""

import re
from collections.abc import Iterable

from sqlglot import exp

from tunesmith.bot.ddl.dialects import every_profile
from tunesmith.bot.ddl.dialects.profile import Profile, words
from tunesmith.bot.ddl.resolver.tree_reading import args, function_name, source_text
from tunesmith.bot.messages import Message, say
from tunesmith.bot.sql.allowed_functions import is_allowed

_EVERY = [profile.query for profile in every_profile()]
_SYSTEM_SCHEMAS = frozenset[str]().union(*(rules.system_schemas for rules in _EVERY))
_SYSTEM_PREFIXES = tuple(prefix for rules in _EVERY for prefix in rules.system_prefixes)
_SYSTEM_TABLES = frozenset[str]().union(*(rules.system_tables for rules in _EVERY))
_HARMLESS_HINTS = words("NOLOCK READUNCOMMITTED READCOMMITTED READPAST NOEXPAND FORCESEEK")
# Functions only in name: operators and syntax that sqlglot models as one.
_SYNTAX = (exp.Binary, exp.Connector, exp.Case, exp.If, exp.Cast, exp.Convert, exp.Extract, exp.In)
# Methods of Oracle's XMLTYPE, on what another function returned.
_XML_METHODS = words("extract existsnode getclobval getstringval getnumberval")
# XQuery functions that read what is stored elsewhere (Oracle XML DB Developer's Guide, 5).
_READS_DOCUMENTS = re.compile(r"(?i)\b(?:doc|collection|unparsed-text|ora:\w+)\b")
_WRITES = (
    exp.Insert,
    exp.Update,
    exp.Delete,
    exp.Merge,
    exp.Copy,
    exp.Create,
    exp.Drop,
    exp.Alter,
    exp.Command,
)
_ALWAYS: tuple[tuple[tuple[type[exp.Expr], ...], Message], ...] = (
    (
        _WRITES,
        say("sql.changes_data"),
    ),
    ((exp.Into,), say("sql.into_table")),
    ((exp.SessionParameter,), say("sql.setting")),
)


def tree_danger(tree: exp.Expr, sql: str, dialect: Profile) -> Message | None:
    """Why a statement must not run, or None where it only reads."""
    if not isinstance(tree, exp.Query | exp.Values):
        return say("sql.only_select")
    called = {table.alias_or_name.lower() for table in tree.find_all(exp.Table)}
    for node in tree.walk():
        danger = _node_danger(node, sql, dialect, called)
        if danger:
            return danger
    return None


def _node_danger(node: exp.Expr, sql: str, dialect: Profile, called: set[str]) -> Message | None:
    for kinds, danger in _ALWAYS:
        if isinstance(node, kinds):
            return danger
    said = None
    if isinstance(node, exp.Query) and args(node, "locks"):
        said = say("sql.locks")
    elif isinstance(node, exp.PropertyEQ) and isinstance(node.this, exp.Parameter):
        said = say("sql.variable")
    elif isinstance(node, exp.Operator):
        said = _operator_danger(node)
    elif isinstance(node, exp.WithTableHint):
        said = _hint_danger(node)
    elif isinstance(node, exp.Table):
        said = _table_danger(node, sql, dialect)
    elif isinstance(node, exp.Column):
        said = _package_danger(node, dialect, called)
    elif isinstance(node, exp.Func):
        said = _function_danger(node, sql, dialect)
    return said


def _operator_danger(node: exp.Operator) -> Message | None:
    """PostgreSQL's `a OPERATOR(schema.+) b` may call a function of anybody's."""
    operator = str(node.args.get("operator") or "")
    if "." in operator and not operator.startswith("pg_catalog."):
        return say("sql.operator", name=operator)
    return None


def _hint_danger(node: exp.Expr) -> Message | None:
    for hint in node.expressions:
        if hint.name.upper() not in _HARMLESS_HINTS:
            return say("sql.hint", name=hint.name)
    return None


def _table_danger(node: exp.Table, sql: str, dialect: Profile) -> Message | None:
    texts = ("'", '"') if dialect.query.text_in_double_quotes else ("'",)
    if source_text(node.this, sql).startswith(texts):
        return say("sql.quoted_source")
    if isinstance(node.this, exp.Dot):
        return say("sql.other_server")
    if "@" in node.name:
        return say("sql.other_database", name=node.name)
    if node.args.get("catalog") and isinstance(node.args["catalog"], exp.Dot):
        return say("sql.other_server")
    return None


def _package_danger(node: exp.Column, dialect: Profile, called: set[str]) -> Message | None:
    packages = dialect.query.packages
    if not packages or not node.table:
        return None
    if node.name.lower() == "nextval":
        return say("sql.sequence")
    front = (node.db or node.table).lower()
    if front not in called and front.startswith(packages):
        return say("sql.function", name=f"{front}.{node.name}")
    return None


def _function_danger(node: exp.Func, sql: str, dialect: Profile) -> Message | None:
    name = function_name(node, sql)
    parent = node.parent
    if isinstance(node, exp.XMLTable) and _READS_DOCUMENTS.search(node.this.name):
        return say("sql.xml_documents")
    if isinstance(parent, exp.Dot) and parent.expression is node:
        front = parent.this.sql().lower()
        own = bool(front) and front == dialect.query.function_schema
        method = name in dialect.query.methods or (
            name in _XML_METHODS and not isinstance(parent.this, exp.Identifier | exp.Column)
        )
        name = name if own else f"{front}.{name}"
        if method or is_allowed(name):
            return None
    elif isinstance(node, _SYNTAX) or is_allowed(name):
        return None
    return say("sql.function", name=name or node.key)


def system_tables(names: Iterable[str]) -> list[str]:
    """Those of the names that belong to the database itself and not to any schema."""
    return [name for name in names if _is_system(name.lower())]


def _is_system(name: str) -> bool:
    front, _, last = name.rpartition(".")
    return (
        front.rpartition(".")[2] in _SYSTEM_SCHEMAS
        or last.startswith(_SYSTEM_PREFIXES)
        or last in _SYSTEM_TABLES
    )
