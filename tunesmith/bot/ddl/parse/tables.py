"""CREATE TABLE: its elements one by one, and what stands behind them."""

from tunesmith.bot.ddl.dialects.profile import Profile
from tunesmith.bot.ddl.model import Column
from tunesmith.bot.ddl.parse.column_definition import Definition, read_definition
from tunesmith.bot.ddl.parse.comments import remark_behind
from tunesmith.bot.ddl.parse.constraints import add_keys_of, is_constraint, read_constraint
from tunesmith.bot.ddl.parse.cursor import Cursor
from tunesmith.bot.ddl.parse.schema_builder import Draft, Query, SchemaBuilder
from tunesmith.bot.messages import say

_QUERY_WORDS = {"SELECT", "WITH", "VALUES"}


def create_table(cursor: Cursor, builder: SchemaBuilder) -> None:
    """Read a statement behind its CREATE."""
    start = cursor.at
    modifiers: set[str] = set()
    while not cursor.accept("TABLE") and not cursor.done:
        modifiers.add(cursor.word())  # OR REPLACE, GLOBAL TEMPORARY, UNLOGGED, VIRTUAL
        cursor.at += 1
    unless_exists = cursor.accept("IF", "NOT", "EXISTS")
    offset = cursor.offset
    name = cursor.table_name()
    if name is None:
        builder.note(offset, cursor.written(start), say("ddl.table_without_name"))
        return
    own = builder.profile.ddl.own_tables
    if own and name.last.text.lower().startswith(own):
        builder.ignored[f"CREATE TABLE {own}…"] += 1
        return
    draft = builder.create(name)
    if draft is None:
        if not unless_exists:
            reason = say("ddl.second_table")
            builder.note(offset, f"CREATE TABLE {name}", reason)
        return
    draft.temporary = _is_temporary(draft, modifiers, cursor.dialect)
    if draft.temporary:
        builder.ignored["CREATE TEMPORARY TABLE"] += 1
    if "VIRTUAL" in modifiers:
        _read_virtual(cursor, draft)
    else:
        _read_rest(cursor, draft, builder, offset)
    if not draft.columns and draft.query is None:
        builder.note(offset, f"CREATE TABLE {name}", say("ddl.table_without_columns"))


def _is_temporary(draft: Draft, modifiers: set[str], dialect: Profile) -> bool:
    mark = dialect.ddl.temporary_mark
    if mark and draft.name.text.startswith(mark):
        return True
    lasting = dialect.ddl.global_temporary_stays and "GLOBAL" in modifiers
    return bool(modifiers & {"TEMP", "TEMPORARY"}) and not lasting


def _read_rest(cursor: Cursor, draft: Draft, builder: SchemaBuilder, offset: int) -> None:
    """Read what stands behind the name."""
    if cursor.accept("PARTITION", "OF"):
        draft.partition_of = copy_columns(cursor, draft, builder, {"DEFAULTS", "GENERATED"})
    elif cursor.accept("LIKE"):
        copy_columns(cursor, draft, builder, {"ALL"})
    elif cursor.accept("OF"):
        cursor.table_name()
    body = cursor.group()
    if body is not None and body.word() in _QUERY_WORDS:
        draft.query = Query(body.written(), [], offset, builder.home)
    elif body is not None:
        if not body.closed:
            builder.note(offset, body.written(), say("ddl.parenthesis_open", table=draft.label))
        _read_body(body, draft, builder)
    _read_tail(cursor, draft, builder, offset)


def _read_body(body: Cursor, draft: Draft, builder: SchemaBuilder) -> None:
    draft.remark = remark_behind(body, body.at - 1, body.at)
    for element in body.elements():
        start = element.at
        if not read_element(element, draft, builder):
            reason = say("ddl.part_unknown", table=draft.label)
            builder.note(element.tokens[start].start, element.written(start), reason)


def read_element(element: Cursor, draft: Draft, builder: SchemaBuilder) -> bool:
    """Read a column or a constraint and add it to the table. False if it was not understood."""
    start = element.at
    if element.accept("LIKE"):
        return copy_columns(element, draft, builder, set()) is not None
    if is_constraint(element):
        return read_constraint(element, draft, builder)
    definition = read_definition(element)
    if definition is None:
        return False
    column = add_column(definition, draft, builder, element.tokens[start].start)
    if column is not None:
        column.remark = remark_behind(element, start, element.stop)
    return True


