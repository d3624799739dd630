"""The columns of functions that return rows."""

from sqlglot import exp

from tunesmith.bot.ddl.dialects.profile import Profile
from tunesmith.bot.ddl.resolver.names import Name, written
from tunesmith.bot.ddl.resolver.tree_reading import args, function_name


def function_columns(
    function: exp.Expr, dialect: Profile, alias: Name | None, sql: str
) -> list[Name] | None:
    """The columns a function in FROM shows, or None where they cannot be known."""
    if isinstance(function, exp.JSONTable):
        return [
            written(column.this)
            for column in function.find_all(exp.JSONColumnDef)
            if isinstance(column.this, exp.Identifier)
        ]
    if isinstance(function, exp.OpenJSON) and function.expressions:
        return [written(column.this) for column in function.expressions]
    if isinstance(function, exp.XMLTable):
        columns = [c for c in args(function, "columns") if isinstance(c, exp.ColumnDef)]
        return [written(column.this) for column in columns] or None
    name = "openjson" if isinstance(function, exp.OpenJSON) else function_name(function, sql)
    if isinstance(function, exp.Unnest):
        name = "unnest"
    if name in dialect.query.single_column_functions:
        return [alias or Name(name)]
    listed = dialect.query.table_functions.get(name)
    return [Name(column) for column in listed.split()] if listed else None
