"""ALTER TABLE: one action after the other, in any of the dialects."""

from tunesmith.bot.schemas.model import Column, Dialect
from tunesmith.bot.schemas.parse.catalog import Catalog, Draft
from tunesmith.bot.schemas.parse.columns import (
    Definition,
    read_definition,
    read_expression,
    read_type,
)
from tunesmith.bot.schemas.parse.constraints import add_keys_of, is_constraint, read_constraint
from tunesmith.bot.schemas.parse.cursor import Cursor, Name, Part
from tunesmith.bot.schemas.parse.tables import add_column, copy_columns, read_element

# Actions that say nothing of columns, keys or comments.
_IRRELEVANT = frozenset(
    "OWNER ENABLE DISABLE CHECK NOCHECK ENGINE AUTO_INCREMENT DEFAULT CONVERT CHARACTER CHARSET COLLATE"
    " CLUSTER REPLICA ORDER REBUILD SWITCH ALGORITHM LOCK PARTITION TRUNCATE DISCARD IMPORT FORCE"
    " ROW_FORMAT VALIDATE PCTFREE PCTUSED INITRANS MAXTRANS STORAGE CACHE NOCACHE LOGGING NOLOGGING MOVE"
    " PARALLEL NOPARALLEL NO INHERIT SET RESET DETACH EXCHANGE REORGANIZE COALESCE ANALYZE OPTIMIZE"
    " REPAIR REMOVE KEY_BLOCK_SIZE STATS_PERSISTENT READ SHRINK COMPRESS NOCOMPRESS ROW MONITORING"
    " NOMONITORING RESULT_CACHE SPLIT MERGE ALLOCATE DEALLOCATE CONNECTION MAX_ROWS MIN_ROWS"
    " AVG_ROW_LENGTH CHECKSUM PACK_KEYS DELAY_KEY_WRITE TABLESPACE INMEMORY OPTIONS ILM ATTRIBUTE".split()
)
_VERBS = frozenset("ADD DROP ALTER MODIFY CHANGE RENAME COMMENT ATTACH".split()) | _IRRELEVANT
_AGAIN = frozenset({"ADD", "MODIFY", "DROP"})
_DROPPED_PARTS = frozenset(
    "CHECK PARTITION PERIOD SUPPLEMENTAL SYSTEM STATISTICS EXPRESSION".split()
)


def alter_table(cursor: Cursor, catalog: Catalog) -> None:
    """Read a statement behind its ALTER TABLE."""
    cursor.accept("IF", "EXISTS")
    cursor.accept("ONLY")
    offset = cursor.offset
    name = cursor.table_name()
    cursor.symbol("*")
    draft = catalog.find(name) if name else None
    verb = ""
    for action in cursor.elements():
        start = action.at
        verb = _verb(action, verb)
        if verb in _IRRELEVANT and not (verb == "SET" and action.word() == "SCHEMA"):
            continue
        if draft is None:
            catalog.note(
                offset, action.source(start), f"it changes {name}, which is not in the file"
            )
        elif not _act_all(verb, action, draft, catalog):
            catalog.note(
                action.tokens[start].start,
                action.source(start),
                f"a change of {draft.label} that was not understood",
            )


def _verb(action: Cursor, before: str) -> str:
    """Step over the verb. An action without one goes on with the verb before it."""
    if before and action.dialect is Dialect.MSSQL:
        return before  # one verb for all
    if not action.accept("WITH", "CHECK"):  # SQL Server: whether the rows are checked
        action.accept("WITH", "NOCHECK")
    return action.accept_any(_VERBS) or before


def _act_all(verb: str, action: Cursor, draft: Draft, catalog: Catalog) -> bool:
    """Act; Oracle may go on with another verb without a comma."""
    done = _act(verb, action, draft, catalog)
    while done and (following := action.accept_any(_AGAIN)):
        done = _act(following, action, draft, catalog)
    return done


