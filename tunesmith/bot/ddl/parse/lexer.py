"""SQL text to tokens, in each dialect's own rules for quotes and comments.

Every pattern is possessive, so that the time is linear in the text whatever the text is. Nothing
here fails: what is never closed runs to the end of the text.
"""

import re
from enum import Enum
from functools import cache
from typing import NamedTuple

from tunesmith.bot.ddl.dialects.profile import Lexing, Profile
from tunesmith.bot.ddl.dialects.quoting import (
    dollar_quote_end,
    nested_comment_end,
    q_quote_end,
)


class Kind(Enum):
    """What a token is."""

    WORD = "word"  # value: upper case
    NAME = "name"  # a quoted identifier; value: without quotes
    STRING = "string"  # value: without quotes and escapes
    NUMBER = "number"
    SYMBOL = "symbol"
    PLACEHOLDER = "placeholder"  # @schema, ${schema}, &schema. and their like


class Token(NamedTuple):
    """A token; `start` and `end` are offsets in the text it was cut from."""

    kind: Kind
    value: str
    start: int
    end: int


class Comment(NamedTuple):
    """A comment without its marks; `start` is the offset of the mark."""

    text: str
    start: int
    end: int


# Where a placeholder of a deployment tool stands for a name: sqlcmd $(x), Flyway and shell ${x},
# Jinja {{x}}, SQL*Plus &x and &&x., OHDSI @x, Oracle bind :x, sed-like %x% and @x@.
_PLACEHOLDER = (
    r"\$\(\w++\)|\$\{[\w.:-]++\}|\{\{[^{}\n]*+\}\}|\{\w++\}"
    r"|&&?\w++\.?|@\w++@?|%\w++%|:(?!:)[A-Za-z_]\w*+"
)

_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "b": "\b", "Z": "\x1a"}


def comment_pattern(lexing: Lexing, *, end: str = r"(?:\*/|\Z)") -> str:
    """A comment that does not nest and is not executed.

    `end` is what a block comment must end with; by default the end of the text will do.
    """
    if lexing.nested_comments:
        return lexing.line_comment
    return rf"{lexing.line_comment}|{lexing.comment_open}(?:[^*]++|\*(?!/))*+{end}"


@cache
def _pattern(lexing: Lexing) -> re.Pattern[str]:
    """One alternative per kind of token; the names of the groups say what to do with it."""
    parts = [
        rf"(?P<comment>{comment_pattern(lexing)})",
        *lexing.tokens,
        rf"(?P<placeholder>{_PLACEHOLDER})",
        r"(?P<number>\d[\w.]*+)",
        r"(?P<word>\w[\w$#@]*+)",
        r"(?P<symbol>::|:=|\|\||<=|>=|<>|!=|.)",
    ]
    return re.compile(rf"\s*+(?:{'|'.join(parts)}|(?P<end>\Z))", re.DOTALL)


def tokenize(
    text: str, dialect: Profile, start: int = 0, stop: int | None = None
) -> tuple[list[Token], list[Comment]]:
    """Cut `text[start:stop]` into tokens and, apart, its comments."""
    tokens: list[Token] = []
    comments: list[Comment] = []
    pattern = _pattern(dialect.lexing)
    at, length = start, len(text) if stop is None else stop
    while at < length:
        for match in pattern.finditer(text, at, length):
            kind = match.lastgroup or "end"
            start, end = match.span(kind)
            if kind == "word":
                tokens.append(Token(Kind.WORD, text[start:end].upper(), start, end))
            elif kind == "symbol":
                tokens.append(Token(Kind.SYMBOL, text[start:end], start, end))
            elif kind in {"nested", "dollar", "qquote"}:
                end = _long_end(text, kind, start, end)
                at = end = min(end, length) if end >= 0 else length
                if kind == "nested":
                    comments.append(Comment(_bare(text[start:end]), start, end))
                else:
                    tokens.append(Token(Kind.STRING, _long_value(text[start:end]), start, end))
                break
            elif kind == "comment":
                comments.append(Comment(_bare(text[start:end]), start, end))
            elif kind not in {"executable", "end"}:
                backslash = dialect.lexing.backslash_escapes or kind == "escaped"
                tokens.append(_token(kind, text[start:end], start, end, backslash=backslash))
        else:
            at = length
    return tokens, comments


def _token(kind: str, raw: str, start: int, end: int, *, backslash: bool) -> Token:
    if kind == "number":
        return Token(Kind.NUMBER, raw, start, end)
    if kind == "placeholder":
        return Token(Kind.PLACEHOLDER, raw, start, end)
    if kind == "variable":
        return Token(Kind.WORD, raw.upper(), start, end)
    if kind in {"quoted", "backtick", "bracket"}:
        close = "]" if kind == "bracket" else raw[0]
        inner = raw[1:-1] if len(raw) > 1 and raw.endswith(close) else raw[1:]
        return Token(Kind.NAME, inner.replace(close * 2, close), start, end)
    return Token(Kind.STRING, _string_value(raw, backslash=backslash), start, end)


def _string_value(raw: str, *, backslash: bool) -> str:
    quote = '"' if raw.endswith('"') and raw.startswith('"') else "'"
    body = raw[raw.find(quote) + 1 :]
    if body.endswith(quote):
        body = body[:-1]
    body = body.replace(quote * 2, quote)
    if backslash and "\\" in body:
        body = unescape(body)
    return body


def unescape(body: str) -> str:
    """Resolve the backslash escapes of MySQL and of PostgreSQL's E'' strings."""
    return re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[1]), body, flags=re.DOTALL)


def _long_end(text: str, kind: str, start: int, inner: int) -> int:
    """Where a nested comment, a dollar quote or a q-quote ends; -1 if nowhere."""
    if kind == "nested":
        return nested_comment_end(text, start)
    if kind == "dollar":
        return dollar_quote_end(text, start, inner)
    return q_quote_end(text, inner)


def _long_value(raw: str) -> str:
    if raw.startswith("$"):
        mark = raw[: raw.find("$", 1) + 1]
        return raw[len(mark) : -len(mark)] if raw.endswith(mark) else raw[len(mark) :]
    return raw[raw.find("'") + 2 :].removesuffix("'")[:-1]


def _bare(comment: str) -> str:
    """A comment without its marks; empty if it is only a line of signs."""
    if comment.startswith("/*"):
        inner = comment[2:].removesuffix("*/").strip("* \t\n")
    else:
        inner = comment[1:] if comment.startswith("#") else comment[2:]
    inner = inner.strip()
    return inner if any(letter.isalnum() for letter in inner) else ""
