"""What each kind of statement does to the catalogue."""

import re
from collections.abc import Callable

from tunesmith.bot.schemas.model import Dialect
from tunesmith.bot.schemas.parse.alter import alter_table
from tunesmith.bot.schemas.parse.catalog import Catalog, Draft, Key
from tunesmith.bot.schemas.parse.columns import read_names
from tunesmith.bot.schemas.parse.comments import comment_on, extended_property
from tunesmith.bot.schemas.parse.cursor import Cursor, Name, Part
from tunesmith.bot.schemas.parse.lexer import Kind, tokenize
from tunesmith.bot.schemas.parse.splitter import Statement
from tunesmith.bot.schemas.parse.tables import create_table
from tunesmith.bot.schemas.parse.views import create_view

# Statements that say nothing of tables, by their first word.
_IGNORED = frozenset(
    "INSERT REPLACE UPDATE DELETE MERGE VALUES COPY SELECT WITH GRANT REVOKE DENY ANALYZE VACUUM PRAGMA"
    " BEGIN START COMMIT ROLLBACK END SAVEPOINT RELEASE LOCK UNLOCK FLUSH OPTIMIZE TRUNCATE CHECKPOINT"
    " PRINT RAISERROR DECLARE DO CALL CLUSTER REINDEX REFRESH RESET SHOW EXPLAIN DISCARD NOTIFY LISTEN"
    " SECURITY PURGE AUDIT NOAUDIT DBCC BACKUP RESTORE RECONFIGURE HANDLER LOAD SIGNAL WAITFOR RETURN"
    " IF ELSE WHILE THROW TRY CATCH GOTO KILL ENABLE DISABLE ATTACH DETACH INSTALL ASSOCIATE REASSIGN"
    " IMPORT UNTIL EXIT QUIT CHANGE BULK OPEN FETCH CLOSE DEALLOCATE DEFINE DELIMITER SOURCE".split()
)
_CREATES = re.compile(
    r"\bcreate\s++(?:column\s++)?table\s++(?!\#|if\s++not\s++exists\s++\#)", re.IGNORECASE
)
_BATCH_START = re.compile(
    r"\b(?:create|alter\s++table|drop\s++(?:table|view)|exec(?:ute)?|comment\s++on|use)\b",
    re.IGNORECASE,
)
_NOT_CUT_AFTER = frozenset({"GRANT", "REVOKE", "DENY", "SHOW", "AUDIT", "EXPLAIN"})
_DROPPABLE = frozenset({"TABLE", "VIEW", "SCHEMA"})
_PROGRAMS = frozenset({"PROCEDURE", "PROC", "FUNCTION", "TRIGGER", "EVENT", "PACKAGE", "LIBRARY"})


def apply(statement: Statement, catalog: Catalog) -> None:
    """Read a statement and change the catalogue by it."""
    text, dialect = catalog.text, catalog.dialect
    first = statement.verb.split(" ")[0]
    if statement.unclosed:
        catalog.note(
            statement.start,
            text[statement.start : statement.start + 400],
            "a quote or comment that is never closed",
        )
    if first in _IGNORED and not _holds_more(statement, catalog):
        _ignore(statement, catalog)
        return
    if first == "CREATE" and statement.verb.removeprefix("CREATE ") in _PROGRAMS:
        _ignore(statement, catalog)
        return
    tokens, comments = tokenize(text, dialect, statement.start, statement.end)
    cursor = Cursor(text, tokens, dialect, comments)
    home = catalog.home, catalog.home_shown
    for piece in _pieces(cursor):
        _apply_piece(piece, catalog)
    if first == "CREATE" and statement.verb == "CREATE SCHEMA":
        catalog.home, catalog.home_shown = home


def _holds_more(statement: Statement, catalog: Catalog) -> bool:
    """T-SQL needs no semicolons: behind a SET or IF of the same batch a table may be made."""
    if catalog.dialect is not Dialect.MSSQL:
        return False
    return _BATCH_START.search(catalog.text, statement.start, statement.end) is not None


