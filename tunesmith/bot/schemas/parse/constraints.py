"""Keys and references of a table, wherever they are declared."""

from tunesmith.bot.schemas.model import Dialect
from tunesmith.bot.schemas.parse.catalog import Catalog, Draft, Key, Reference
from tunesmith.bot.schemas.parse.columns import Definition, read_expression, read_names
from tunesmith.bot.schemas.parse.cursor import Cursor, Part

_INDEX_DIALECTS = {"KEY": {Dialect.MYSQL}, "INDEX": {Dialect.MYSQL, Dialect.MSSQL}}
_INDEX_KINDS = frozenset({"FULLTEXT", "SPATIAL", "VECTOR"})


def is_constraint(cursor: Cursor) -> bool:
    """Whether an element is a constraint or index, and no column of such a name."""
    word, following = cursor.word(), cursor.word(1)
    if word in {"CONSTRAINT", "UNIQUE", "EXCLUDE"}:
        return True
    if word in {"PRIMARY", "FOREIGN"}:
        return following == "KEY"
    if word == "CHECK":
        return cursor.is_symbol("(", 1) or following == "NOT"
    if word in _INDEX_DIALECTS:
        return cursor.dialect in _INDEX_DIALECTS[word]
    if word in _INDEX_KINDS:
        return cursor.dialect is Dialect.MYSQL and (
            following in {"KEY", "INDEX"} or cursor.is_symbol("(", 2)
        )
    return (word, following) in {("PERIOD", "FOR"), ("SUPPLEMENTAL", "LOG"), ("NOT", "NULL")}


def read_constraint(cursor: Cursor, draft: Draft, catalog: Catalog) -> bool:
    """Read a table's constraint and add it. False if it was not understood."""
    offset = cursor.offset
    name: str | None = None
    if cursor.accept("CONSTRAINT"):
        cursor.accept("IF", "NOT", "EXISTS")
        if not is_constraint(cursor) or cursor.word() == "CONSTRAINT":
            part = cursor.name()
            name = catalog.fold(part) if part else None
    if cursor.accept("PRIMARY", "KEY"):
        columns = _key_columns(cursor, catalog)
        if not columns:
            return False
        draft.primary = Key(name, columns, offset)
        return True
    if cursor.accept("UNIQUE"):
        return _read_unique(cursor, draft, catalog, name, offset)
    if cursor.accept("FOREIGN", "KEY"):
        return _read_foreign_key(cursor, draft, catalog, name, offset)
    if cursor.accept("DEFAULT"):
        return _read_default(cursor, draft, catalog)
    if cursor.accept("NOT", "NULL"):
        part = cursor.name()
        column = catalog.column(draft, part) if part else None
        if column is not None:
            column.nullable = False
        return column is not None
    # CHECK, EXCLUDE, indexes and periods say nothing that the model holds.
    return is_constraint(cursor)


def _key_columns(cursor: Cursor, catalog: Catalog) -> list[str]:
    if cursor.accept("USING", "INDEX"):
        part = cursor.name()
        return list(catalog.unique_indexes.get(catalog.fold(part), ())) if part else []
    names = read_names(group) if cursor.skip_to("(") and (group := cursor.group()) else None
    return [catalog.fold(part) for part in names or ()]


def _read_unique(
    cursor: Cursor, draft: Draft, catalog: Catalog, name: str | None, offset: int
) -> bool:
    if not cursor.accept("KEY"):
        cursor.accept("INDEX")
    if (
        name is None
        and not cursor.is_symbol("(")
        and cursor.word() not in {"USING", "CLUSTERED", "NONCLUSTERED"}
    ):
        part = cursor.name()  # MySQL: the index has the name
        name = catalog.fold(part) if part else None
    if cursor.word(0) != "USING" and not cursor.skip_to("("):
        return False
    columns = _key_columns(cursor, catalog)
    if columns:  # over expressions it is no key of columns
        draft.unique.append(Key(name, columns, offset))
    return True


def _read_foreign_key(
    cursor: Cursor, draft: Draft, catalog: Catalog, name: str | None, offset: int
) -> bool:
    cursor.accept("IF", "NOT", "EXISTS")
    if not cursor.is_symbol("("):
        part = cursor.name()
        name = name or (catalog.fold(part) if part else None)
    group = cursor.group()
    columns = read_names(group) if group else None
    if not columns or not cursor.accept("REFERENCES"):
        return False
    target = cursor.table_name()
    if target is None:
        return False
    group = cursor.group()
    to = read_names(group) if group else []
    if to is None:
        return False
    draft.references.append(
        Reference(name, [catalog.fold(part) for part in columns], target, to, offset)
    )
    return True


def _read_default(cursor: Cursor, draft: Draft, catalog: Catalog) -> bool:
    """T-SQL: `DEFAULT value FOR column`."""
    value = read_expression(cursor)
    part = cursor.name() if cursor.accept("FOR") else None
    column = catalog.column(draft, part) if part else None
    if column is None:
        return False
    column.default = None if value.strip("()").upper() == "NULL" else value
    return True


def add_keys_of(definition: Definition, draft: Draft, catalog: Catalog, offset: int) -> None:
    """Add the keys and references that a column's definition makes."""
    own = [catalog.fold(part) for part in definition.key_columns or [definition.name]]
    if definition.primary is not None:
        draft.primary = Key(definition.primary.lower() or None, own, offset)
    if definition.unique is not None:
        draft.unique.append(Key(definition.unique.lower() or None, own, offset))
    for name, target, to in definition.references:
        draft.references.append(
            Reference(
                name.lower() if name else None, [catalog.fold(definition.name)], target, to, offset
            )
        )
