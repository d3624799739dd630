"""A dump to its statements, with the syntax of the client programs taken out.

Data sections are stepped over without being cut into tokens: one possessive regular expression
per dialect runs from the start of a statement to its end.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from tunesmith.bot.schemas.model import Dialect
from tunesmith.bot.schemas.parse.lexer import (
    Kind,
    closed_string,
    comment_pattern,
    dollar_quote_end,
    nested_comment_end,
    q_quote_end,
    tokenize,
)


class Statement(NamedTuple):
    """A statement as offsets in the dump; `verb` is `CREATE TABLE`, `INSERT` and so on.

    `unclosed` says that a quote or comment in it is never closed.
    """

    start: int
    end: int
    verb: str
    unclosed: bool = False


_GO = r"[ \t]*+[Gg][Oo][ \t;]*+(?:\d++[ \t]*+)?(?:--[^\n]*+)?(?=\n|\Z)"
_SLASH = r"[ \t]*+/[ \t]*+(?=\n|\Z)"

# Lines that a client program (mysql, psql, sqlcmd, SQL*Plus, sqlite3) takes for itself, where a
# statement could start.
_CLIENT_LINE = {
    Dialect.MYSQL: re.compile(
        r"(?i:delimiter)[ \t]++(?P<delimiter>\S++)[^\n]*+|(?i:source)[ \t][^\n]*+|\\[^\n]*+"
    ),
    Dialect.POSTGRES: re.compile(r"\\[^\n]*+"),
    Dialect.MSSQL: re.compile(_GO + r"|:(?!:)[^\n]*+|!![^\n]*+"),
    Dialect.ORACLE: re.compile(
        _SLASH + r"|@[^\n]*+|(?:(?i:rem|remark|prompt|spool|define|undefine|accept|whenever|conn"
        r"|connect|disconnect|column|col|ttitle|btitle|break|compute|exit|quit|show|variable|print"
        r"|pause|host|start|clear|timing|exec|execute|describe|desc|password"
        r"|set(?![ \t]+(?:transaction|constraints?|role)\b))(?=[\s;]|\Z)|!)(?:-[ \t]*\n|[^\n])*+"
    ),
    Dialect.SQLITE: re.compile(r"\.[a-z][^\n]*+"),
}
# The same inside a statement: what ends it though no semicolon does.
_LINE_END = {
    Dialect.POSTGRES: r"[ \t]*+\\[A-Za-z!?.]",
    Dialect.MSSQL: _GO,
    Dialect.ORACLE: _SLASH,
}
_DOLLAR = r"\$(?:[A-Za-z_\x80-\U0010ffff]\w*+)?\$"

_ROUTINES = {"PROCEDURE", "PROC", "FUNCTION", "TRIGGER", "EVENT", "PACKAGE", "LIBRARY"}
_OBJECTS = _ROUTINES | {
    "TABLE", "VIEW", "INDEX", "TYPE", "DOMAIN", "SCHEMA", "DATABASE", "SEQUENCE", "SYNONYM", "USER",
    "ROLE", "EXTENSION", "RULE", "AGGREGATE", "OPERATOR", "CAST", "COLLATION", "SERVER", "LOGIN",
    "POLICY", "PUBLICATION", "SUBSCRIPTION", "STATISTICS", "TABLESPACE", "DIRECTORY", "LANGUAGE",
}  # fmt: skip
_TWO_WORDS = {"ALTER", "DROP", "COMMENT", "RENAME", "LOCK", "UNLOCK", "EXPORT"}
_BLOCK_ENDS = {"IF", "LOOP", "WHILE", "REPEAT", "FOR"}

_WORD = re.compile(r"[A-Za-z_]\w*+")
# Where reading goes on after a quote that is never closed, or a program without an end mark.
_FRESH_START = re.compile(
    r"\n(?=(?:CREATE\s++(?:(?:GLOBAL|TEMPORARY|UNIQUE|EXTERNAL|UNLOGGED)\s++)*+(?:TABLE|VIEW|INDEX)"
    r"|ALTER\s++TABLE|COMMENT\s++ON|DROP\s++TABLE|INSERT\s++INTO)\b)",
    re.IGNORECASE,
)
_SLASH_LINE = re.compile(rf"\n(?={_SLASH})")
_COPY_STDIN = re.compile(r"\bFROM\s++STDIN\b", re.IGNORECASE)
_COPY_END = re.compile(r"^\\\.[ \t]*+$", re.MULTILINE)


@cache
def _run(dialect: Dialect, delimiter: str) -> re.Pattern[str]:
    """Everything up to the end of a statement, or up to what needs a closer look.

    The second is a comment that nests or is never closed, a dollar quote, a q-quote, and any
    other quote that is never closed.
    """
    skipped = [closed_string(dialect), comment_pattern(dialect).replace(r"(?:\*/|\Z)", r"\*/")]
    stops, lone = r"\n'\"/\-", r"\n/\-"
    ends = [rf"\n(?:{_LINE_END[dialect]})"] if dialect in _LINE_END else []
    block = r"/\*"
    if dialect is Dialect.MYSQL:
        skipped += [r'"(?:[^"\\]++|""|\\.)*+"', r"`(?:[^`]++|``)*+`"]
        stops += "#`"
        block = r"/\*(?!M?!)"
    else:
        skipped.append(r'"(?:[^"]++|"")*+"')
    if dialect in {Dialect.MSSQL, Dialect.SQLITE}:
        skipped += [r"\[(?:[^\]]++|\]\])*+\]", r"`(?:[^`]++|``)*+`"]
        stops += r"\[`"
    if dialect is Dialect.POSTGRES:
        ends.append(_DOLLAR)
        stops += "$"
        lone += "$"
    if delimiter:
        ends.append(re.escape(delimiter))
        stops += re.escape(delimiter[0])
        lone += re.escape(delimiter[0])
    end = "|".join([*ends, block])
    return re.compile(rf"(?:[^{stops}]++|{'|'.join(skipped)}|(?!{end})[{lone}])*+", re.DOTALL)


@cache
def _blank(dialect: Dialect) -> re.Pattern[str]:
    """Blanks, comments and lone semicolons between statements."""
    executable_end = r"|\*/" if dialect is Dialect.MYSQL else ""
    return re.compile(rf"(?:[\s;\ufeff]++|{comment_pattern(dialect)}{executable_end})*+", re.DOTALL)


def split(text: str, dialect: Dialect) -> Iterator[Statement]:
    """Yield the statements of `text`, whose lines must end in `\\n`, in their order."""
    at, length, delimiter = 0, len(text), ";"
    while True:
        at = _skip_blank(text, at, dialect)
        if delimiter != ";" and text.startswith(delimiter, at):
            at += len(delimiter)
            continue
        if at >= length:
            return
        client = _CLIENT_LINE[dialect].match(text, at)
        if client and client.end() > at:
            if client.lastgroup == "delimiter":
                delimiter = client["delimiter"]
            at = client.end()
            continue
        verb = _verb(text, at)
        end, closed = _end(text, at, verb, dialect, delimiter)
        yield Statement(at, end, verb, not closed)
        if verb == "COPY" and _COPY_STDIN.search(text, at, end):
            found = _COPY_END.search(text, end)
            end = found.end() if found else length
        # What stopped the run without being an end (a lone backslash) must not stop it for ever.
        at = max(end, at + 1)


def _skip_blank(text: str, at: int, dialect: Dialect) -> int:
    while True:
        found = _blank(dialect).match(text, at)
        at = found.end() if found else at
        if dialect not in {Dialect.POSTGRES, Dialect.MSSQL} or not text.startswith("/*", at):
            return at
        end = nested_comment_end(text, at)
        if end < 0:
            return len(text)
        at = end


def _verb(text: str, at: int) -> str:
    """The first word; for CREATE the kind of object, for some others the second word."""
    words = [word.upper() for word in _WORD.findall(text[at : at + 400])]
    if not words:
        return ""
    if words[0] == "CREATE":
        known = next((word for word in words[1:] if word in _OBJECTS), "")
        return f"CREATE {known}".strip()
    if words[0] in _TWO_WORDS and len(words) > 1:
        return f"{words[0]} {words[1]}"
    return words[0]


def _end(text: str, at: int, verb: str, dialect: Dialect, delimiter: str) -> tuple[int, bool]:
    """Where the statement at `at` ends, and whether all its quotes are closed."""
    program = verb.removeprefix("CREATE ") in _ROUTINES and verb.startswith("CREATE ")
    if dialect is Dialect.ORACLE and (program or verb in {"DECLARE", "BEGIN"}):
        found = [
            hit.start()
            for hit in (_SLASH_LINE.search(text, at), _FRESH_START.search(text, at))
            if hit
        ]
        return min(found, default=len(text)), True
    if program and dialect is Dialect.MSSQL:
        return _plain_end(text, at, dialect, "")
    if program and delimiter == ";":
        return _block_end(text, at, dialect)
    return _plain_end(text, at, dialect, delimiter)


def _plain_end(text: str, at: int, dialect: Dialect, delimiter: str) -> tuple[int, bool]:
    run, length = _run(dialect, delimiter), len(text)
    start = at
    while True:
        found = run.match(text, at)
        at = found.end() if found else at
        if at >= length or (delimiter and text.startswith(delimiter, at)):
            return at, True
        if text[at] == "\n":
            return at, True
        skipped = _long_quote_end(text, at, dialect)
        if skipped < 0:
            fresh = _FRESH_START.search(text, max(at, start + 1))
            return (fresh.start() if fresh else length), False
        at = skipped


def _long_quote_end(text: str, at: int, dialect: Dialect) -> int:
    """The end of a nesting comment, dollar quote or q-quote at `at`; -1 if it has none."""
    if text[at] == "/" and dialect in {Dialect.POSTGRES, Dialect.MSSQL}:
        return nested_comment_end(text, at)
    if text[at] == "$" and dialect is Dialect.POSTGRES:
        return dollar_quote_end(text, at, text.find("$", at + 1) + 1)
    if (
        text[at] == "'"
        and dialect is Dialect.ORACLE
        and text[at - 1] in "qQ"
        and at + 2 < len(text)
    ):
        return q_quote_end(text, at + 2)
    return -1


def _block_end(text: str, at: int, dialect: Dialect) -> tuple[int, bool]:
    """The end of a routine whose body may be BEGIN … END with semicolons in it."""
    first, closed = end, _ = _plain_end(text, at, dialect, ";")
    depth = 0
    while True:
        depth += _opened_blocks(text, at, end, dialect)
        if depth <= 0:
            return end, closed
        if end >= len(text):
            return first, closed
        at = end + 1
        end, closed = _plain_end(text, at, dialect, ";")


def _opened_blocks(text: str, start: int, end: int, dialect: Dialect) -> int:
    """How many BEGIN and CASE in `text[start:end]` are not closed by an END in it."""
    depth = 0
    tokens, _ = tokenize(text, dialect, start, end)
    words = [token.value for token in tokens if token.kind in {Kind.WORD, Kind.SYMBOL}]
    for index, word in enumerate(words):
        before, after = words[index - 1 : index], words[index + 1 : index + 2]
        if before == ["."] or (word == "CASE" and before == ["END"]):
            continue
        if word in {"BEGIN", "CASE"}:
            depth += 1
        elif word == "END" and not (after and after[0] in _BLOCK_ENDS):
            depth -= 1
    return depth