def _ignore(statement: Statement, catalog: Catalog) -> None:
    catalog.ignored[statement.verb] += 1
    if not statement.verb.startswith(("INSERT", "COPY", "REPLACE")) and _CREATES.search(
        catalog.text, statement.start, statement.end
    ):
        catalog.note(
            statement.start,
            catalog.text[statement.start : statement.start + 400],
            "a program that makes tables when it runs",
        )


def _pieces(cursor: Cursor) -> list[Cursor]:
    """Cut where a new statement starts though none ended: T-SQL, or a semicolon left out."""
    cuts = [0]
    depth = 0
    for index, token in enumerate(cursor.tokens):
        if token.kind is Kind.SYMBOL:
            depth += (token.value == "(") - (token.value == ")")
        elif (
            token.kind is Kind.WORD and index and _starts_statement(cursor, index, cuts[-1], depth)
        ):
            cuts.append(index)
            depth = 0
    return [
        cursor.part(start, stop)
        for start, stop in zip(cuts, [*cuts[1:], len(cursor.tokens)], strict=True)
    ]


def _starts_statement(cursor: Cursor, index: int, start: int, depth: int) -> bool:
    word = cursor.tokens[index].value
    if word not in _STARTERS:
        return False
    verb = cursor.tokens[start].value
    following = cursor.word(index + 1 - cursor.at)
    if verb in _NOT_CUT_AFTER:
        return False
    if word == "CREATE":
        return depth <= 0 or following == "TABLE"
    if depth > 0:
        return False
    if word == "ALTER":
        return following == "TABLE"
    if word == "DROP":
        return following in {"TABLE", "VIEW"}
    if word == "COMMENT":
        return following == "ON"
    if word == "INSERT":
        return following == "INTO"
    return cursor.dialect is Dialect.MSSQL  # EXEC, USE


_STARTERS = frozenset({"CREATE", "ALTER", "DROP", "COMMENT", "EXEC", "EXECUTE", "INSERT", "USE"})


def _apply_piece(cursor: Cursor, catalog: Catalog) -> None:
    word = cursor.word()
    handler = _HANDLERS.get(word)
    if handler is not None:
        cursor.at += 1
        handler(cursor, catalog)
    elif word in _IGNORED:
        catalog.ignored[word] += 1
    elif not cursor.done:
        catalog.note(cursor.offset, cursor.source(), "a statement that was not understood")


def _create(cursor: Cursor, catalog: Catalog) -> None:
    kinds = {
        "TABLE",
        "VIEW",
        "INDEX",
        "TYPE",
        "DOMAIN",
        "SCHEMA",
        "DATABASE",
        "SEQUENCE",
        "SYNONYM",
        "USER",
        "ROLE",
        "EXTENSION",
        "RULE",
    } | _PROGRAMS
    kind = next(
        (
            cursor.word(ahead)
            for ahead in range(cursor.stop - cursor.at)
            if cursor.word(ahead) in kinds
        ),
        "",
    )
    if kind == "TABLE":
        create_table(cursor, catalog)
    elif kind == "VIEW":
        create_view(cursor, catalog)
    elif kind == "INDEX":
        _create_index(cursor, catalog)
    elif kind in {"TYPE", "DOMAIN"}:
        _create_type(cursor, catalog)
    elif kind == "SCHEMA" and catalog.dialect is not Dialect.MYSQL:
        _create_schema(cursor, catalog)
    else:
        catalog.ignored[f"CREATE {kind or cursor.word()}"] += 1


