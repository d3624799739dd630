"""What each kind of statement does to the schema so far."""

import re
from collections.abc import Callable, Iterator
from itertools import pairwise

from tunesmith.bot.ddl.parse.alter import alter_table
from tunesmith.bot.ddl.parse.comments import comment_on
from tunesmith.bot.ddl.parse.constraints import create_index
from tunesmith.bot.ddl.parse.cursor import Cursor, Part, Source
from tunesmith.bot.ddl.parse.lexer import Kind, Token
from tunesmith.bot.ddl.parse.procedures import execute
from tunesmith.bot.ddl.parse.schema_builder import SchemaBuilder
from tunesmith.bot.ddl.parse.splitter import Statement, is_program
from tunesmith.bot.ddl.parse.tables import create_table
from tunesmith.bot.ddl.parse.views import create_view, select_into
from tunesmith.bot.ddl.parse.vocabulary import CREATE_MODIFIERS, IGNORED_VERBS, OBJECTS
from tunesmith.bot.messages import say

_LONGEST = 2_000_000  # characters of a statement that is read
_MAKES_TABLES = re.compile(
    r"\bcreate\s++(?:column\s++)?table\s++(?!if\s++not\s++exists\s++\#|\#)", re.IGNORECASE
)
_HOLDS_DDL = re.compile(r"\b(?:create|alter|drop|exec(?:ute)?|use)\b", re.IGNORECASE)
_PROGRAM = say("ddl.program")
_INTO = re.compile(r"\binto\b", re.IGNORECASE)
_KIND_WITHIN = 40  # words in which the kind of object must show
_DATA = ("INSERT", "COPY", "REPLACE")
_NEVER_CUT = frozenset({"GRANT", "REVOKE", "DENY", "SHOW", "AUDIT", "EXPLAIN"})
# Where a statement starts though the one before it has no end: word, and what must follow.
_STARTS: dict[str, frozenset[str] | None] = {
    "CREATE": OBJECTS | CREATE_MODIFIERS,
    "ALTER": frozenset({"TABLE"}),
    "DROP": frozenset({"TABLE", "VIEW"}),
    "COMMENT": frozenset({"ON"}),
    "INSERT": frozenset({"INTO"}),
}
_STARTS_WITHOUT_SEMICOLONS = {**_STARTS, "EXEC": None, "EXECUTE": None, "USE": None, "SELECT": None}
_BEFORE_SELECT = frozenset({"AS", "UNION", "ALL", "EXCEPT", "INTERSECT", "IN", "EXISTS"})
_NO_SCHEMA = {"", "public", "pg_catalog", "$user", "default"}


def apply(statement: Statement, builder: SchemaBuilder) -> None:
    """Read a statement and change the schema so far by it."""
    text = builder.text
    shown = text[statement.start : statement.start + 400]
    if statement.unclosed:
        builder.note(statement.start, shown, say("ddl.never_closed"))
    if _says_nothing(statement, builder):
        builder.ignored[statement.verb] += 1
        makes_tables = _MAKES_TABLES.search(text, statement.start, statement.end)
        understood = statement.verb.startswith(_DATA) or _apply_literals(statement, builder)
        if makes_tables and not understood:
            builder.note(statement.start, shown, _PROGRAM)
        return
    if statement.end - statement.start > _LONGEST:
        builder.note(statement.start, shown, say("ddl.statement_too_long"))
        return
    home = builder.home, builder.home_shown
    _apply_source(Source.of(text, builder.profile, statement.start, statement.end), builder)
    if statement.verb == "CREATE SCHEMA":  # the schema was the home of this statement only
        builder.home, builder.home_shown = home


def _apply_source(source: Source, builder: SchemaBuilder) -> None:
    for piece in _pieces(Cursor(source)):
        _apply_piece(piece, builder)


def _apply_literal(literal: Token, builder: SchemaBuilder) -> None:
    """Read a statement that stands in quotes; its lines are counted from where the quote opens."""
    text = " " * literal.start + literal.value
    _apply_source(Source.of(text, builder.profile, literal.start), builder)


def _apply_literals(statement: Statement, builder: SchemaBuilder) -> bool:
    """Oracle: read what a block hands to EXECUTE IMMEDIATE. False if not all of it is in quotes.

    Scripts that may run twice make every table in such a block.
    """
    if not builder.profile.ddl.execute_immediate or statement.verb not in {"BEGIN", "DECLARE"}:
        return False
    source = Source.of(builder.text, builder.profile, statement.start, statement.end)
    cursor, whole = Cursor(source), True
    while not cursor.done:
        if not cursor.accept("EXECUTE", "IMMEDIATE"):
            cursor.at += 1
            continue
        literal = cursor.peek()
        if literal and literal.kind is Kind.STRING and cursor.is_symbol(";", 1):
            _apply_literal(literal, builder)
        else:
            whole = False
    return whole


