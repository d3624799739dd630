"""A column's definition, in any of the dialects: name, type, then options in any order."""

from dataclasses import dataclass, field

from tunesmith.bot.schemas.model import Column, Dialect
from tunesmith.bot.schemas.parse.cursor import Cursor, Name, Part
from tunesmith.bot.schemas.parse.lexer import Kind

# Words that end a type or an expression.
_OPTION_WORDS = frozenset(
    "NOT NULL DEFAULT PRIMARY UNIQUE KEY REFERENCES FOREIGN CHECK CONSTRAINT COMMENT COLLATE"
    " GENERATED AS AUTO_INCREMENT AUTOINCREMENT IDENTITY ON STORED VIRTUAL PERSISTED PERSISTENT"
    " VISIBLE INVISIBLE HIDDEN SPARSE ROWGUIDCOL FILESTREAM MASKED ENCRYPTED ENCRYPT ENABLE DISABLE"
    " VALIDATE NOVALIDATE RELY NORELY COMPRESSION STORAGE COLUMN_FORMAT SRID DEFERRABLE INITIALLY"
    " FIRST AFTER WITH CHARSET OPTIONS USING SORT MATCH FOR ENGINE_ATTRIBUTE"
    " SECONDARY_ENGINE_ATTRIBUTE REF_SYSTEM_ID".split()
)
# Words that go on with a type. SQLite takes any word.
_TYPE_WORDS = frozenset(
    "VARYING PRECISION UNSIGNED SIGNED ZEROFILL WITHOUT LOCAL TIME ZONE TO YEAR MONTH DAY HOUR"
    " MINUTE SECOND RAW ARRAY BINARY BYTE CHAR CHARACTER VARCHAR VARCHAR2 VARBINARY LARGE OBJECT INT"
    " INTEGER BIGINT ASCII UNICODE TEXT".split()
)
# Options that say nothing this model holds, alone and with one argument.
_BARE = frozenset(
    "AUTO_INCREMENT AUTOINCREMENT STORED VIRTUAL PERSISTED PERSISTENT VISIBLE INVISIBLE HIDDEN SPARSE"
    " ROWGUIDCOL FILESTREAM SORT ENABLE DISABLE VALIDATE NOVALIDATE RELY NORELY DEFERRABLE ENFORCED"
    " CLUSTERED NONCLUSTERED ASC DESC LOGGING NOLOGGING NOCOMPRESS SCOPE ALWAYS FAST UNICODE".split()
)
_WITH_ARGUMENT = frozenset(
    "CHARSET COMPRESSION STORAGE COLUMN_FORMAT SRID REF_SYSTEM_ID ENGINE_ATTRIBUTE INITIALLY MATCH"
    " SECONDARY_ENGINE_ATTRIBUTE PCTFREE PCTUSED INITRANS MAXTRANS TABLESPACE OPTIONS ENCODING"
    " KEY_BLOCK_SIZE".split()
)
_NOT_WHAT = frozenset("DEFERRABLE VALID ENFORCED VISIBLE HIDDEN".split())
_ACTIONS = (("SET", "NULL"), ("SET", "DEFAULT"), ("NO", "ACTION"), ("CASCADE",), ("RESTRICT",))


@dataclass(slots=True)
class Definition:
    """What a definition says. `None` for `nullable` is: not said."""

    name: Part
    type: str = ""
    nullable: bool | None = None
    default: str | None = None
    comment: str | None = None
    generated: str | None = None
    primary: str | None = None  # the constraint's name, "" if it has none
    unique: str | None = None
    references: list[tuple[str | None, Name, list[Part]]] = field(
        default_factory=list[tuple[str | None, Name, list[Part]]]
    )
    key_columns: list[Part] = field(default_factory=list[Part])  # T-SQL: a table's key said here
    said_default: bool = False
    first: bool = False
    after: Part | None = None
    unknown: list[str] = field(default_factory=list[str])

    def column(self) -> Column:
        """The column it makes."""
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
    kind = definition.type.split("(")[0].split(" ")[0].upper()
    if (
        cursor.dialect is Dialect.POSTGRES
        and kind.removeprefix("BIG").removeprefix("SMALL") in _SERIALS
    ) or (cursor.dialect is Dialect.MYSQL and kind == "SERIAL"):
        definition.nullable = False
    constraint: str | None = None
    while not cursor.done:
        if cursor.accept("CONSTRAINT"):
            constraint = (
                "" if cursor.word() in _OPTION_WORDS else getattr(cursor.name(), "text", "")
            )
            continue
        if not _read_option(cursor, definition, constraint):
            start = cursor.at
            cursor.at += 1
            cursor.group()
            definition.unknown.append(cursor.source(start, cursor.at))
        constraint = None
    return definition


_SERIALS = frozenset({"SERIAL", "SERIAL2", "SERIAL4", "SERIAL8"})


