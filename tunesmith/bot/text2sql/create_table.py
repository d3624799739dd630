"""A table's CREATE TABLE statement, written anew from the schema in one steady form."""

from tunesmith.bot.ddl.dialects.profile import Profile
from tunesmith.bot.ddl.model import Column, ForeignKey, Table
from tunesmith.bot.text2sql.sqltree import column_name, table_name


def create_table(table: Table, dialect: Profile) -> str:
    """One statement: columns, primary key, unique keys, foreign keys, comments.

    Comments stand inside the statement where the dialect allows it, elsewhere as `-- remarks`,
    because COMMENT ON would be further statements.
    """
    elements = [(_column(column, dialect), column.described) for column in table.columns]
    names = {column.name: column for column in table.columns}
    if table.primary_key:
        elements.append((f"PRIMARY KEY ({_names(table.primary_key, names, dialect)})", None))
    elements += [(f"UNIQUE ({_names(key, names, dialect)})", None) for key in table.unique]
    elements += [(_foreign_key(key, names, dialect), None) for key in table.foreign_keys]
    inline = dialect.writing.comments_inside
    lines = [
        _line(text, comment, inline=inline, last=place == len(elements) - 1)
        for place, (text, comment) in enumerate(elements)
    ]
    end = ")"
    if table.described and inline:
        end += f" COMMENT={_quoted(table.described)}"
    head = f"CREATE TABLE {table_name(table, dialect).sql(dialect=dialect.sqlglot)} ("
    if table.described and not inline:
        head += f" -- {_one_line(table.described)}"
    return "\n".join([head, *lines, end + ";"])


def _column(column: Column, dialect: Profile) -> str:
    parts = [column_name(column, dialect).sql(dialect=dialect.sqlglot)]
    if column.type:
        parts.append(column.type)
    if column.generated:
        parts.append(dialect.writing.generated.format(column.generated))
    if not column.nullable:
        parts.append("NOT NULL")
    if column.default is not None:
        parts.append(f"DEFAULT {column.default}")
    return " ".join(parts)


def _foreign_key(key: ForeignKey, names: dict[str, Column], dialect: Profile) -> str:
    target = table_name(Table(name=key.table), dialect).sql(dialect=dialect.sqlglot)
    references = f" ({_names(key.references, {}, dialect)})" if key.references else ""
    return f"FOREIGN KEY ({_names(key.columns, names, dialect)}) REFERENCES {target}{references}"


def _names(wanted: list[str], names: dict[str, Column], dialect: Profile) -> str:
    columns = [names.get(name) or Column(name=name, type="") for name in wanted]
    return ", ".join(
        column_name(column, dialect).sql(dialect=dialect.sqlglot) for column in columns
    )


def _line(text: str, comment: str | None, *, inline: bool, last: bool) -> str:
    comma = "" if last else ","
    if not comment:
        return f"  {text}{comma}"
    if inline:
        return f"  {text} COMMENT {_quoted(comment)}{comma}"
    return f"  {text}{comma} -- {_one_line(comment)}"


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"


def _one_line(text: str) -> str:
    return " ".join(text.split())