def _act(verb: str, action: Cursor, draft: Draft, catalog: Catalog) -> bool:
    if verb == "ADD":
        return _add(action, draft, catalog)
    if verb == "DROP":
        return _drop(action, draft, catalog)
    if verb == "ALTER":
        return _alter(action, draft, catalog)
    if verb == "MODIFY":
        return _modify(action, draft, catalog)
    if verb == "CHANGE":
        return _change(action, draft, catalog)
    if verb == "RENAME":
        return _rename(action, draft, catalog)
    if verb == "ATTACH":
        return _attach(action, draft, catalog)
    if verb == "COMMENT":
        action.symbol("=")
        text = action.string()
        draft.comment = text or None
        return text is not None
    if verb == "SET":  # SCHEMA
        action.at += 1
        schema = action.name()
        if schema is not None:
            catalog.rename(draft, Name(draft.name, schema))
        return schema is not None
    return False


def _add(action: Cursor, draft: Draft, catalog: Catalog) -> bool:
    if action.accept("PARTITION") or action.accept("SUPPLEMENTAL"):
        return True
    action.accept("COLUMN")
    action.accept("IF", "NOT", "EXISTS")
    group = action.group()
    if group is not None:
        return all([read_element(element, draft, catalog) for element in group.elements()])
    if is_constraint(action) or action.word() == "DEFAULT":
        return read_constraint(action, draft, catalog)
    offset = action.offset
    definition = read_definition(action)
    if definition is None:
        return False
    if add_column(definition, draft, catalog, offset) is not None:
        _place(definition, draft, catalog)
    return True


def _place(definition: Definition, draft: Draft, catalog: Catalog) -> None:
    """MySQL: FIRST and AFTER."""
    if not definition.first and definition.after is None:
        return
    key = catalog.fold(definition.name)
    column = draft.columns.pop(key)
    before = list(draft.columns.items())
    after = catalog.fold(definition.after) if definition.after else ""
    at = next(
        (i + 1 for i, (name, _) in enumerate(before) if name == after),
        0 if definition.first else len(before),
    )
    draft.columns = dict([*before[:at], (key, column), *before[at:]])


def _drop(action: Cursor, draft: Draft, catalog: Catalog) -> bool:
    if action.accept("PRIMARY", "KEY"):
        return _drop_primary(draft)
    if action.accept("CONSTRAINT") or action.accept("FOREIGN", "KEY"):
        return _drop_named(action, draft, catalog)
    if action.accept("INDEX") or action.accept("KEY"):
        return _drop_named(action, draft, catalog)
    if action.accept_any(_DROPPED_PARTS):
        return True
    if action.accept("UNIQUE"):
        group = action.group()
        columns = (
            [catalog.fold(element.name() or Part("", quoted=False)) for element in group.elements()]
            if group
            else []
        )
        draft.unique = [key for key in draft.unique if key.columns != columns]
        return True
    column = action.accept("COLUMN")
    optional = action.accept("IF", "EXISTS")
    group = action.group() or action
    found = True
    for element in group.elements():
        at = element.at
        part = element.name()
        if part is None or not catalog.drop_column(draft, part):
            element.at = at
            found = (optional or not column) and _drop_named(element, draft, catalog) and found
    return found


def _drop_primary(draft: Draft) -> bool:
    if draft.primary:
        for name in draft.primary.columns:
            if name in draft.columns:
                draft.columns[name].nullable = False
    draft.primary = None
    return True


def _drop_named(action: Cursor, draft: Draft, catalog: Catalog) -> bool:
    action.accept("IF", "EXISTS")
    part = action.name()
    if part is None:
        return False
    name = catalog.fold(part)
    if draft.primary and draft.primary.name == name:
        _drop_primary(draft)
    draft.unique = [key for key in draft.unique if key.name != name]
    draft.references = [ref for ref in draft.references if ref.name != name]
    return True


