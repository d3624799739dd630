"""CREATE TABLE: its elements one by one, and what stands behind them."""

from tunesmith.bot.schemas.model import Column, Dialect
from tunesmith.bot.schemas.parse.catalog import Catalog, Draft, Query
from tunesmith.bot.schemas.parse.constraints import (
    add_keys_of,
    is_constraint,
    read_constraint,
)
from tunesmith.bot.schemas.parse.columns import Definition, read_definition
from tunesmith.bot.schemas.parse.cursor import Cursor
from tunesmith.bot.schemas.parse.remarks import remark_behind

_MODIFIERS = frozenset(
    "OR REPLACE GLOBAL LOCAL TEMPORARY TEMP UNLOGGED EXTERNAL FOREIGN PRIVATE SHARDED DUPLICATED"
    " IMMUTABLE BLOCKCHAIN VIRTUAL COLUMN ROW".split()
)


def create_table(cursor: Cursor, catalog: Catalog) -> None:
    """Read a statement behind its CREATE."""
    start = cursor.at
    modifiers: set[str] = set()
    while word := cursor.accept_any(_MODIFIERS):
        modifiers.add(word)
    cursor.accept("TABLE")
    cursor.accept("IF", "NOT", "EXISTS")
    offset = cursor.offset
    name = cursor.table_name()
    if name is None:
        catalog.note(offset, cursor.source(start), "a table without a name")
        return
    draft = catalog.create(name)
    if draft is None:
        catalog.note(
            offset, f"CREATE TABLE {name}", "a second table of this name; the first is kept"
        )
        return
    draft.temporary = _is_temporary(draft, modifiers, cursor.dialect)
    if draft.temporary:
        catalog.ignored["CREATE TEMPORARY TABLE"] += 1
    if "VIRTUAL" in modifiers:
        _read_virtual(cursor, draft)
    else:
        _read_rest(cursor, draft, catalog, offset)
    if not draft.columns and draft.query is None and draft.partition_of is None:
        catalog.note(offset, f"CREATE TABLE {name}", "a table without columns")


def _is_temporary(draft: Draft, modifiers: set[str], dialect: Dialect) -> bool:
    if draft.name.text.startswith("#"):
        return True
    # Oracle's global temporary tables stay, only their rows do not.
    lasting = dialect is Dialect.ORACLE and "GLOBAL" in modifiers
    return bool(modifiers & {"TEMP", "TEMPORARY"}) and not lasting


def _read_rest(cursor: Cursor, draft: Draft, catalog: Catalog, offset: int) -> None:
    """Read what stands behind the name."""
    if cursor.accept("PARTITION", "OF"):
        draft.partition_of = copy_columns(cursor, draft, catalog, everything=True)
    elif cursor.accept("LIKE"):
        copy_columns(cursor, draft, catalog, everything=True)
    elif cursor.accept("OF"):
        cursor.table_name()
    body = cursor.group()
    if body is not None and body.word() in {"SELECT", "WITH"}:
        draft.query = Query(body.source(), [], offset)
    elif body is not None:
        _read_body(body, draft, catalog)
    _read_tail(cursor, draft, catalog, offset)


def _read_body(body: Cursor, draft: Draft, catalog: Catalog) -> None:
    draft.remark = remark_behind(body, body.at - 1, body.at)
    for element in body.elements():
        start = element.at
        if not read_element(element, draft, catalog):
            element.at = start
            catalog.note(
                element.offset, element.source(), f"a part of {draft.label} that was not understood"
            )


def read_element(element: Cursor, draft: Draft, catalog: Catalog) -> bool:
    """Read a column or a constraint, add it to the table. False if it was not understood."""
    if element.word() == "LIKE":
        element.at += 1
        return copy_columns(element, draft, catalog, everything=False) is not None
    if is_constraint(element):
        return read_constraint(element, draft, catalog)
    start = element.at
    definition = read_definition(element)
    if definition is None:
        return False
    column = add_column(definition, draft, catalog, element.tokens[start].start)
    if column is not None:
        column.remark = remark_behind(element, start, element.stop)
    return True


def add_column(
    definition: Definition, draft: Draft, catalog: Catalog, offset: int
) -> Column | None:
    """Add a column with the keys its definition makes. None if there is one of that name."""
    key = catalog.fold(definition.name)
    if key in draft.columns:
        catalog.note(
            offset,
            f"{draft.label}.{definition.name.text}",
            "a second column of this name; the first is kept",
        )
        return None
    if definition.nullable is None and catalog.is_mandatory(definition.type):
        definition.nullable = False
    column = draft.columns[key] = definition.column()
    add_keys_of(definition, draft, catalog, offset)
    for piece in definition.unknown:
        catalog.note(
            offset,
            piece,
            f"an option of {draft.label}.{definition.name.text} that was not understood",
        )
    return column


def copy_columns(
    cursor: Cursor, draft: Draft, catalog: Catalog, *, everything: bool
) -> Draft | None:
    """Read `table [INCLUDING …]` and copy that table's columns. None if it is not in the file."""
    offset = cursor.offset
    name = cursor.table_name()
    source = catalog.find(name) if name else None
    if source is None:
        catalog.note(
            offset,
            f"{draft.label} LIKE {name}",
            f"{name} is not in the file, so its columns are unknown",
        )
        return None
    included = {"ALL"} if everything else set[str]()
    while cursor.accept("INCLUDING"):
        included.add(cursor.word())
        cursor.at += 1
    all_of_it = "ALL" in included
    for key, column in source.columns.items():
        if key in draft.columns:
            continue
        draft.columns[key] = copied = column.model_copy()
        if not (all_of_it or "DEFAULTS" in included):
            copied.default = None
        if not (all_of_it or "GENERATED" in included):
            copied.generated = None
        if cursor.dialect is Dialect.POSTGRES and not (
            included & {"ALL", "COMMENTS"} and not everything
        ):
            copied.comment = None
    if all_of_it or "INDEXES" in included:
        draft.primary, draft.unique = source.primary, list(source.unique)
    return source


def _read_tail(cursor: Cursor, draft: Draft, catalog: Catalog, offset: int) -> None:
    """Read what stands behind the body; storage and partitions say nothing of columns."""
    while not cursor.done:
        if cursor.accept("INHERITS"):
            _inherit(cursor.group(), draft, catalog)
        elif cursor.accept("COMMENT"):
            cursor.symbol("=")
            draft.comment = cursor.string() or draft.comment
        elif (
            cursor.word() in {"SELECT", "WITH"}
            and cursor.word(-1) == "AS"
            or cursor.word() == "SELECT"
        ):
            draft.query = Query(cursor.source(), [], offset)
            return
        elif cursor.group() is not None:
            inner = cursor.part(cursor.at, cursor.at)
            del inner
        else:
            cursor.at += 1


def _inherit(parents: Cursor | None, draft: Draft, catalog: Catalog) -> None:
    own = draft.columns
    draft.columns = {}
    for parent in parents.elements() if parents else ():
        copy_columns(parent, draft, catalog, everything=False)
    for key, column in own.items():
        draft.columns[key] = column


def _read_virtual(cursor: Cursor, draft: Draft) -> None:
    """SQLite's full-text and tree tables: names without types, and `option=value`."""
    cursor.accept("USING")
    cursor.name()
    body = cursor.group()
    for element in body.elements() if body else ():
        name = element.name()
        if name is not None and not element.is_symbol("="):
            draft.columns.setdefault(
                name.text.lower(), Column(name=name.text, type="", quoted=name.quoted)
            )
