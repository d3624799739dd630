"""Comments that stand in statements of their own."""

from tunesmith.bot.schemas.model import Dialect
from tunesmith.bot.schemas.parse.catalog import Catalog, Draft
from tunesmith.bot.schemas.parse.cursor import Cursor, Name, Part
from tunesmith.bot.schemas.parse.lexer import Kind

_TABLE_WORDS = (("TABLE",), ("VIEW",), ("MATERIALIZED", "VIEW"), ("FOREIGN", "TABLE"))
# sp_addextendedproperty: the arguments in their order.
_PROPERTY_ARGUMENTS = (
    "NAME", "VALUE", "LEVEL0TYPE", "LEVEL0NAME", "LEVEL1TYPE", "LEVEL1NAME", "LEVEL2TYPE", "LEVEL2NAME",
)  # fmt: skip


def comment_on(cursor: Cursor, catalog: Catalog) -> None:
    """`COMMENT ON TABLE t IS 'x'` and `COMMENT ON COLUMN t.c IS 'x'`, read behind the ON."""
    start = cursor.at
    if cursor.accept("COLUMN"):
        parts = cursor.dotted()
        column, owner = (parts[-1], parts[:-1]) if len(parts) > 1 else (None, [])
    elif any(cursor.accept(*words) for words in _TABLE_WORDS):
        column, owner = None, cursor.dotted()
    else:
        catalog.ignored[f"COMMENT ON {cursor.word()}"] += 1
        return
    if not owner or not cursor.accept("IS"):
        catalog.note(
            cursor.tokens[start].start, cursor.source(start), "a comment that was not understood"
        )
        return
    text = None if cursor.accept("NULL") else cursor.string()
    name = Name(owner[-1], owner[-2] if len(owner) > 1 else None)
    _set_comment(catalog, name, column, text, cursor.tokens[start].start)


def extended_property(cursor: Cursor, catalog: Catalog) -> None:
    """SQL Server's `sp_addextendedproperty`, read behind its name."""
    offset = cursor.offset
    values = _arguments(cursor)
    if values.get("NAME", "").upper() not in {"MS_DESCRIPTION", "DESCRIPTION"}:
        catalog.ignored["EXEC SP_ADDEXTENDEDPROPERTY"] += 1
        return
    levels = {
        values.get(f"LEVEL{n}TYPE", "").upper(): values.get(f"LEVEL{n}NAME") for n in range(3)
    }
    table = levels.get("TABLE") or levels.get("VIEW")
    column = levels.get("COLUMN")
    if not table or set(levels) - {"", "SCHEMA", "USER", "TABLE", "VIEW", "COLUMN"}:
        catalog.ignored["EXEC SP_ADDEXTENDEDPROPERTY"] += 1
        return
    schema = levels.get("SCHEMA") or levels.get("USER")
    named = schema is not None and not schema.startswith("@")
    name = Name(Part(table, quoted=True), Part(schema, quoted=True) if schema and named else None)
    _set_comment(
        catalog, name, Part(column, quoted=True) if column else None, values.get("VALUE"), offset
    )


def _arguments(cursor: Cursor) -> dict[str, str]:
    """The arguments of a procedure by name; those without a name by their place."""
    values: dict[str, str] = {}
    for place, argument in enumerate(cursor.elements()):
        key = _PROPERTY_ARGUMENTS[place] if place < len(_PROPERTY_ARGUMENTS) else ""
        if argument.word().startswith("@") and argument.is_symbol("=", 1):
            key = argument.word()[1:]
            argument.at += 2
        if argument.accept("CAST"):
            argument = argument.group() or argument
        token = argument.peek()
        if token is not None and token.kind is Kind.STRING:
            values[key] = argument.string() or ""
        elif token is not None and not (argument.word() == "NULL"):
            part = argument.name()
            values[key] = part.text if part else ""
    return values


def _set_comment(
    catalog: Catalog, name: Name, column: Part | None, text: str | None, offset: int
) -> None:
    draft: Draft | None = catalog.find(name)
    if draft is None:
        catalog.note(offset, f"{name}: {text}", f"it describes {name}, which is not in the file")
    elif column is None:
        draft.comment = text or None
    elif (found := catalog.column(draft, column)) is not None:
        found.comment = text or None
    elif draft.query is not None:
        draft.column_comments[catalog.fold(column)] = text or ""
    else:
        catalog.note(
            offset,
            f"{draft.label}.{column.text}: {text}",
            f"it describes a column that {draft.label} does not have",
        )
