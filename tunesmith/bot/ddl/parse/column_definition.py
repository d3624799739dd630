"""A column's definition, in any of the dialects: name, type, then options in any order."""

from dataclasses import dataclass, field

from tunesmith.bot.ddl.model import Column
from tunesmith.bot.ddl.parse.cursor import Cursor, Part, TableName
from tunesmith.bot.ddl.parse.lexer import Kind
from tunesmith.bot.ddl.parse.types import read_expression, read_type, read_value
from tunesmith.bot.ddl.parse.vocabulary import (
    BARE_OPTIONS,
    OPTIONS,
    OPTIONS_WITH_ARGUMENT,
    SEQUENCE_WORDS,
    SERIALS,
)

_ACTIONS = (("SET", "NULL"), ("SET", "DEFAULT"), ("NO", "ACTION"), ("CASCADE",), ("RESTRICT",))
_KEY_WORDS = frozenset({"CLUSTERED", "NONCLUSTERED", "ASC", "DESC"})
_ENCRYPT_WORDS = frozenset({"USING", "NO", "SALT", "IDENTIFIED", "BY"})
_ANY_OPTION = OPTIONS | BARE_OPTIONS | OPTIONS_WITH_ARGUMENT
_NOT_WHAT = frozenset({"DEFERRABLE", "VALID", "ENFORCED", "VISIBLE", "HIDDEN"})


@dataclass(slots=True)
class KeyHere:
    """A key that is declared with its column; T-SQL lets it name the columns all the same."""

    name: Part | None
    columns: list[Part]


@dataclass(slots=True)
class ReferenceHere:
    """A reference that is declared with its column."""

    name: Part | None
    target: TableName
    to: list[Part]


@dataclass(slots=True)
class Definition:
    """What a definition says. `nullable` is None where it says nothing of it."""

    name: Part
    type: str = ""
    nullable: bool | None = None
    default: str | None = None
    has_default: bool = False
    comment: str | None = None
    generated: str | None = None
    primary: KeyHere | None = None
    unique: KeyHere | None = None
    references: list[ReferenceHere] = field(default_factory=list[ReferenceHere])
    first: bool = False  # MySQL: FIRST
    after: Part | None = None  # MySQL: AFTER column
    unknown: list[str] = field(default_factory=list[str])

    def column(self) -> Column:
        """The column that it makes."""
        return Column(
            name=self.name.text,
            type=self.type,
            nullable=self.nullable is not False,
            default=self.default,
            comment=self.comment,
            generated=self.generated,
            quoted=self.name.quoted,
        )


def read_definition(cursor: Cursor) -> Definition | None:
    """Read a whole definition, up to the end of the cursor. None if there is no name."""
    name = cursor.name()
    if name is None:
        return None
    definition = Definition(name, read_type(cursor))
    kind = definition.type.partition("(")[0].strip().upper()
    if kind in SERIALS and cursor.dialect.ddl.serial_types:
        definition.nullable = False
    constraint: Part | None = None
    gaps: list[tuple[int, int]] = []
    while not cursor.done:
        if cursor.accept("CONSTRAINT"):
            constraint = None if cursor.word() in OPTIONS else cursor.name()
            continue
        start = cursor.at
        if not _read_option(cursor, definition, constraint):
            cursor.at = start + 1
            cursor.group()
            if gaps and gaps[-1][1] == start:
                start = gaps.pop()[0]
            gaps.append((start, cursor.at))
        constraint = None
    definition.unknown = [cursor.written(start, stop) for start, stop in gaps]
    return definition


def _read_option(cursor: Cursor, into: Definition, constraint: Part | None) -> bool:
    """Read one option; False if it is not understood."""
    word = cursor.word()
    reader = _READERS.get(word)
    if reader is not None:
        return reader(cursor, into, constraint)
    if word in OPTIONS_WITH_ARGUMENT:
        cursor.at += 1
        cursor.symbol("=")
        if cursor.group() is None:
            cursor.at += 1
        return True
    return bool(cursor.accept_any(BARE_OPTIONS))


def _not(cursor: Cursor, into: Definition, _: Part | None) -> bool:
    if cursor.accept("NOT", "NULL"):
        into.nullable = False
        return True
    if cursor.accept("NOT", "FOR", "REPLICATION"):
        return True
    cursor.at += 1
    return bool(cursor.accept_any(_NOT_WHAT))


def _null(cursor: Cursor, into: Definition, _: Part | None) -> bool:
    cursor.at += 1
    into.nullable = True
    return True


def _default(cursor: Cursor, into: Definition, _: Part | None) -> bool:
    cursor.at += 1
    if cursor.accept("ON", "NULL"):  # Oracle
        cursor.accept("FOR", "INSERT", "ONLY")
    into.has_default = True
    into.default = read_value(cursor)
    cursor.accept("WITH", "VALUES")
    return True


def _primary(cursor: Cursor, into: Definition, constraint: Part | None) -> bool:
    if not cursor.accept("PRIMARY", "KEY") and not cursor.accept("KEY"):
        return False
    into.primary = KeyHere(constraint, _key_tail(cursor))
    into.nullable = False
    return True


def _unique(cursor: Cursor, into: Definition, constraint: Part | None) -> bool:
    cursor.at += 1
    cursor.accept("KEY")
    into.unique = KeyHere(constraint, _key_tail(cursor))
    if cursor.accept("NULLS"):
        cursor.accept("NOT")
        cursor.accept("DISTINCT")
    return True