def _create_index(cursor: Cursor, catalog: Catalog) -> None:
    catalog.ignored["CREATE INDEX"] += 1
    unique = cursor.accept("UNIQUE")
    while not cursor.done and not cursor.accept("INDEX"):
        cursor.at += 1
    if not unique:
        return
    cursor.accept("CONCURRENTLY")
    cursor.accept("IF", "NOT", "EXISTS")
    offset = cursor.offset
    names = cursor.dotted() if cursor.word() != "ON" else []
    while not cursor.done and not cursor.accept("ON"):
        cursor.at += 1
    cursor.accept("ONLY")
    target = cursor.table_name()
    draft = catalog.find(target) if target else None
    group = cursor.group() if cursor.skip_to("(") else None
    columns = read_names(group) if group else None
    if (
        draft is None
        or not columns
        or any(cursor.word(i) == "WHERE" for i in range(cursor.stop - cursor.at))
    ):
        return
    keys = [catalog.fold(part) for part in columns]
    name = catalog.fold(names[-1]) if names else None
    draft.unique.append(Key(name, keys, offset))
    if name:
        catalog.unique_indexes[name] = keys


def _create_type(cursor: Cursor, catalog: Catalog) -> None:
    cursor.accept("OR", "REPLACE")
    if not cursor.accept("TYPE"):
        cursor.accept("DOMAIN")
    cursor.accept("BODY")
    name = cursor.table_name()
    cursor.accept("AS") or cursor.accept("IS") or cursor.accept("FROM")
    if name is None:
        return
    words = [cursor.word(ahead) for ahead in range(cursor.stop - cursor.at)]
    if ("NOT", "NULL") in zip(words, words[1:], strict=False):
        catalog.mandatory_types.add(name.last.text.lower())
    catalog.types[str(name)] = cursor.source()


def _create_schema(cursor: Cursor, catalog: Catalog) -> None:
    """What is made in the same statement goes into the new schema."""
    cursor.accept("SCHEMA")
    cursor.accept("IF", "NOT", "EXISTS")
    cursor.accept("AUTHORIZATION")
    part = cursor.name()
    catalog.ignored["CREATE SCHEMA"] += 1
    if part is not None and catalog.dialect is not Dialect.ORACLE:
        catalog.home, catalog.home_shown = part, True


def _alter(cursor: Cursor, catalog: Catalog) -> None:
    word = cursor.word()
    if word == "FOREIGN":
        cursor.at += 1
        word = cursor.word()
    if word in {"ONLINE", "OFFLINE", "IGNORE"}:
        cursor.at += 1
        word = cursor.word()
    if word == "TABLE":
        cursor.at += 1
        alter_table(cursor, catalog)
    elif word == "SESSION" and cursor.word(2) == "CURRENT_SCHEMA":
        cursor.at += 3
        cursor.symbol("=")
        catalog.home, catalog.home_shown = cursor.name(), True
    elif word == "VIEW" and any(cursor.word(i) == "AS" for i in range(cursor.stop - cursor.at)):
        create_view(cursor, catalog)
    elif word in {"VIEW", "MATERIALIZED"} and any(
        cursor.word(i) == "RENAME" for i in range(cursor.stop - cursor.at)
    ):
        cursor.accept("MATERIALIZED")
        cursor.at += 1
        alter_table(cursor, catalog)
    else:
        catalog.ignored[f"ALTER {word}"] += 1


def _drop(cursor: Cursor, catalog: Catalog) -> None:
    cursor.accept("MATERIALIZED")
    cursor.accept("FOREIGN")
    cursor.accept("TEMPORARY")
    kind = cursor.accept_any(_DROPPABLE)
    if not kind:
        catalog.ignored[f"DROP {cursor.word()}"] += 1
        return
    catalog.ignored[f"DROP {kind}"] += 1
    cursor.accept("IF", "EXISTS")
    for element in cursor.elements():
        if kind == "SCHEMA":
            part = element.name()
            if part is not None:
                catalog.drop_schema(part)
            continue
        name = element.table_name()
        draft = catalog.find(name) if name else None
        if draft is not None:
            catalog.drop(draft)


def _comment(cursor: Cursor, catalog: Catalog) -> None:
    if cursor.accept("ON"):
        comment_on(cursor, catalog)


def _rename(cursor: Cursor, catalog: Catalog) -> None:
    """MySQL's RENAME TABLE a TO b, c TO d; Oracle's RENAME a TO b."""
    cursor.accept("TABLE")
    for element in cursor.elements():
        offset = element.offset
        start = element.at
        old = element.table_name()
        new = element.table_name() if element.accept("TO") else None
        draft = catalog.find(old) if old else None
        if draft is None or new is None:
            catalog.note(offset, element.source(start), "a table to rename that is not in the file")
        else:
            catalog.rename(draft, new)


