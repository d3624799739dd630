"""Keys and references of a table, wherever they are declared."""

from tunesmith.bot.ddl.parse.column_definition import Definition, read_names
from tunesmith.bot.ddl.parse.cursor import Cursor, Part
from tunesmith.bot.ddl.parse.schema_builder import Draft, Key, Reference, SchemaBuilder
from tunesmith.bot.ddl.parse.types import read_value

_PAIRS = {("PERIOD", "FOR"), ("SUPPLEMENTAL", "LOG"), ("NOT", "NULL")}
_BEFORE_COLUMNS = frozenset({"USING", "CLUSTERED", "NONCLUSTERED", "NULLS"})


def is_constraint(cursor: Cursor) -> bool:
    """Whether an element is a constraint or index, and no column of such a name."""
    word, following = cursor.word(), cursor.word(1)
    if word in {"CONSTRAINT", "UNIQUE"}:
        return True
    if word in {"PRIMARY", "FOREIGN"}:
        return following == "KEY"
    if word in {"CHECK", "EXCLUDE"}:
        return cursor.is_symbol("(", 1) or following in {"NOT", "USING"}
    if word in cursor.dialect.ddl.index_elements:
        return True
    if word in cursor.dialect.ddl.special_indexes:
        return following in {"KEY", "INDEX"} or cursor.is_symbol("(", 1) or cursor.is_symbol("(", 2)
    return (word, following) in _PAIRS


def read_constraint(cursor: Cursor, draft: Draft, builder: SchemaBuilder) -> bool:
    """Read a table's constraint and add it. False if it was not understood."""
    offset = cursor.offset
    name: Part | None = None
    if cursor.accept("CONSTRAINT"):
        cursor.accept("IF", "NOT", "EXISTS")
        if not is_constraint(cursor) or cursor.word() == "CONSTRAINT":
            name = cursor.name()
    if cursor.accept("PRIMARY", "KEY"):
        columns = _key_columns(cursor, builder)
        if columns:
            builder.set_primary(draft, Key(builder.fold_or_none(name), columns, offset))
        return bool(columns)
    if cursor.accept("UNIQUE"):
        return _read_unique(cursor, draft, builder, name, offset)
    if cursor.accept("FOREIGN", "KEY"):
        return _read_foreign_key(cursor, draft, builder, name, offset)
    if cursor.accept("DEFAULT"):
        return _read_default(cursor, draft, builder)
    if cursor.accept("NOT", "NULL"):
        part = cursor.name()
        column = builder.column(draft, part) if part else None
        if column is not None:
            column.nullable = False
        return column is not None
    # CHECK, EXCLUDE, indexes and periods say nothing that the model holds.
    return is_constraint(cursor)


def _key_columns(cursor: Cursor, builder: SchemaBuilder) -> list[str]:
    if cursor.accept("USING", "INDEX"):  # PostgreSQL: a unique index becomes the key
        index = cursor.name()
        return list(builder.unique_indexes.get(builder.fold(index), ())) if index else []
    group = cursor.group() if cursor.skip_to("(") else None
    names = read_names(group) if group else None
    return [builder.fold(part) for part in names or ()]


def _read_unique(
    cursor: Cursor, draft: Draft, builder: SchemaBuilder, name: Part | None, offset: int
) -> bool:
    if not cursor.accept("KEY"):
        cursor.accept("INDEX")
    if name is None and cursor.word() not in _BEFORE_COLUMNS:
        name = cursor.name()  # MySQL: the index has the name
    columns = _key_columns(cursor, builder)
    if columns:  # a key over expressions is no key of columns
        draft.unique.append(Key(builder.fold_or_none(name), columns, offset))
    return cursor.word(-1) != "UNIQUE"


def _read_foreign_key(
    cursor: Cursor, draft: Draft, builder: SchemaBuilder, name: Part | None, offset: int
) -> bool:
    cursor.accept("IF", "NOT", "EXISTS")
    if not cursor.is_symbol("("):
        name = cursor.name() or name  # MySQL: the key has a name of its own
    group = cursor.group()
    columns = read_names(group) if group else None
    target = cursor.table_name() if cursor.accept("REFERENCES") else None
    if not columns or target is None:
        return False
    group = cursor.group()
    to = read_names(group) if group else []
    if to is None:
        return False
    folded = [builder.fold(part) for part in columns]
    name_key, target = builder.fold_or_none(name), builder.placed(target)
    draft.references.append(Reference(name_key, folded, target, to, offset))
    return True


def _read_default(cursor: Cursor, draft: Draft, builder: SchemaBuilder) -> bool:
    """T-SQL: `DEFAULT value FOR column`."""
    value = read_value(cursor)
    part = cursor.name() if cursor.accept("FOR") else None
    column = builder.column(draft, part) if part else None
    if column is not None:
        column.default = value
    return column is not None


def add_keys_of(definition: Definition, draft: Draft, builder: SchemaBuilder, offset: int) -> None:
    """Add the keys and references that a column's definition makes."""
    for key in (definition.primary, definition.unique):
        if key is None:
            continue
        columns = [builder.fold(part) for part in key.columns or [definition.name]]
        added = Key(builder.fold_or_none(key.name), columns, offset)
        if key is definition.primary:
            builder.set_primary(draft, added)
        else:
            draft.unique.append(added)
    own = [builder.fold(definition.name)]
    for ref in definition.references:
        name, target = builder.fold_or_none(ref.name), builder.placed(ref.target)
        draft.references.append(Reference(name, list(own), target, ref.to, offset))


def create_index(cursor: Cursor, builder: SchemaBuilder) -> None:
    """Read CREATE INDEX behind its CREATE; a unique one over columns alone is a unique key."""
    builder.ignored["CREATE INDEX"] += 1
    if not cursor.accept("UNIQUE"):
        return
    cursor.skip_word("INDEX")
    cursor.accept("CONCURRENTLY")
    cursor.accept("IF", "NOT", "EXISTS")
    offset = cursor.offset
    name = cursor.dotted() if cursor.word() != "ON" else []
    cursor.skip_word("ON")
    cursor.accept("ONLY")
    target = cursor.table_name()
    draft = builder.find(target) if target else None
    group = cursor.group() if cursor.skip_to("(") else None
    columns = read_names(group) if group else None
    if draft is None or not columns or cursor.has_word("WHERE"):
        return
    key = Key(
        builder.fold_or_none(name[-1] if name else None),
        [builder.fold(part) for part in columns],
        offset,
    )
    draft.unique.append(key)
    if key.name:
        builder.unique_indexes[key.name] = key.columns
