"""The name an item of a select list shows to the query around it."""

from sqlglot import exp

from tunesmith.bot.ddl.dialects.profile import Profile
from tunesmith.bot.ddl.resolver.names import Name, written
from tunesmith.bot.ddl.resolver.tree_reading import function_name

_SEEN_THROUGH = (exp.Paren, exp.Cast, exp.Collate, exp.Window, exp.Filter, exp.Bracket)


def output_name(item: exp.Expr, dialect: Profile, sql: str) -> Name | None:
    """The item's name, or None where the engine makes one up from the expression's text."""
    if isinstance(item, exp.Alias):
        alias = item.args["alias"]
        return written(alias) if isinstance(alias, exp.Identifier) else Name(item.alias, True)
    if isinstance(item, exp.Column):
        return written(item.this)
    if isinstance(item, exp.Dot) and isinstance(item.expression, exp.Identifier):
        return written(item.expression)
    if dialect.query.names_expressions:
        return _expression_name(item, dialect, sql)
    return None


def _expression_name(item: exp.Expr, dialect: Profile, sql: str) -> Name | None:
    """PostgreSQL's FigureColname (parse_target.c): the function, the column cast, `case`, ...."""
    name = None
    if isinstance(item, exp.Column):
        name = written(item.this)
    elif isinstance(item, _SEEN_THROUGH):
        name = _expression_name(item.this, dialect, sql)
        if name is None and isinstance(item, exp.Cast):
            name = Name(item.to.sql(dialect.sqlglot).partition("(")[0].lower(), True)
    elif isinstance(item, exp.Subquery) and isinstance(item.this, exp.Select):
        first = item.this.expressions[:1]
        name = output_name(first[0], dialect, sql) if first else None
    elif isinstance(item, exp.GroupConcat):
        name = Name("string_agg", True)
    elif isinstance(item, exp.Case):
        name = Name("case", True)
    elif isinstance(item, exp.Func) and not isinstance(item, exp.Binary | exp.Connector):
        name = Name(function_name(item, sql), True)
    return name