def _says_nothing(statement: Statement, builder: SchemaBuilder) -> bool:
    if is_program(statement.verb):
        return True
    if statement.verb not in IGNORED_VERBS:
        return False
    place = builder.text, statement.start, statement.end
    if statement.verb == "SELECT" and builder.profile.ddl.select_into and _INTO.search(*place):
        return False
    # Where semicolons are optional, a table may be made behind a SET or IF of the same batch.
    return not builder.profile.lexing.semicolons_optional or not _HOLDS_DDL.search(*place)


def _pieces(cursor: Cursor) -> Iterator[Cursor]:
    """Cut where a new statement starts though none ended: T-SQL, or a semicolon left out."""
    optional = cursor.dialect.lexing.semicolons_optional
    starts = _STARTS_WITHOUT_SEMICOLONS if optional else _STARTS
    start = depth = 0
    for index, token in enumerate(cursor.tokens):
        if token.kind is Kind.SYMBOL:
            depth += (token.value == "(") - (token.value == ")")
            continue
        known = token.kind is Kind.WORD and token.value in starts and index > start
        if known and _starts(cursor, index, start, starts[token.value], depth):
            yield cursor.part(start, index)
            start, depth = index, 0
    yield cursor.part(start, len(cursor.tokens))


def _starts(
    cursor: Cursor, index: int, start: int, wanted: frozenset[str] | None, depth: int
) -> bool:
    """Whether a statement starts here; `start` is where the one before started."""
    word, before, following = cursor.word(index), cursor.word(index - 1), cursor.word(index + 1)
    verb = cursor.word(start)
    if verb in _NEVER_CUT:
        return False
    if word == "SELECT":  # most follow the word that they belong to
        alone = verb == "SELECT" or (verb, cursor.word(start + 1)) == ("CREATE", "TABLE")
        return depth <= 0 and alone and before not in _BEFORE_SELECT
    if depth > 0 and (word, following) != ("CREATE", "TABLE"):
        return False
    return wanted is None or following in wanted


def _apply_piece(cursor: Cursor, builder: SchemaBuilder) -> None:
    word, start = cursor.word(), cursor.at
    handler = _HANDLERS.get(word)
    if handler is not None:
        cursor.at += 1
        handler(cursor, builder)
    elif word in IGNORED_VERBS:
        builder.ignored[word] += 1
    elif not cursor.done:
        builder.note(cursor.offset, cursor.written(start), say("ddl.statement_unknown"))


def _create(cursor: Cursor, builder: SchemaBuilder) -> None:
    words = (cursor.word(ahead) for ahead in range(min(_KIND_WITHIN, cursor.stop - cursor.at)))
    kind = next((word for word in words if word in OBJECTS), "")
    if not kind:
        builder.note(cursor.offset, cursor.written(), say("ddl.creates_unknown"))
    elif kind == "VIEW" and cursor.word(2) == "LOG":  # Oracle
        builder.ignored["CREATE MATERIALIZED VIEW LOG"] += 1
    elif kind in _CREATES and not (kind == "SCHEMA" and builder.profile.ddl.schemas_are_databases):
        _CREATES[kind](cursor, builder)
    else:
        builder.ignored[f"CREATE {kind}"] += 1


def _create_type(cursor: Cursor, builder: SchemaBuilder) -> None:
    """Types of the file's own: enumerations, domains, aliases."""
    cursor.accept("OR", "REPLACE")
    while not cursor.accept("TYPE") and not cursor.accept("DOMAIN") and not cursor.done:
        cursor.at += 1
    offset, start = cursor.offset, cursor.at
    name = cursor.table_name()
    if name is None:
        builder.note(offset, cursor.written(start), say("ddl.type_without_name"))
        return
    cursor.accept_any(frozenset({"AS", "IS", "FROM"}))
    words = [cursor.word(ahead) for ahead in range(cursor.stop - cursor.at)]
    if ("NOT", "NULL") in pairwise(words):
        builder.mandatory_types.add(name.last.text.lower())
    builder.types[str(name)] = cursor.written()


def _create_schema(cursor: Cursor, builder: SchemaBuilder) -> None:
    """What is made in the same statement goes into the new schema."""
    builder.ignored["CREATE SCHEMA"] += 1
    cursor.accept("SCHEMA")
    cursor.accept("IF", "NOT", "EXISTS")
    cursor.accept("AUTHORIZATION")
    part = cursor.name()
    if part is not None and not builder.profile.ddl.schemas_are_users:
        builder.home, builder.home_shown = part, True


