"""Schemas written down as DDL, the way each dialect's own tools do it."""

from collections.abc import Callable

from tunesmith.bot.ddl import Column, Dialect, Table

Quote = Callable[[str], str]


def render(tables: list[Table], dialect: Dialect, *, later: bool) -> str:
    """The DDL of `tables`; with `later`, keys come in ALTER TABLE where the dialect has it."""
    if dialect is Dialect.MYSQL:
        return _mysql(tables, later=later)
    if dialect is Dialect.SQLITE:
        return _sqlite(tables)
    return _RENDERERS[dialect](tables, later)


def text(value: str) -> str:
    """A string literal of standard SQL."""
    return "'" + value.replace("'", "''") + "'"


def _column(column: Column, quote: Quote) -> str:
    parts = [quote(column.name), column.type]
    if column.default is not None:
        parts.append(f"DEFAULT {column.default}")
    if not column.nullable:
        parts.append("NOT NULL")
    return " ".join(parts)


def _keys(table: Table, quote: Quote, kind: str = "PRIMARY KEY") -> list[str]:
    def names(columns: list[str]) -> str:
        return ", ".join(quote(column) for column in columns)

    keys = [f"{kind} ({names(table.primary_key)})"] if table.primary_key else []
    keys += [f"UNIQUE ({names(columns)})" for columns in table.unique]
    for key in table.foreign_keys:
        keys.append(
            f"FOREIGN KEY ({names(key.columns)}) REFERENCES {quote(key.table)}"
            f" ({names(key.references)}) ON DELETE CASCADE"
        )
    return keys


def _body(table: Table, quote: Quote, elements: list[str]) -> str:
    return f"CREATE TABLE {quote(table.name)} (\n  " + ",\n  ".join(elements) + "\n)"


def _mysql(tables: list[Table], *, later: bool) -> str:
    def quote(name: str) -> str:
        return "`" + name.replace("`", "``") + "`"

    def escaped(value: str) -> str:
        return "'" + value.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n") + "'"

    out: list[str] = ["/*!40101 SET NAMES utf8mb4 */;"]
    after: list[str] = []
    for table in tables:
        elements: list[str] = []
        for column in table.columns:
            comment = f" COMMENT {escaped(column.comment)}" if column.comment else ""
            elements.append(_column(column, quote) + comment)
        keys = _keys(table, quote)
        if later:
            after += [f"ALTER TABLE {quote(table.name)} ADD {key};" for key in keys]
        else:
            elements += keys
        comment = f" COMMENT={escaped(table.comment)}" if table.comment else ""
        out.append(_body(table, quote, elements) + f" ENGINE=InnoDB{comment};")
    return "\n".join([*out, *after])


def _standard(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _sqlite(tables: list[Table]) -> str:
    out = ["PRAGMA foreign_keys=OFF;", "BEGIN TRANSACTION;"]
    for table in tables:
        elements = [_column(column, _standard) for column in table.columns]
        out.append(_body(table, _standard, [*elements, *_keys(table, _standard)]) + ";")
    return "\n".join([*out, "COMMIT;"])


def _with_comment_on(tables: list[Table], later: bool, prologue: str, end: str) -> str:
    out = [prologue]
    after: list[str] = []
    for table in tables:
        name = _standard(table.name)
        elements = [_column(column, _standard) for column in table.columns]
        keys = _keys(table, _standard)
        if later:
            after += [
                f"ALTER TABLE {name} ADD CONSTRAINT c{i} {key}{end}" for i, key in enumerate(keys)
            ]
        else:
            elements += keys
        out.append(_body(table, _standard, elements) + end)
        if table.comment:
            out.append(f"COMMENT ON TABLE {name} IS {text(table.comment)}{end}")
        for column in table.columns:
            if column.comment:
                target = f"{name}.{_standard(column.name)}"
                out.append(f"COMMENT ON COLUMN {target} IS {text(column.comment)}{end}")
    return "\n".join([*out, *after])


def _postgres(tables: list[Table], later: bool) -> str:
    prologue = "SELECT pg_catalog.set_config('search_path', '', false);"
    return _with_comment_on(tables, later, prologue, ";")


def _oracle(tables: list[Table], later: bool) -> str:
    return _with_comment_on(tables, later, "REM It's generated\nSET DEFINE OFF", "\n/\n")


def _mssql(tables: list[Table], later: bool) -> str:
    def quote(name: str) -> str:
        return "[" + name.replace("]", "]]") + "]"

    out = ["SET ANSI_NULLS ON\nGO"]
    after: list[str] = []
    for table in tables:
        elements = [_column(column, quote) for column in table.columns]
        keys = _keys(table, quote, "PRIMARY KEY CLUSTERED")
        if later:
            start = f"ALTER TABLE {quote(table.name)} WITH CHECK ADD CONSTRAINT"
            after += [f"{start} [c{i}] {key}\nGO" for i, key in enumerate(keys)]
        else:
            elements += keys
        out.append(_body(table, quote, elements) + " ON [PRIMARY]\nGO")
        described = [(None, table.comment), *((one.name, one.comment) for one in table.columns)]
        for column, comment in described:
            if comment:
                out.append(_property(table.name, column, comment))
    return "\n".join([*out, *after])


def _property(table: str, column: str | None, comment: str) -> str:
    arguments = (
        f"@name=N'MS_Description', @value=N{text(comment)}, @level0type=N'SCHEMA',"
        f"@level0name=N'dbo', @level1type=N'TABLE',@level1name=N{text(table)}"
    )
    if column is not None:
        arguments += f", @level2type=N'COLUMN',@level2name=N{text(column)}"
    return f"EXEC sys.sp_addextendedproperty {arguments}\nGO"


_RENDERERS: dict[Dialect, Callable[[list[Table], bool], str]] = {
    Dialect.POSTGRES: _postgres,
    Dialect.ORACLE: _oracle,
    Dialect.MSSQL: _mssql,
}
