"""Comments: in statements of their own, and as remarks (`-- like this`) behind a column."""

from bisect import bisect_left

from tunesmith.bot.ddl.parse.cursor import Cursor, Part, TableName
from tunesmith.bot.ddl.parse.schema_builder import Draft, SchemaBuilder
from tunesmith.bot.messages import say

_TABLE_WORDS = (("TABLE",), ("VIEW",), ("MATERIALIZED", "VIEW"), ("FOREIGN", "TABLE"))


def comment_on(cursor: Cursor, builder: SchemaBuilder) -> None:
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
        builder.ignored[f"COMMENT ON {cursor.word()}"] += 1
        return
    if not owner or not cursor.accept("IS"):
        builder.note(offset, cursor.written(start), say("ddl.comment_unknown"))
        return
    text = None if cursor.accept("NULL") else cursor.string()
    describe(TableName.of(owner), column, text, builder, offset)


def describe(
    name: TableName, column: Part | None, text: str | None, builder: SchemaBuilder, offset: int
) -> None:
    """Set the comment of a table or of one of its columns."""
    draft = builder.find(name)
    if draft is None:
        builder.note(offset, f"{name}: {text}", say("ddl.describes_absent", table=str(name)))
    elif column is None:
        draft.comment = text or None
    elif draft.query is not None:
        draft.column_comments[builder.fold(column)] = text or ""
    else:
        describe_column(draft, column, text, builder, offset)


def describe_column(
    draft: Draft, part: Part, text: str | None, builder: SchemaBuilder, offset: int
) -> None:
    """Set a column's comment; a column that the table lacks is named as not understood."""
    column = builder.column(draft, part)
    if column is not None:
        column.comment = text or None
    elif draft.columns:
        reason = say("ddl.describes_absent_column", table=draft.label)
        builder.note(offset, f"{draft.label}.{part.text}: {text}", reason)


def remark_behind(cursor: Cursor, start: int, stop: int) -> str | None:
    """The first comment in the tokens `start` to `stop`, or behind them on the same line."""
    comments = cursor.source.comments
    first = cursor.tokens[start].start
    index = bisect_left(comments, first, key=lambda comment: comment.start)
    if index >= len(comments):
        return None
    comment, end = comments[index], cursor.tokens[stop - 1].end
    if comment.start > end and not _same_line(cursor, end, comment.start):
        return None
    return comment.text or None


def _same_line(cursor: Cursor, end: int, start: int) -> bool:
    """Whether nothing but blanks and a comma stands between, and no line ends."""
    between = cursor.source.text[end:start]
    return "\n" not in between and not between.replace(",", "", 1).strip()