def read_type(cursor: Cursor) -> str:
    """A type as the file writes it, without the quotes around its name; empty if there is none."""
    if cursor.done or cursor.word() in _OPTION_WORDS:
        return ""
    pieces: list[str] = []
    end = -1
    dotted = True  # the next name still belongs to the type's own name
    while (token := cursor.peek()) is not None:
        word = cursor.word()
        start = cursor.at
        if cursor.group() is not None or _brackets(cursor):
            piece = cursor.source(start, cursor.at)
        elif token.kind is Kind.SYMBOL and token.value in ".%":
            dotted = True
            cursor.at += 1
            piece = token.value
        elif dotted and token.kind in {Kind.WORD, Kind.NAME, Kind.STRING, Kind.PLACEHOLDER}:
            dotted = False
            cursor.at += 1
            piece = _unquoted(cursor, start)
        elif word and _goes_on(cursor, word):
            cursor.at += 1
            piece = cursor.source(start, cursor.at)
        else:
            break
        if end >= 0 and token.start > end:
            pieces.append(" ")
        pieces.append(piece)
        end = cursor.tokens[cursor.at - 1].end
    return "".join(pieces)


def _goes_on(cursor: Cursor, word: str) -> bool:
    if word == "WITH":
        return cursor.word(1) in {"TIME", "LOCAL"}
    if word == "CHARACTER" and cursor.word(1) == "SET":
        return False
    if word in _TYPE_WORDS:
        return True
    return cursor.dialect is Dialect.SQLITE and word not in _OPTION_WORDS


def _brackets(cursor: Cursor) -> bool:
    """PostgreSQL's array brackets."""
    if not cursor.is_symbol("["):
        return False
    while not cursor.done and not cursor.symbol("]"):
        cursor.at += 1
    return True


def _unquoted(cursor: Cursor, at: int) -> str:
    """A word of a type; quotes stay where the case of the name depends on them."""
    token = cursor.tokens[at]
    raw = cursor.text[token.start : token.end]
    if token.kind is not Kind.NAME or not token.value.isidentifier():
        return raw
    if cursor.dialect is Dialect.POSTGRES and token.value != token.value.lower():
        return raw
    return token.value


def read_expression(cursor: Cursor) -> str:
    """An expression up to the next option of a column."""
    start, depth = cursor.at, 0
    while (token := cursor.peek()) is not None:
        if token.kind is Kind.SYMBOL:
            depth += (token.value in "([") - (token.value in ")]")
        elif depth <= 0 and cursor.at > start and _ends_expression(cursor):
            break
        cursor.at += 1
    return cursor.source(start, cursor.at)


def _ends_expression(cursor: Cursor) -> bool:
    word = cursor.word()
    if word == "WITH":
        return cursor.word(1) not in {"TIME", "LOCAL"}
    if word == "FOR":
        return cursor.word(-1) != "VALUE"  # NEXT VALUE FOR a sequence
    return word in _OPTION_WORDS


def _read_option(cursor: Cursor, into: Definition, constraint: str | None) -> bool:
    """Read one option; False if it is not known."""
    word = cursor.word()
    reader = _READERS.get(word)
    if reader is not None:
        before = cursor.at
        if reader(cursor, into, constraint):
            return True
        cursor.at = before
        return False
    if word in _BARE:
        cursor.at += 1
        return True
    if word in _WITH_ARGUMENT:
        cursor.at += 1
        cursor.symbol("=")
        if cursor.group() is None:
            cursor.at += 1
        return True
    return False


def _not(cursor: Cursor, into: Definition, _: str | None) -> bool:
    if cursor.accept("NOT", "NULL"):
        into.nullable = False
        return True
    if cursor.accept("NOT", "FOR", "REPLICATION"):
        return True
    cursor.at += 1
    return bool(cursor.accept_any(_NOT_WHAT))


def _null(cursor: Cursor, into: Definition, _: str | None) -> bool:
    cursor.at += 1
    into.nullable = True
    return True


def _default(cursor: Cursor, into: Definition, _: str | None) -> bool:
    cursor.at += 1
    if cursor.accept("ON", "NULL"):  # Oracle
        cursor.accept("FOR", "INSERT", "ONLY")
    into.said_default = True
    expression = read_expression(cursor)
    into.default = None if expression.strip("()").upper() == "NULL" else expression or None
    cursor.accept("WITH", "VALUES")
    return True


def _primary(cursor: Cursor, into: Definition, constraint: str | None) -> bool:
    if not cursor.accept("PRIMARY", "KEY") and not cursor.accept("KEY"):
        return False
    into.primary = constraint or ""
    into.nullable = False
    _key_tail(cursor, into)
    return True


def _unique(cursor: Cursor, into: Definition, constraint: str | None) -> bool:
    cursor.at += 1
    cursor.accept("KEY")
    into.unique = constraint or ""
    _key_tail(cursor, into)
    if cursor.accept("NULLS"):
        cursor.accept("NOT")
        cursor.accept("DISTINCT")
    return True


