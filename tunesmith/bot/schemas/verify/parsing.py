"""Read one statement with sqlglot, whatever it is, in bounded time and depth."""

from dataclasses import dataclass

import sqlglot
from sqlglot import exp
from sqlglot.errors import ParseError, TokenError
from sqlglot.tokens import Token

from tunesmith.bot.schemas.model import Dialect

# Characters. A model's answer is shorter; reading this much takes about two seconds.
LONGEST = 100_000
# Brackets open at once. sqlglot reads recursively and needs about 25 Python frames for each.
DEEPEST = 30


class NotSqlError(Exception):
    """The text is no statement of that dialect; the message says why, for a colleague."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """One statement's tree."""

    tree: exp.Expr
    sql: str


def tokenize(sql: str, dialect: Dialect) -> list[Token]:
    """The statement's tokens; raises NotSqlError where a quote or comment never ends."""
    if len(sql) > LONGEST:
        raise NotSqlError(f"It is longer than {LONGEST:,} characters.")
    try:
        return sqlglot.tokenize(sql, read=dialect.value)
    except (TokenError, RecursionError, ValueError, IndexError) as error:
        raise NotSqlError("A quote or a comment is opened and never closed.") from error


def parse(sql: str, tokens: list[Token], dialect: Dialect) -> exp.Expr:
    """The statement's tree; raises NotSqlError with the place where reading stopped."""
    depth = 0
    for token in tokens:
        depth += (token.text in {"(", "["}) - (token.text in {")", "]"})
        if depth > DEEPEST:
            raise NotSqlError(f"It is nested more than {DEEPEST} levels deep.")
    reader = sqlglot.Dialect.get_or_raise(dialect.value)
    try:
        trees = reader.parser().parse(tokens, sql)
    except ParseError as error:
        raise NotSqlError(_place(error)) from error
    except RecursionError as error:
        raise NotSqlError("It is nested too deep to be read.") from error
    except (ValueError, TypeError, AttributeError, KeyError, IndexError) as error:
        # sqlglot's own slips on broken input; nothing of it is the reader's business.
        raise NotSqlError("It cannot be read.") from error
    found = [tree for tree in trees if tree is not None]
    if len(found) != 1:
        raise NotSqlError("It is not one statement.")
    return found[0]


def _place(error: ParseError) -> str:
    if not error.errors:
        return "It cannot be read."
    first = error.errors[0]
    near = str(first.get("highlight") or "").strip()[:60]
    line, column = first.get("line"), first.get("col")
    where = f"line {line}, column {column}" if line else "the end"
    return f"It cannot be read at {where}" + (f", near “{near}”." if near else ".")
