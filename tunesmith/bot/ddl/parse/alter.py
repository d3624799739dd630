"""ALTER TABLE: one action after the other, in any of the dialects."""

from tunesmith.bot.ddl.model import Column
from tunesmith.bot.ddl.parse.column_definition import Definition, read_definition, read_names
from tunesmith.bot.ddl.parse.constraints import add_keys_of, is_constraint, read_constraint
from tunesmith.bot.ddl.parse.cursor import Cursor, Part, TableName
from tunesmith.bot.ddl.parse.schema_builder import Draft, SchemaBuilder
from tunesmith.bot.ddl.parse.tables import add_column, read_element
from tunesmith.bot.ddl.parse.types import read_type, read_value
from tunesmith.bot.ddl.parse.vocabulary import ALTER_VERBS, IGNORED_ALTER_VERBS
from tunesmith.bot.messages import say

_FURTHER_VERBS = frozenset({"ADD", "MODIFY", "DROP"})
_NAMED_PARTS = frozenset({"CONSTRAINT", "INDEX", "KEY"})
_IGNORED_PARTS = frozenset({"CHECK", "PARTITION", "PERIOD", "SUPPLEMENTAL", "SYSTEM", "STATISTICS"})


def alter_table(cursor: Cursor, builder: SchemaBuilder) -> None:
    """Read a statement behind its ALTER TABLE."""
    cursor.accept("IF", "EXISTS")
    cursor.accept("ONLY")
    offset = cursor.offset
    name = cursor.table_name()
    cursor.symbol("*")
    draft = builder.find(name) if name else None
    verb = ""
    for action in cursor.elements():
        start = action.at
        verb = _verb(action, verb)
        if verb in IGNORED_ALTER_VERBS and not (verb == "SET" and action.word() == "SCHEMA"):
            continue
        if draft is None:
            builder.note(offset, action.written(start), say("ddl.changes_absent", table=str(name)))
        elif not _act_all(verb, action, draft, builder):
            said = say("ddl.change_unknown", table=draft.label)
            builder.note(action.tokens[start].start, action.written(start), said)


def _verb(action: Cursor, before: str) -> str:
    """Step over the verb. An action without one goes on with the verb before it."""
    if before and action.dialect.ddl.one_alter_verb:
        return before
    if not action.accept("WITH", "CHECK"):  # SQL Server: whether the rows are checked
        action.accept("WITH", "NOCHECK")
    return action.accept_any(ALTER_VERBS | IGNORED_ALTER_VERBS) or before


def _act_all(verb: str, action: Cursor, draft: Draft, builder: SchemaBuilder) -> bool:
    """Act; Oracle may go on with another verb without a comma."""
    done = verb in _ACTIONS and _ACTIONS[verb](action, draft, builder)
    while done and (following := action.accept_any(_FURTHER_VERBS)):
        done = _ACTIONS[following](action, draft, builder)
    return done


def _add(action: Cursor, draft: Draft, builder: SchemaBuilder) -> bool:
    if action.accept_any(_IGNORED_PARTS - {"CHECK"}):
        return True
    action.accept("COLUMN")
    unless_exists = action.accept("IF", "NOT", "EXISTS")
    group = action.group()
    if group is not None:
        understood = [read_element(element, draft, builder) for element in group.elements()]
        return all(understood)
    if is_constraint(action) or action.word() == "DEFAULT":
        return read_constraint(action, draft, builder)
    offset = action.offset
    definition = read_definition(action)
    if definition is None:
        return False
    if unless_exists and builder.column(draft, definition.name) is not None:
        return True
    if add_column(definition, draft, builder, offset) is not None:
        _place(definition, draft, builder)
    return True


def _place(definition: Definition, draft: Draft, builder: SchemaBuilder) -> None:
    """MySQL: move the column to FIRST, or AFTER another."""
    if not definition.first and definition.after is None:
        return
    key = builder.fold(definition.name)
    column = draft.columns.pop(key)
    others = list(draft.columns.items())
    at = 0
    if definition.after is not None:
        names = list(draft.columns)
        after = builder.fold(definition.after)
        at = names.index(after) + 1 if after in names else len(names)
    draft.columns = dict([*others[:at], (key, column), *others[at:]])


def _drop(action: Cursor, draft: Draft, builder: SchemaBuilder) -> bool:
    if action.accept("PRIMARY", "KEY"):
        draft.drop_primary()
        return True
    if action.accept_any(_NAMED_PARTS) or action.accept("FOREIGN", "KEY"):
        return _drop_key(action, draft, builder)
    if action.accept_any(_IGNORED_PARTS):
        return True
    if action.accept("UNIQUE"):
        group = action.group()
        columns = [builder.fold(part) for part in (read_names(group) or ())] if group else []
        draft.unique = [key for key in draft.unique if key.columns != columns]
        return True
    column = action.accept("COLUMN")
    optional = action.accept("IF", "EXISTS")
    done = True
    for element in (action.group() or action).elements():
        start = element.at
        part = element.name()
        if part is None or not builder.drop_column(draft, part):
            element.at = start  # SQL Server: DROP name is a constraint's
            done = (optional or not column) and _drop_key(element, draft, builder) and done
    return done