def _key_tail(cursor: Cursor) -> list[Part]:
    while cursor.accept_any(_KEY_WORDS):
        pass
    group = cursor.group()
    return (read_names(group) or []) if group else []


def _references(cursor: Cursor, into: Definition, constraint: Part | None) -> bool:
    if cursor.accept("FOREIGN", "KEY"):
        cursor.group()
    target = cursor.table_name() if cursor.accept("REFERENCES") else None
    if target is None:
        return False
    group = cursor.group()
    to = read_names(group) if group else []
    into.references.append(ReferenceHere(constraint, target, to or []))
    return to is not None


def _check(cursor: Cursor, _: Definition, __: Part | None) -> bool:
    cursor.at += 1
    cursor.accept("NOT", "FOR", "REPLICATION")
    found = cursor.group() is not None
    cursor.accept("NO", "INHERIT")
    return found


def _comment(cursor: Cursor, into: Definition, _: Part | None) -> bool:
    cursor.at += 1
    cursor.symbol("=")
    text = cursor.string()
    into.comment = text or None
    return text is not None


def _collate(cursor: Cursor, _: Definition, __: Part | None) -> bool:
    cursor.at += 1
    cursor.symbol("=")
    return bool(cursor.dotted()) or cursor.string() is not None


def _character_set(cursor: Cursor, _: Definition, __: Part | None) -> bool:
    if not cursor.accept("CHARACTER", "SET"):
        return False
    cursor.symbol("=")
    return cursor.name() is not None or cursor.string() is not None


def _never_null(cursor: Cursor, into: Definition, _: Part | None) -> bool:
    """AUTO_INCREMENT, IDENTITY (1, 1), and Oracle's IDENTITY START WITH 1 CACHE 20."""
    cursor.at += 1
    cursor.group()
    while cursor.accept_any(SEQUENCE_WORDS) or cursor.number():
        pass
    into.nullable = False
    return True


def _generated(cursor: Cursor, into: Definition, _: Part | None) -> bool:
    if cursor.accept("GENERATED"):
        if not cursor.accept("ALWAYS") and not cursor.accept("BY", "DEFAULT"):
            return False
        if cursor.accept("ON", "NULL"):
            cursor.accept("FOR", "INSERT", "ONLY")
    if not cursor.accept("AS"):
        return False
    if cursor.word() == "IDENTITY":
        return _never_null(cursor, into, None)
    if cursor.word() in {"ROW", "TRANSACTION_ID", "SEQUENCE_NUMBER"}:  # of a history table
        cursor.at += 2
        into.nullable = False
        return True
    into.generated = read_expression(cursor)
    return bool(into.generated)


def _on(cursor: Cursor, _: Definition, __: Part | None) -> bool:
    cursor.at += 1
    if cursor.accept("CONFLICT"):
        cursor.at += 1
        return True
    if cursor.accept("DELETE") or cursor.accept("UPDATE"):
        if not any(cursor.accept(*words) for words in _ACTIONS):
            cursor.at += 1  # MySQL: ON UPDATE CURRENT_TIMESTAMP(3)
        cursor.group()  # PostgreSQL: ON DELETE SET NULL (column)
        return True
    place = cursor.name()  # SQL Server: a filegroup
    cursor.group()
    return place is not None


def _place(cursor: Cursor, into: Definition, _: Part | None) -> bool:
    if cursor.accept("FIRST"):
        into.first = True
        return True
    cursor.at += 1
    into.after = cursor.name()
    return into.after is not None


def _with(cursor: Cursor, _: Definition, __: Part | None) -> bool:
    cursor.at += 1  # MASKED WITH (…), ENCRYPTED WITH (…), WITH (FILLFACTOR = 80)
    cursor.accept("WITH")
    return cursor.group() is not None or cursor.accept("ROWID") or cursor.accept("VALUES")


def _using(cursor: Cursor, _: Definition, __: Part | None) -> bool:
    """USING INDEX with a name, a definition or only options."""
    cursor.at += 1
    cursor.accept("INDEX")
    if cursor.group() is None and cursor.word() not in _ANY_OPTION:
        cursor.dotted()
    return True


def _encrypt(cursor: Cursor, _: Definition, __: Part | None) -> bool:
    cursor.at += 1
    while cursor.accept_any(_ENCRYPT_WORDS) or cursor.string():
        pass
    return True


_READERS = {
    "NOT": _not,
    "NULL": _null,
    "DEFAULT": _default,
    "PRIMARY": _primary,
    "KEY": _primary,
    "UNIQUE": _unique,
    "REFERENCES": _references,
    "FOREIGN": _references,
    "CHECK": _check,
    "COMMENT": _comment,
    "COLLATE": _collate,
    "CHARACTER": _character_set,
    "IDENTITY": _never_null,
    "AUTO_INCREMENT": _never_null,
    "GENERATED": _generated,
    "AS": _generated,
    "ON": _on,
    "FIRST": _place,
    "AFTER": _place,
    "WITH": _with,
    "MASKED": _with,
    "ENCRYPTED": _with,
    "USING": _using,
    "ENCRYPT": _encrypt,
}


def read_names(cursor: Cursor) -> list[Part] | None:
    """The columns of a key. None if it has an expression, and so is not over columns alone."""
    names: list[Part] = []
    for element in cursor.elements():
        name = element.name()
        prefix = element.group()  # MySQL: the first characters of a text
        if name is None or (prefix and not prefix.written().isdigit()):
            return None
        while (token := element.peek()) is not None:
            if token.kind is Kind.SYMBOL and token.value != ".":
                return None
            element.at += 1
        names.append(name)
    return names
