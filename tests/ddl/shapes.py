"""Schemas in a form that fits on a few lines of a test."""

from pathlib import Path

from tunesmith.bot.ddl import Dialect, Schema, Table, Unparsed, parse_ddl
from tunesmith.bot.messages import text_for


def dump(name: str) -> str:
    """One of the dumps written for these tests."""
    return (Path(__file__).parent / "dumps" / f"{name}.sql").read_text("utf-8")


def read(ddl: str, dialect: Dialect | None = None) -> Schema:
    """Parse a dump in which nothing may be left not understood."""
    schema = parse_ddl(ddl, dialect=dialect)
    assert schema.unparsed == []
    return schema


def table(schema: Schema, name: str) -> Table:
    """The table of that name."""
    found = {item.name: item for item in schema.tables}
    assert name in found, sorted(found)
    return found[name]


def columns(schema: Schema, name: str) -> list[str]:
    """Each column as `name type`, with `!` behind it if it is never null."""
    return [
        f"{column.name} {column.type}".strip() + ("" if column.nullable else " !")
        for column in table(schema, name).columns
    ]


def comments(schema: Schema, name: str) -> dict[str, str]:
    """The comments of a table's columns; the table's own under an empty name."""
    found = table(schema, name)
    pairs = [("", found.comment), *((column.name, column.comment) for column in found.columns)]
    return {key: text for key, text in pairs if text is not None}


def keys(schema: Schema, name: str) -> list[str]:
    """The primary key, the unique keys and the references of a table."""
    found = table(schema, name)
    shown = [f"pk({', '.join(found.primary_key)})"] if found.primary_key else []
    shown += [f"uk({', '.join(key)})" for key in found.unique]
    shown += [
        f"fk({', '.join(key.columns)}) {key.table}({', '.join(key.references)})"
        for key in found.foreign_keys
    ]
    return shown


def defaults(schema: Schema, name: str) -> dict[str, str]:
    """The default values of a table's columns."""
    return {
        column.name: column.default
        for column in table(schema, name).columns
        if column.default is not None
    }


def why(piece: Unparsed) -> str:
    """Why a piece was not understood, in English."""
    return text_for("en")(piece.reason)