def _alter(action: Cursor, draft: Draft, catalog: Catalog) -> bool:
    if action.accept_any(frozenset({"INDEX", "CHECK", "CONSTRAINT"})):
        return True
    action.accept("COLUMN")
    action.accept("IF", "EXISTS")
    part = action.name()
    column = catalog.column(draft, part) if part else None
    if column is None:
        return False
    if action.accept("SET") or action.accept("DROP") or action.accept("ADD"):
        return _alter_property(action, column)
    if action.accept("TYPE"):
        column.type = read_type(action)
        return bool(column.type)
    if action.accept("RESTART"):
        return True
    if action.dialect is Dialect.POSTGRES:
        return False
    column.type = read_type(action) or column.type  # SQL Server: a whole new definition
    if action.accept("COLLATE"):
        action.name()
    column.nullable = not action.accept("NOT", "NULL")
    return True


def _alter_property(action: Cursor, column: Column) -> bool:
    dropped = action.word(-1) == "DROP"
    if action.accept("NOT", "NULL"):
        column.nullable = dropped
        return True
    if action.accept("DEFAULT"):
        value = "" if dropped else read_expression(action)
        column.default = None if value.strip("()").upper() in {"", "NULL"} else value
        return True
    if action.accept("DATA", "TYPE"):
        column.type = read_type(action)
        return bool(column.type)
    if action.word() == "GENERATED":
        column.nullable = False
        return True
    if action.accept("EXPRESSION"):
        column.generated = None if dropped else column.generated
        return True
    return bool(action.word()) or action.group() is not None


def _modify(action: Cursor, draft: Draft, catalog: Catalog) -> bool:
    if action.accept_any(
        frozenset({"CONSTRAINT", "PARTITION", "PRIMARY", "UNIQUE", "LOB", "DEFAULT"})
    ):
        return True
    action.accept("COLUMN")
    action.accept("IF", "EXISTS")
    group = action.group() or action
    return all([_redefine(element, draft, catalog, None) for element in group.elements()])


def _change(action: Cursor, draft: Draft, catalog: Catalog) -> bool:
    action.accept("COLUMN")
    action.accept("IF", "EXISTS")
    old = action.name()
    return old is not None and _redefine(action, draft, catalog, old)


def _redefine(action: Cursor, draft: Draft, catalog: Catalog, old: Part | None) -> bool:
    """MySQL replaces the whole definition, Oracle only what is said again."""
    offset = action.offset
    definition = read_definition(action)
    if definition is None:
        return False
    if old is not None and not catalog.rename_column(draft, old, definition.name):
        return False
    column = catalog.column(draft, definition.name)
    if column is None:
        return False
    new = definition.column()
    replace = catalog.dialect is not Dialect.ORACLE
    column.type = new.type or column.type
    if replace or definition.nullable is not None:
        column.nullable = new.nullable
    if replace or definition.said_default:
        column.default = new.default
    if replace:
        column.comment, column.generated = new.comment, new.generated
    add_keys_of(definition, draft, catalog, offset)
    _place(definition, draft, catalog)
    return not definition.unknown


def _rename(action: Cursor, draft: Draft, catalog: Catalog) -> bool:
    if action.accept_any(frozenset({"CONSTRAINT", "INDEX", "KEY", "PARTITION"})):
        return True
    column = action.accept("COLUMN")
    if not column and (action.accept("TO") or action.accept("AS") or action.stop - action.at == 1):
        name = action.table_name()
        if name is not None:
            catalog.rename(draft, name)
        return name is not None
    old = action.name()
    new = action.name() if action.accept("TO") else None
    return old is not None and new is not None and catalog.rename_column(draft, old, new)


def _attach(action: Cursor, draft: Draft, catalog: Catalog) -> bool:
    name = action.table_name() if action.accept("PARTITION") else None
    child = catalog.find(name) if name else None
    if child is not None:
        child.partition_of = draft
    return child is not None