def add_column(
    definition: Definition, draft: Draft, builder: SchemaBuilder, offset: int
) -> Column | None:
    """Add a column with the keys its definition makes. None if there is one of that name."""
    key, label = builder.fold(definition.name), f"{draft.label}.{definition.name.text}"
    if key in draft.columns:
        builder.note(offset, label, say("ddl.second_column"))
        return None
    if definition.nullable is None and builder.is_mandatory(definition.type):
        definition.nullable = False
    column = draft.columns[key] = definition.column()
    add_keys_of(definition, draft, builder, offset)
    for piece in definition.unknown:
        builder.note(offset, piece, say("ddl.option_unknown", column=label))
    return column


def copy_columns(
    cursor: Cursor, draft: Draft, builder: SchemaBuilder, included: set[str]
) -> Draft | None:
    """Read `table [INCLUDING …]` and copy that table's columns. None if it is not in the file."""
    offset = cursor.offset
    name = cursor.table_name()
    source = builder.find(name) if name else None
    if source is None:
        reason = say("ddl.copied_absent", table=str(name))
        builder.note(offset, f"{draft.label} LIKE {name}", reason)
        return None
    while cursor.accept("INCLUDING"):
        included.add(cursor.word())
        cursor.at += 1
    if cursor.dialect.ddl.like_copies_all or "ALL" in included:
        included = {"DEFAULTS", "GENERATED", "COMMENTS", "INDEXES"}
    for key, column in source.columns.items():
        if key in draft.columns:
            continue
        draft.columns[key] = column.model_copy(
            update={
                "default": column.default if "DEFAULTS" in included else None,
                "generated": column.generated if "GENERATED" in included else None,
                "comment": column.comment if "COMMENTS" in included else None,
            }
        )
    if "INDEXES" in included:
        draft.primary = source.primary.copy() if source.primary else None
        draft.unique = [key.copy() for key in source.unique]
    return source


def _read_tail(cursor: Cursor, draft: Draft, builder: SchemaBuilder, offset: int) -> None:
    """Read what stands behind the body; storage and partitions say nothing of columns."""
    while not cursor.done:
        if cursor.accept("INHERITS"):
            _inherit(cursor.group(), draft, builder)
        elif cursor.accept("COMMENT"):
            cursor.symbol("=")
            draft.comment = cursor.string() or draft.comment
        elif _opens_query(cursor):
            draft.query = Query(cursor.written(), [], offset, builder.home)
            return
        elif cursor.group() is None:
            cursor.at += 1


def _opens_query(cursor: Cursor) -> bool:
    if cursor.word(-1) != "AS":
        return cursor.dialect.ddl.query_without_as and cursor.word() == "SELECT"
    return cursor.word() in _QUERY_WORDS or (
        cursor.is_symbol("(") and cursor.word(1) in _QUERY_WORDS | {""}
    )


def _inherit(parents: Cursor | None, draft: Draft, builder: SchemaBuilder) -> None:
    """PostgreSQL: the columns of the parents come first."""
    own, draft.columns = draft.columns, {}
    for parent in parents.elements() if parents else ():
        copy_columns(parent, draft, builder, {"DEFAULTS"})
    draft.columns.update(own)


def _read_virtual(cursor: Cursor, draft: Draft) -> None:
    """SQLite's full-text and tree tables: names without types, and `option=value`."""
    cursor.accept("USING")
    cursor.name()
    body = cursor.group()
    for element in body.elements() if body else ():
        name = element.name()
        if name is not None and not element.is_symbol("="):
            column = Column(name=name.text, type=read_virtual_type(element), quoted=name.quoted)
            draft.columns.setdefault(name.text.lower(), column)


def read_virtual_type(element: Cursor) -> str:
    """FTS4 takes types; FTS5 has options in their place."""
    return "" if element.word() in {"", "UNINDEXED"} else element.written()
