"""Comments that stand in statements of their own."""

from tunesmith.bot.ddl.parse.catalog import Catalog, Draft
from tunesmith.bot.ddl.parse.cursor import Cursor, Name, Part
from tunesmith.bot.messages import say

_TABLE_WORDS = (("TABLE",), ("VIEW",), ("MATERIALIZED", "VIEW"), ("FOREIGN", "TABLE"))


def comment_on(cursor: Cursor, catalog: Catalog) -> None:
    """Read `COMMENT ON TABLE t IS 'x'` and `COMMENT ON COLUMN t.c IS 'x'` behind the COMMENT."""
    start, offset = cursor.at, cursor.offset
    cursor.accept("ON")
    column: Part | None = None
    if cursor.accept("COLUMN"):
        owner = cursor.dotted()
        column = owner.pop() if owner else None
    elif any(cursor.accept(*words) for words in _TABLE_WORDS):
        owner = cursor.dotted()
    else:
        catalog.ignored[f"COMMENT ON {cursor.word()}"] += 1
        return
    if not owner or not cursor.accept("IS"):
        catalog.note(offset, cursor.written(start), say("ddl.comment_unknown"))
        return
    text = None if cursor.accept("NULL") else cursor.string()
    describe(Name.of(owner), column, text, catalog, offset)


def describe(
    name: Name, column: Part | None, text: str | None, catalog: Catalog, offset: int
) -> None:
    """Set the comment of a table or of one of its columns."""
    draft = catalog.find(name)
    if draft is None:
        catalog.note(offset, f"{name}: {text}", say("ddl.describes_absent", table=str(name)))
    elif column is None:
        draft.comment = text or None
    elif draft.query is not None:
        draft.column_comments[catalog.fold(column)] = text or ""
    else:
        describe_column(draft, column, text, catalog, offset)


def describe_column(
    draft: Draft, part: Part, text: str | None, catalog: Catalog, offset: int
) -> None:
    """Set a column's comment; a column that the table lacks is named as not understood."""
    column = catalog.column(draft, part)
    if column is not None:
        column.comment = text or None
    elif draft.columns:
        reason = say("ddl.describes_absent_column", table=draft.label)
        catalog.note(offset, f"{draft.label}.{part.text}: {text}", reason)