def _execute(cursor: Cursor, catalog: Catalog) -> None:
    """T-SQL's stored procedures that change a schema."""
    if cursor.word().startswith("@") and cursor.is_symbol("=", 1):
        cursor.at += 2
    parts = cursor.dotted()
    procedure = parts[-1].text.lower() if parts else ""
    if procedure in {"sp_addextendedproperty", "sp_updateextendedproperty"}:
        extended_property(cursor, catalog)
    elif procedure == "sp_rename":
        _sp_rename(cursor, catalog)
    elif procedure == "sp_addtype":
        _sp_addtype(cursor, catalog)
    else:
        catalog.ignored[f"EXEC {procedure}".strip()] += 1


def _sp_rename(cursor: Cursor, catalog: Catalog) -> None:
    offset, start = cursor.offset, cursor.at
    values = [_procedure_value(argument) for argument in cursor.elements()]
    kind = values[2].upper() if len(values) > 2 else ""
    if len(values) < 2 or kind not in {"", "COLUMN", "OBJECT"}:
        return
    tokens, _ = tokenize(values[0], catalog.dialect)
    parts = Cursor(values[0], tokens, catalog.dialect, []).dotted()
    owner = parts[:-1] if kind == "COLUMN" else parts
    draft = catalog.find(Name(owner[-1], owner[-2] if len(owner) > 1 else None)) if owner else None
    new = Part(values[1], quoted=True)
    if draft is not None and kind == "COLUMN":
        done = catalog.rename_column(draft, parts[-1], new)
    else:
        done = draft is not None
        if draft is not None:
            catalog.rename(draft, Name(new))
    if not done:
        catalog.note(offset, cursor.source(start), "something to rename that is not in the file")


def _sp_addtype(cursor: Cursor, catalog: Catalog) -> None:
    values = [_procedure_value(argument) for argument in cursor.elements()]
    if len(values) < 2:
        return
    catalog.types[values[0]] = " ".join(values[1:])
    if len(values) > 2 and values[2].upper() == "NOT NULL":
        catalog.mandatory_types.add(values[0].lower())


def _procedure_value(argument: Cursor) -> str:
    if argument.word().startswith("@") and argument.is_symbol("=", 1):
        argument.at += 2
    text = argument.string()
    if text is not None:
        return text
    part = argument.name()
    return part.text if part else ""


def _set(cursor: Cursor, catalog: Catalog) -> None:
    """PostgreSQL's search_path; other settings say nothing of tables."""
    cursor.accept("SESSION") or cursor.accept("LOCAL")
    if not cursor.accept("SEARCH_PATH"):
        catalog.ignored["SET"] += 1
        return
    cursor.symbol("=") or cursor.accept("TO")
    first = next(iter(cursor.elements()), None)
    token = first.peek() if first else None
    part = (
        Part(token.value, quoted=True)
        if token and token.kind is Kind.STRING
        else first.name()
        if first
        else None
    )
    _set_search_path(part, catalog)


def _set_search_path(part: Part | None, catalog: Catalog) -> None:
    named = part is not None and part.text.lower() not in {
        "",
        "public",
        "pg_catalog",
        "$user",
        "default",
    }
    catalog.home, catalog.home_shown = (part, True) if named else (None, False)


def _use(cursor: Cursor, catalog: Catalog) -> None:
    catalog.ignored["USE"] += 1
    if catalog.dialect is Dialect.MYSQL:
        catalog.home, catalog.home_shown = cursor.name(), False


_HANDLERS: dict[str, Callable[[Cursor, Catalog], None]] = {
    "CREATE": _create,
    "ALTER": _alter,
    "DROP": _drop,
    "COMMENT": _comment,
    "RENAME": _rename,
    "EXEC": _execute,
    "EXECUTE": _execute,
    "SET": _set,
    "USE": _use,
}