def _alter(cursor: Cursor, builder: SchemaBuilder) -> None:
    cursor.accept_any(frozenset({"FOREIGN", "ONLINE", "OFFLINE", "IGNORE", "MATERIALIZED"}))
    word = cursor.word()
    if word == "TABLE" or (word == "VIEW" and cursor.has_word("RENAME")):
        cursor.at += 1
        alter_table(cursor, builder)
    elif word == "VIEW" and cursor.has_word("AS"):
        create_view(cursor, builder, replace=True)
    elif word == "SESSION" and cursor.word(2) == "CURRENT_SCHEMA":  # Oracle
        cursor.at += 3
        cursor.symbol("=")
        builder.home, builder.home_shown = cursor.name(), True
    else:
        builder.ignored[f"ALTER {word or cursor.written()[:20]}"] += 1


def _drop(cursor: Cursor, builder: SchemaBuilder) -> None:
    cursor.accept_any(frozenset({"MATERIALIZED", "FOREIGN", "TEMPORARY"}))
    kind = cursor.word()
    builder.ignored[f"DROP {kind}"] += 1
    if kind not in {"TABLE", "VIEW", "SCHEMA"}:
        return
    cursor.at += 1
    cursor.accept("IF", "EXISTS")
    for element in cursor.elements():
        name = element.table_name()
        draft = builder.find(name) if name else None
        if name is not None and kind == "SCHEMA":
            builder.drop_schema(name.last)
        elif draft is not None:
            builder.drop(draft)


def _rename(cursor: Cursor, builder: SchemaBuilder) -> None:
    """MySQL's RENAME TABLE a TO b, c TO d; Oracle's RENAME a TO b."""
    cursor.accept("TABLE")
    for element in cursor.elements():
        offset, start = element.offset, element.at
        old = element.table_name()
        new = element.table_name() if element.accept("TO") else None
        draft = builder.find(old) if old else None
        if draft is None or new is None:
            builder.note(offset, element.written(start), say("ddl.renamed_absent"))
        else:
            builder.rename(draft, new)


def _set(cursor: Cursor, builder: SchemaBuilder) -> None:
    """PostgreSQL's search_path; other settings say nothing of tables."""
    cursor.accept_any(frozenset({"SESSION", "LOCAL"}))
    if not cursor.accept("SEARCH_PATH"):
        builder.ignored["SET"] += 1
        return
    if not cursor.symbol("="):
        cursor.accept("TO")
    text = cursor.string()
    part = Part(text, quoted=True) if text is not None else cursor.name()
    if part is None or part.text.lower() in _NO_SCHEMA:
        builder.home, builder.home_shown = None, False
    else:
        builder.home, builder.home_shown = part, True


def _execute(cursor: Cursor, builder: SchemaBuilder) -> None:
    """EXEC of a procedure, or of a statement in quotes: `EXEC ('…')`, `sp_executesql N'…'`."""
    start = cursor.at
    procedure = cursor.dotted() if not cursor.is_symbol("(") else []
    if not procedure or procedure[-1].text.lower() == "sp_executesql":
        inner = cursor if procedure else cursor.group() or cursor
        if inner.word().startswith("@") and inner.is_symbol("=", 1):
            inner.at += 2  # @statement = N'…'
        literal = inner.peek()
        if literal and literal.kind is Kind.STRING and not inner.is_symbol("+", 1):
            builder.ignored["EXEC"] += 1
            _apply_literal(literal, builder)
            return
        if _MAKES_TABLES.search(inner.written()):
            builder.note(inner.offset, inner.written(), _PROGRAM)
    cursor.at = start
    execute(cursor, builder)


def _use(cursor: Cursor, builder: SchemaBuilder) -> None:
    """USE goes to another database, which may be another schema."""
    builder.ignored["USE"] += 1
    if builder.profile.ddl.schemas_are_databases:
        builder.home, builder.home_shown = cursor.name(), False


_CREATES: dict[str, Callable[[Cursor, SchemaBuilder], None]] = {
    "TABLE": create_table,
    "VIEW": create_view,
    "INDEX": create_index,
    "TYPE": _create_type,
    "DOMAIN": _create_type,
    "SCHEMA": _create_schema,
}
_HANDLERS: dict[str, Callable[[Cursor, SchemaBuilder], None]] = {
    "CREATE": _create,
    "ALTER": _alter,
    "DROP": _drop,
    "COMMENT": comment_on,
    "RENAME": _rename,
    "EXEC": _execute,
    "EXECUTE": _execute,
    "SELECT": select_into,
    "SET": _set,
    "USE": _use,
}