def _key_tail(cursor: Cursor, into: Definition) -> None:
    while cursor.accept_any(frozenset({"CLUSTERED", "NONCLUSTERED", "ASC", "DESC"})):
        pass
    group = cursor.group()
    if group is not None:
        into.key_columns = read_names(group) or []


def _references(cursor: Cursor, into: Definition, constraint: str | None) -> bool:
    if cursor.accept("FOREIGN", "KEY"):
        cursor.group()
    if not cursor.accept("REFERENCES"):
        return False
    target = cursor.table_name()
    if target is None:
        return False
    group = cursor.group()
    into.references.append((constraint, target, (read_names(group) or []) if group else []))
    return True


def _check(cursor: Cursor, _: Definition, __: str | None) -> bool:
    cursor.at += 1
    cursor.accept("NOT", "FOR", "REPLICATION")
    found = cursor.group() is not None
    cursor.accept("NO", "INHERIT")
    return found


def _comment(cursor: Cursor, into: Definition, _: str | None) -> bool:
    cursor.at += 1
    cursor.symbol("=")
    text = cursor.string()
    into.comment = text or None
    return text is not None


def _collate(cursor: Cursor, _: Definition, __: str | None) -> bool:
    cursor.at += 1
    cursor.symbol("=")
    return bool(cursor.dotted()) or cursor.string() is not None


def _character_set(cursor: Cursor, _: Definition, __: str | None) -> bool:
    if not cursor.accept("CHARACTER", "SET"):
        return False
    cursor.symbol("=")
    return cursor.name() is not None or cursor.string() is not None


def _identity(cursor: Cursor, into: Definition, _: str | None) -> bool:
    cursor.at += 1
    cursor.group()
    into.nullable = False
    return True


def _generated(cursor: Cursor, into: Definition, _: str | None) -> bool:
    if cursor.accept("GENERATED"):
        if not cursor.accept("ALWAYS") and not cursor.accept("BY", "DEFAULT"):
            return False
        cursor.accept("ON", "NULL")
        cursor.accept("FOR", "INSERT", "ONLY")
    if not cursor.accept("AS"):
        return False
    if cursor.word() == "IDENTITY":
        return _identity(cursor, into, None)
    if cursor.word() in {"ROW", "TRANSACTION_ID", "SEQUENCE_NUMBER"}:
        cursor.at += 2
        return True
    start = cursor.at
    if cursor.group() is None or not (cursor.done or cursor.word() in _OPTION_WORDS):
        cursor.at = start
        into.generated = read_expression(cursor)
    else:
        into.generated = cursor.source(start, cursor.at)
    return True


def _on(cursor: Cursor, _: Definition, __: str | None) -> bool:
    cursor.at += 1
    if cursor.accept("CONFLICT"):
        cursor.at += 1
        return True
    if cursor.accept("DELETE") or cursor.accept("UPDATE"):
        if not any(cursor.accept(*words) for words in _ACTIONS):
            cursor.at += 1  # MySQL: ON UPDATE CURRENT_TIMESTAMP(3)
            cursor.group()
        else:
            cursor.group()  # PostgreSQL: ON DELETE SET NULL (column)
        return True
    if cursor.name() is None:  # a filegroup
        return False
    cursor.group()
    return True


def _place(cursor: Cursor, into: Definition, _: str | None) -> bool:
    if cursor.accept("FIRST"):
        into.first = True
        return True
    cursor.at += 1
    into.after = cursor.name()
    return into.after is not None


def _with(cursor: Cursor, _: Definition, __: str | None) -> bool:
    cursor.at += 1  # MASKED WITH (…), ENCRYPTED WITH (…), WITH (FILLFACTOR = 80)
    cursor.accept("WITH")
    cursor.accept("FUNCTION")
    return cursor.group() is not None or cursor.accept("ROWID") or cursor.accept("VALUES")


def _using(cursor: Cursor, _: Definition, __: str | None) -> bool:
    cursor.at += 1
    cursor.accept("INDEX")
    if cursor.word() not in _OPTION_WORDS | _BARE | _WITH_ARGUMENT and cursor.group() is None:
        cursor.dotted()
    return True


def _encrypt(cursor: Cursor, _: Definition, __: str | None) -> bool:
    cursor.at += 1
    if cursor.accept("USING"):
        cursor.string()
    cursor.string()
    if not cursor.accept("NO", "SALT"):
        cursor.accept("SALT")
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
    "IDENTITY": _identity,
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
        if name is None or (prefix and not prefix.source().isdigit()):
            return None
        while (token := element.peek()) is not None:
            if token.kind is Kind.SYMBOL and token.value != ".":
                return None
            element.at += 1
        names.append(name)
    return names
