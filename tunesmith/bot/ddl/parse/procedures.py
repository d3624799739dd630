"""SQL Server's stored procedures that change a schema."""

from tunesmith.bot.ddl.parse.comments import describe
from tunesmith.bot.ddl.parse.cursor import Cursor, Part, Source, TableName
from tunesmith.bot.ddl.parse.schema_builder import SchemaBuilder
from tunesmith.bot.messages import say

_PROPERTY = (
    "name", "value", "level0type", "level0name", "level1type", "level1name", "level2type",
    "level2name",
)  # fmt: skip
_RENAME = ("objname", "newname", "objtype")
_ADDTYPE = ("typename", "phystype", "nulltype")
_DESCRIPTIONS = {"MS_DESCRIPTION", "DESCRIPTION"}
_LEVELS = {"", "SCHEMA", "USER", "TABLE", "VIEW", "COLUMN"}


def execute(cursor: Cursor, builder: SchemaBuilder) -> None:
    """Read EXEC behind its first word."""
    if cursor.word().startswith("@") and cursor.is_symbol("=", 1):
        cursor.at += 2  # EXEC @result = procedure …
    offset = cursor.offset
    parts = cursor.dotted()
    procedure = parts[-1].text.lower() if parts else ""
    done = False
    if procedure in {"sp_addextendedproperty", "sp_updateextendedproperty"}:
        done = _describe(_arguments(cursor, _PROPERTY), builder, offset)
    elif procedure == "sp_rename":
        done = _rename(_arguments(cursor, _RENAME), builder, offset)
    elif procedure == "sp_addtype":
        done = _add_type(_arguments(cursor, _ADDTYPE), builder)
    if not done:
        builder.ignored[f"EXEC {procedure}".strip()] += 1


def _arguments(cursor: Cursor, names: tuple[str, ...]) -> dict[str, str]:
    """The arguments by name, those without a name by their place; only text and names."""
    values: dict[str, str] = {}
    for place, element in enumerate(cursor.elements()):
        key = names[place] if place < len(names) else ""
        if element.word().startswith("@") and element.is_symbol("=", 1):
            key = element.word()[1:].lower()
            element.at += 2
        argument = (element.group() if element.accept("CAST") else None) or element
        text = argument.string()
        part = argument.name() if text is None and argument.word() != "NULL" else None
        if text is not None or part is not None:
            values[key] = text if text is not None else part.text if part else ""
    return values


def _describe(values: dict[str, str], builder: SchemaBuilder, offset: int) -> bool:
    """`sp_addextendedproperty`: of all properties, the description is the comment."""
    levels = {
        values.get(f"level{n}type", "").upper(): values.get(f"level{n}name") for n in range(3)
    }
    table = levels.get("TABLE") or levels.get("VIEW")
    described = values.get("name", "").upper() in _DESCRIPTIONS
    if not described or not table or set(levels) - _LEVELS:
        return False
    schema = levels.get("SCHEMA") or levels.get("USER")
    if schema and schema.startswith("@"):
        schema = None  # a variable: the current user's
    name = TableName(Part(table, quoted=True), Part(schema, quoted=True) if schema else None)
    column = levels.get("COLUMN")
    part = Part(column, quoted=True) if column else None
    describe(name, part, values.get("value"), builder, offset)
    return True


def _rename(values: dict[str, str], builder: SchemaBuilder, offset: int) -> bool:
    """`sp_rename 'schema.table.column', 'new', 'COLUMN'` and `sp_rename 'table', 'new'`."""
    old, kind = values.get("objname", ""), values.get("objtype", "OBJECT").upper()
    new = Part(values.get("newname", ""), quoted=True)
    if kind not in {"COLUMN", "OBJECT"}:
        return False
    parts = Cursor(Source.of(old, builder.profile)).dotted()
    column = parts.pop() if kind == "COLUMN" and len(parts) > 1 else None
    draft = builder.find(TableName.of(parts)) if parts else None
    if draft is not None and column is not None:
        done = builder.rename_column(draft, column, new)
    else:
        done = draft is not None
        if draft is not None:
            builder.rename(draft, TableName(new))
    if not done:
        builder.note(offset, f"sp_rename {old}", say("ddl.renamed_absent"))
    return True


def _add_type(values: dict[str, str], builder: SchemaBuilder) -> bool:
    name, definition = values.get("typename"), values.get("phystype")
    if not name or not definition:
        return False
    builder.types[name] = definition
    if values.get("nulltype", "").upper() == "NOT NULL":
        builder.mandatory_types.add(name.lower())
    return True
