"""CREATE VIEW, and the columns of what is made from a query."""

from tunesmith.bot.ddl.model import Column
from tunesmith.bot.ddl.parse.comments import describe_column
from tunesmith.bot.ddl.parse.cursor import Cursor, Part
from tunesmith.bot.ddl.parse.lexer import Kind
from tunesmith.bot.ddl.parse.query_columns import (
    Entries,
    NotYetError,
    UnknownColumnsError,
    query_columns,
)
from tunesmith.bot.ddl.parse.schema_builder import Draft, Query, SchemaBuilder
from tunesmith.bot.messages import say

_TAILS = (
    ("WITH", "CHECK", "OPTION"),
    ("WITH", "CASCADED", "CHECK", "OPTION"),
    ("WITH", "LOCAL", "CHECK", "OPTION"),
    ("WITH", "READ", "ONLY"),
    ("WITH", "DATA"),
    ("WITH", "NO", "DATA"),
    ("WITH", "NO", "SCHEMA", "BINDING"),
)


def create_view(cursor: Cursor, builder: SchemaBuilder, *, replace: bool = False) -> None:
    """Read a statement behind its CREATE or ALTER."""
    start = cursor.at
    modifiers: set[str] = set()
    while not cursor.accept("VIEW") and not cursor.done:
        modifiers.add(cursor.word())
        cursor.at += 1  # OR REPLACE; MySQL: ALGORITHM = …, DEFINER = `root`@`%`
    cursor.accept("IF", "NOT", "EXISTS")
    offset = cursor.offset
    name = cursor.table_name()
    if name is None:
        builder.note(offset, cursor.written(start), say("ddl.view_without_name"))
        return
    old = builder.find(name)
    if old is not None and old.is_view and (replace or modifiers & {"REPLACE", "ALTER"}):
        builder.drop(old)
    draft = builder.create(name)
    if draft is None:
        reason = say("ddl.second_view")
        builder.note(offset, f"CREATE VIEW {name}", reason)
        return
    draft.is_view = True
    draft.temporary = bool(modifiers & {"TEMP", "TEMPORARY"})
    group = cursor.group()
    names = [part for element in group.elements() if (part := element.name())] if group else []
    while not cursor.done and not cursor.accept("AS"):
        if cursor.accept("COMMENT"):
            cursor.symbol("=")
            draft.comment = cursor.string()
        elif cursor.group() is None:
            cursor.at += 1
    _cut_tail(cursor)
    draft.query = Query(cursor.written(), names, offset, builder.home)


def select_into(cursor: Cursor, builder: SchemaBuilder) -> None:
    """SELECT … INTO table: read behind its first word; other queries only ask."""
    start = cursor.at - 1
    into = next((i for i in range(start, cursor.stop) if _is_into(cursor, i)), None)
    cursor.at = into + 1 if into is not None else cursor.stop
    while cursor.accept_any(frozenset({"TEMP", "TEMPORARY", "TABLE"})):
        pass
    name = cursor.table_name()
    draft = builder.create(name) if name else None
    if into is None or draft is None:
        builder.ignored["SELECT"] += 1
        return
    text = f"{cursor.written(start, into)} {cursor.written()}"
    draft.query = Query(text, [], cursor.tokens[start].start, builder.home)
    words = {cursor.tokens[index].value for index in range(into, cursor.at)}
    draft.temporary = draft.name.text.startswith("#") or bool(words & {"TEMP", "TEMPORARY"})


def _is_into(cursor: Cursor, index: int) -> bool:
    tokens = cursor.tokens
    word = tokens[index].kind is Kind.WORD and tokens[index].value == "INTO"
    return word and tokens[index - 1].value not in {"INSERT", "MERGE"}


def _cut_tail(cursor: Cursor) -> None:
    """Leave off what stands behind the query."""
    for words in _TAILS:
        at = cursor.stop - len(words)
        ending = tuple(token.value for token in cursor.tokens[at : cursor.stop])
        if at > cursor.at and ending == words:
            cursor.stop = at


def resolve_queries(builder: SchemaBuilder, deadline: float) -> None:
    """Find the columns of everything that is made from a query, in whatever order it stands.

    What is not resolved at `deadline` (of `time.monotonic`) keeps its columns unknown.
    """
    entries: Entries = {}
    waiting = [draft for draft in builder.drafts if draft.query is not None]
    while waiting:
        left = [
            draft
            for draft in waiting
            if not _resolve(draft, builder, entries, deadline, last=False)
        ]
        if len(left) == len(waiting):  # they select from each other
            for draft in left:
                _resolve(draft, builder, entries, deadline, last=True)
            return
        waiting = left


def _resolve(
    draft: Draft, builder: SchemaBuilder, entries: Entries, deadline: float, *, last: bool
) -> bool:
    """Give `draft` its columns. False if a table it selects from is still to be resolved."""
    query = draft.query
    assert query is not None
    names = query.names
    if not draft.is_view and all(column.type == "" for column in draft.columns.values()):
        names = [Part(column.name, column.quoted) for column in draft.columns.values()]
        draft.columns = {}
    try:
        columns = query_columns(query, builder, entries, deadline, last=last)
    except NotYetError:
        return False
    except UnknownColumnsError as error:
        columns = []
        if not names:
            reason = say("ddl.columns_unknown", view=draft.label, why=error.why)
            builder.note(query.offset, f"{draft.label} AS {query.text}", reason)
    if names:
        unknown = [Column(name=part.text, type="") for part in names]
        known = columns if len(columns) == len(names) else unknown
        columns = [_named(column, part) for part, column in zip(names, known, strict=True)]
    for column in columns:
        draft.columns.setdefault(builder.fold(Part(column.name, column.quoted)), column)
    draft.query = None
    for key, text in draft.column_comments.items():
        describe_column(draft, Part(key, quoted=True), text, builder, query.offset)
    return True


def _named(column: Column, part: Part) -> Column:
    return column.model_copy(update={"name": part.text, "quoted": part.quoted})