def _drop_key(action: Cursor, draft: Draft, builder: SchemaBuilder) -> bool:
    action.accept("IF", "EXISTS")
    part = action.name()
    if part is None:
        return False
    name = builder.fold(part)
    unnamed = 0
    for ref in draft.references:
        unnamed += ref.name is None
        ref.name = ref.name or _name_given(draft, builder, ref.columns, "fkey", unnamed)
    if draft.primary and name in {draft.primary.name, _name_given(draft, builder, [], "pkey")}:
        draft.drop_primary()
    draft.unique = [
        key
        for key in draft.unique
        if name != (key.name or _name_given(draft, builder, key.columns, "key"))
    ]
    draft.references = [ref for ref in draft.references if ref.name != name]
    return True


def _name_given(
    draft: Draft, builder: SchemaBuilder, columns: list[str], ending: str, number: int = 0
) -> str | None:
    """The name that the database itself gives to a key which the file leaves without one."""
    key_name = builder.profile.ddl.key_name
    return key_name(builder.fold(draft.name), columns, ending, number) if key_name else None


def _alter(action: Cursor, draft: Draft, builder: SchemaBuilder) -> bool:
    if action.accept_any(_NAMED_PARTS | {"CHECK"}):
        return True
    action.accept("COLUMN")
    action.accept("IF", "EXISTS")
    part = action.name()
    column = builder.column(draft, part) if part else None
    return column is not None and _alter_column(action, column)


def _alter_column(action: Cursor, column: Column) -> bool:
    if action.accept("SET") or action.accept("ADD"):
        return _set_property(action, column)
    if action.accept("DROP"):
        return _drop_property(action, column)
    if action.accept("TYPE"):
        column.type = read_type(action)
        return bool(column.type)
    if not action.dialect.ddl.alter_redefines:
        return action.accept("RESTART")
    column.type = read_type(action) or column.type
    if action.accept("COLLATE"):
        action.name()
    column.nullable = not action.accept("NOT", "NULL")
    return True


def _set_property(action: Cursor, column: Column) -> bool:
    if action.accept("NOT", "NULL"):
        column.nullable = False
    elif action.accept("DEFAULT"):
        column.default = read_value(action)
    elif action.accept("DATA", "TYPE"):
        column.type = read_type(action)
    elif action.accept("EXPRESSION", "AS"):
        column.generated = action.written()
    else:
        if action.word() == "GENERATED":
            column.nullable = False
        return not action.done  # storage, statistics, visibility
    return True


def _drop_property(action: Cursor, column: Column) -> bool:
    if action.accept("NOT", "NULL"):
        column.nullable = True
    elif action.accept("DEFAULT"):
        column.default = None
    elif action.accept("EXPRESSION"):
        column.generated = None
    return True


def _modify(action: Cursor, draft: Draft, builder: SchemaBuilder) -> bool:
    if action.word() in {"CONSTRAINT", "PARTITION", "PRIMARY", "UNIQUE", "LOB", "DEFAULT"}:
        return True
    action.accept("COLUMN")
    action.accept("IF", "EXISTS")
    elements = (action.group() or action).elements()
    understood = [_redefine(element, draft, builder, None) for element in elements]
    return all(understood)


def _change(action: Cursor, draft: Draft, builder: SchemaBuilder) -> bool:
    action.accept("COLUMN")
    action.accept("IF", "EXISTS")
    old = action.name()
    return old is not None and _redefine(action, draft, builder, old)


def _redefine(action: Cursor, draft: Draft, builder: SchemaBuilder, old: Part | None) -> bool:
    """Read a definition again: MySQL replaces all of it, Oracle only what is said."""
    offset = action.offset
    definition = read_definition(action)
    if definition is None:
        return False
    if old is not None and not builder.rename_column(draft, old, definition.name):
        return False
    column = builder.column(draft, definition.name)
    if column is None:
        return False
    new = definition.column()
    if builder.profile.ddl.modify_keeps:
        column.type = new.type or column.type
        if definition.nullable is not None:
            column.nullable = new.nullable
        if definition.has_default:
            column.default = new.default
    else:
        column.type, column.nullable, column.default = new.type, new.nullable, new.default
        column.comment, column.generated = new.comment, new.generated
    add_keys_of(definition, draft, builder, offset)
    _place(definition, draft, builder)
    return not definition.unknown


def _rename(action: Cursor, draft: Draft, builder: SchemaBuilder) -> bool:
    if action.accept_any(_NAMED_PARTS | {"PARTITION"}):
        return True
    to_table = action.accept("TO") or action.accept("AS") or action.stop - action.at == 1
    if to_table and action.word() != "COLUMN":
        name = action.table_name()
        if name is not None:
            builder.rename(draft, name)
        return name is not None
    action.accept("COLUMN")
    old = action.name()
    new = action.name() if action.accept("TO") else None
    return old is not None and new is not None and builder.rename_column(draft, old, new)


def _attach(action: Cursor, draft: Draft, builder: SchemaBuilder) -> bool:
    name = action.table_name() if action.accept("PARTITION") else None
    child = builder.find(name) if name else None
    if child is not None:
        child.partition_of = draft
    return child is not None


def _comment(action: Cursor, draft: Draft, _: SchemaBuilder) -> bool:
    action.symbol("=")
    text = action.string()
    draft.comment = text or None
    return text is not None


def _set_schema(action: Cursor, draft: Draft, builder: SchemaBuilder) -> bool:
    action.accept("SCHEMA")
    schema = action.name()
    if schema is not None:
        builder.rename(draft, TableName(draft.name, schema))
    return schema is not None


_ACTIONS = {
    "ADD": _add,
    "DROP": _drop,
    "ALTER": _alter,
    "MODIFY": _modify,
    "CHANGE": _change,
    "RENAME": _rename,
    "ATTACH": _attach,
    "COMMENT": _comment,
    "SET": _set_schema,
}
