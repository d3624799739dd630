"""A dump to its statements, with the syntax of the client programs taken out.

Data sections are stepped over without being cut into tokens: one possessive regular expression
per dialect runs from the start of a statement to its end.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from tunesmith.bot.ddl.dialects.profile import Lexing, Profile, ProgramEnd
from tunesmith.bot.ddl.dialects.quoting import nested_comment_end
from tunesmith.bot.ddl.parse.lexer import Kind, comment_pattern, tokenize
from tunesmith.bot.ddl.parse.vocabulary import OBJECTS, PROGRAMS


class Statement(NamedTuple):
    """A statement as offsets in the dump; `verb` is `CREATE TABLE`, `INSERT` and so on.

    `unclosed` says that a quote or comment in it is never closed.
    """

    start: int
    end: int
    verb: str
    unclosed: bool = False


_NAMED_BY_TWO = {"ALTER", "DROP", "COMMENT"}
_PLAIN_OBJECTS = {"TABLE", "VIEW", "INDEX"}
_LONGEST_PROGRAM = 500_000  # characters in which its END must come
_HEAD = 300  # characters in which the kind of object must show
_BLOCK_ENDS = {"IF", "LOOP", "WHILE", "REPEAT", "FOR"}

_TWO_WORDS = re.compile(r"([A-Za-z_]\w*+)(?:\s++([A-Za-z_]\w*+))?")
# Where reading goes on after a quote that is never closed, or a program without an end mark.
_FRESH_START = re.compile(
    r"\n(?=(?:CREATE\s++(?:(?:GLOBAL|TEMPORARY|UNIQUE|EXTERNAL|UNLOGGED)\s++)*+(?:TABLE|VIEW|INDEX)"
    r"|ALTER\s++TABLE|COMMENT\s++ON|DROP\s++TABLE|INSERT\s++INTO)\b)",
    re.IGNORECASE,
)
_COPY_STDIN = re.compile(r"\bFROM\s++STDIN\b", re.IGNORECASE)
_COPY_END = re.compile(r"^\\\.[ \t]*+$", re.MULTILINE)


@cache
def _run(lexing: Lexing, delimiter: str, line_end: str) -> re.Pattern[str]:
    """Everything up to the end of a statement, or up to what needs a closer look.

    `line_end` matches a line that ends a statement without a delimiter. What needs a closer look
    is a comment that nests or is never closed, a long quote, and any other quote that is never
    closed.
    """
    skipped = [*lexing.skipped, comment_pattern(lexing, end=r"\*/")]
    first = re.escape(delimiter[:1])
    stops = rf"\n'\"/\-{lexing.marks}{lexing.long_mark}{first}"
    lone = rf"\n/\-{lexing.long_mark}{first}"
    ends = [rf"\n(?:{line_end})"] if line_end else []
    ends += [part for part in (lexing.long_open, re.escape(delimiter)) if part]
    end = "|".join([*ends, lexing.comment_open])
    return re.compile(rf"(?:[^{stops}]++|{'|'.join(skipped)}|(?!{end})[{lone}])*+", re.DOTALL)


@cache
def _blank(lexing: Lexing) -> re.Pattern[str]:
    """Blanks, comments and lone semicolons between statements; marks of executable comments."""
    executable = f"|{lexing.executable}" if lexing.executable else ""
    return re.compile(rf"(?:[\s;\ufeff]++|{comment_pattern(lexing)}{executable})*+", re.DOTALL)


@cache
def _lines_ending(line_end: str) -> re.Pattern[str]:
    return re.compile(rf"\n(?={line_end})")


def split(text: str, dialect: Profile) -> Iterator[Statement]:
    """Yield the statements of `text`, whose lines must end in `\\n`, in their order."""
    at, length, delimiter = 0, len(text), ";"
    blocks = True  # whether programs end with the END of their block
    while True:
        at = _skip_blank(text, at, dialect.lexing)
        if delimiter != ";" and text.startswith(delimiter, at):
            at += len(delimiter)
            continue
        if at >= length:
            return
        client = dialect.lexing.client_line.match(text, at)
        if client and client.end() > at:
            if client.lastgroup == "delimiter":
                delimiter = client["delimiter"]
            at = client.end()
            continue
        verb = _verb(text, at, dialect)
        end, closed = _end(text, at, verb, dialect, delimiter)
        in_block = dialect.lexing.program_end is ProgramEnd.BLOCK and is_program(verb)
        if blocks and delimiter == ";" and in_block:
            block_end = _block_end(text, at, end, dialect)
            blocks, end = block_end is not None, block_end or end
        yield Statement(at, end, verb, not closed)
        if verb == "COPY" and _COPY_STDIN.search(text, at, end):
            found = _COPY_END.search(text, end)
            end = found.end() if found else length
        # What stopped the run without being an end (a lone backslash) must not stop it for ever.
        at = max(end, at + 1)


def _skip_blank(text: str, at: int, lexing: Lexing) -> int:
    while True:
        found = _blank(lexing).match(text, at)
        at = found.end() if found else at
        if not lexing.nested_comments or not text.startswith("/*", at):
            return at
        end = nested_comment_end(text, at)
        if end < 0:
            return len(text)
        at = end


def _verb(text: str, at: int, dialect: Profile) -> str:
    """The first word; for CREATE the kind of object, for some others the second word."""
    found = _TWO_WORDS.match(text, at)
    if found is None:
        return ""
    verb, second = found[1].upper(), (found[2] or "").upper()
    if verb in _NAMED_BY_TWO or (verb == "CREATE" and second in _PLAIN_OBJECTS):
        return f"{verb} {second}".strip()
    if verb != "CREATE":
        return verb
    tokens, _ = tokenize(text, dialect, at, min(len(text), at + _HEAD))
    words = [token.value for token in tokens[1:] if token.kind is Kind.WORD]
    kind = next((word for word in words if word in OBJECTS), "")
    body = kind in words and words[words.index(kind) + 1 :][:1] == ["BODY"]  # Oracle's types
    return f"CREATE {kind} BODY" if body else f"CREATE {kind}".strip()


def is_program(verb: str) -> bool:
    """Whether a statement makes a routine, trigger or the like, whose body is a program."""
    kind = verb.removeprefix("CREATE ")
    return kind != verb and (kind in PROGRAMS or kind.endswith(" BODY"))


def _end(text: str, at: int, verb: str, dialect: Profile, delimiter: str) -> tuple[int, bool]:
    """Where the statement at `at` ends, and whether all its quotes are closed."""
    program = is_program(verb)
    lexing = dialect.lexing
    if lexing.program_end is ProgramEnd.SLASH and (program or verb in {"DECLARE", "BEGIN"}):
        ends = (_lines_ending(lexing.line_end), _FRESH_START)
        found = [hit.start() for end in ends if (hit := end.search(text, at))]
        return min(found, default=len(text)), True
    if lexing.program_end is ProgramEnd.BATCH and program:
        return _plain_end(text, at, lexing, "", lexing.line_end)
    line_end = lexing.rows_end if verb == "INSERT" and lexing.rows_end else lexing.line_end
    return _plain_end(text, at, lexing, delimiter, line_end)


def _plain_end(
    text: str, at: int, lexing: Lexing, delimiter: str, line_end: str
) -> tuple[int, bool]:
    run, length = _run(lexing, delimiter, line_end), len(text)
    start = at
    while True:
        found = run.match(text, at)
        at = found.end() if found else at
        if at >= length or (delimiter and text.startswith(delimiter, at)):
            return at, True
        if text[at] == "\n":
            return at, True
        skipped = _long_quote_end(text, at, lexing)
        if skipped < 0:
            fresh = _FRESH_START.search(text, max(at, start + 1))
            return (fresh.start() if fresh else length), False
        at = skipped


def _long_quote_end(text: str, at: int, lexing: Lexing) -> int:
    """The end of a nesting comment or another long quote at `at`; -1 if it has none."""
    if text[at] == "/" and lexing.nested_comments:
        return nested_comment_end(text, at)
    return lexing.long_quote_end(text, at) if lexing.long_quote_end else -1


def _block_end(text: str, at: int, end: int, dialect: Profile) -> int | None:
    """The end of a program whose body may be BEGIN … END with semicolons in it.

    `end` is its first semicolon. None if its block does not end.
    """
    start, depth = at, 0
    while True:
        depth += _opened_blocks(text, at, end, dialect)
        if depth <= 0:
            return end
        if end >= len(text) or end - start > _LONGEST_PROGRAM:
            return None
        at = end + 1
        end, _ = _plain_end(text, at, dialect.lexing, ";", dialect.lexing.line_end)


def _opened_blocks(text: str, start: int, end: int, dialect: Profile) -> int:
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
