"""The columns of functions that return rows."""

from sqlglot import exp

from tunesmith.bot.ddl.dialect import Dialect
from tunesmith.bot.sql.names import Name, written
from tunesmith.bot.sql.tree import args, function_name
from tunesmith.bot.sql.words import words

# PostgreSQL manual 9.16, SQLite json1.html, Transact-SQL STRING_SPLIT, OPENJSON, GENERATE_SERIES.
_COLUMNS: dict[tuple[Dialect, str], str] = {
    (Dialect.POSTGRES, "json_each"): "key value",
    (Dialect.POSTGRES, "jsonb_each"): "key value",
    (Dialect.POSTGRES, "json_each_text"): "key value",
    (Dialect.POSTGRES, "jsonb_each_text"): "key value",
    (Dialect.POSTGRES, "json_array_elements"): "value",
    (Dialect.POSTGRES, "jsonb_array_elements"): "value",
    (Dialect.POSTGRES, "json_array_elements_text"): "value",
    (Dialect.POSTGRES, "jsonb_array_elements_text"): "value",
    (Dialect.SQLITE, "json_each"): "key value type atom id parent fullkey path json root",
    (Dialect.SQLITE, "json_tree"): "key value type atom id parent fullkey path json root",
    (Dialect.SQLITE, "generate_series"): "value start stop step",
    (Dialect.MSSQL, "string_split"): "value ordinal",
    (Dialect.MSSQL, "generate_series"): "value",
    (Dialect.MSSQL, "openjson"): "key value type",
}
# PostgreSQL: one column, called like the alias or else like the function.
_SINGLE = words(
    """
    generate_series unnest generate_subscripts regexp_split_to_table string_to_table
    json_object_keys jsonb_object_keys jsonb_path_query regexp_matches
    """
)


def function_columns(
    function: exp.Expr, dialect: Dialect, alias: Name | None, sql: str
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
    if dialect is Dialect.POSTGRES and name in _SINGLE:
        return [alias or Name(name)]
    listed = _COLUMNS.get((dialect, name))
    return [Name(column) for column in listed.split()] if listed else None
