"""Read one statement with sqlglot, whatever it is, in bounded time and depth."""

import logging

import sqlglot
from sqlglot import exp
from sqlglot.errors import ParseError, TokenError
from sqlglot.tokenizer_core import Token, TokenType

from tunesmith.bot.ddl.dialects.profile import Profile
from tunesmith.bot.messages import Message, say
from tunesmith.bot.sql.malformed import malformed

# It tells of every odd statement on stderr; ours are told in a verdict.
logging.getLogger("sqlglot").setLevel(logging.ERROR)
# Characters. A model's answer is shorter; checking this much takes about a second.
LONGEST = 30_000
_OPEN = frozenset({TokenType.L_PAREN, TokenType.L_BRACKET, TokenType.L_BRACE})
_CLOSED = frozenset({TokenType.R_PAREN, TokenType.R_BRACKET, TokenType.R_BRACE})
# Brackets open at once. sqlglot reads recursively and needs about 25 Python frames for each.
DEEPEST = 30


# What sqlglot raises besides, when a broken text gives it a tree without what every tree has.
SLIPS = (AttributeError, IndexError, KeyError, TypeError, ValueError)
NOT_READABLE = say("sql.not_readable")
TOO_DEEP = say("sql.too_deep")


class NotSqlError(Exception):
    """The text is no statement of that dialect; `problem` says why, for a colleague."""

    def __init__(self, problem: Message) -> None:
        super().__init__(problem.key)
        self.problem = problem


def tokenize(sql: str, dialect: Profile) -> list[Token]:
    """The statement's tokens, without semicolons at either end.

    Raises NotSqlError where a quote or comment never ends, or the text is too long.
    """
    if len(sql) > LONGEST:
        raise NotSqlError(say("sql.too_long", most=LONGEST))
    try:
        return _without_semicolons(sqlglot.tokenize(sql, read=dialect.sqlglot))
    except (TokenError, ValueError, IndexError) as error:
        raise NotSqlError(say("sql.never_closed")) from error


def parse(sql: str, tokens: list[Token], dialect: Profile) -> exp.Expr:
    """The tree of one statement; raises NotSqlError with the place where reading stopped."""
    depth = 0
    for token in tokens:
        depth += (token.token_type in _OPEN) - (token.token_type in _CLOSED)
        if depth > DEEPEST:
            raise NotSqlError(say("sql.deeper_than", most=DEEPEST))
    try:
        trees = sqlglot.Dialect.get_or_raise(dialect.sqlglot).parser().parse(tokens, sql)
    except ParseError as error:
        raise NotSqlError(_place(error)) from error
    except RecursionError as error:
        raise NotSqlError(TOO_DEEP) from error
    except SLIPS as error:
        raise NotSqlError(NOT_READABLE) from error
    tree = trees[0] if len(trees) == 1 else None
    if tree is None:
        raise NotSqlError(say("sql.not_one"))
    broken = malformed(tree, tokens, dialect)
    if broken is not None:
        raise NotSqlError(broken)
    return tree


def _without_semicolons(tokens: list[Token]) -> list[Token]:
    """The tokens between the semicolons at either end; SQL Server's people write `;WITH`."""
    begin, end = 0, len(tokens)
    while begin < end and tokens[begin].token_type is TokenType.SEMICOLON:
        begin += 1
    while end > begin and tokens[end - 1].token_type is TokenType.SEMICOLON:
        end -= 1
    return tokens[begin:end]


def _place(error: ParseError) -> Message:
    if not error.errors:
        return NOT_READABLE
    first = error.errors[0]
    near = str(first.get("highlight") or "").strip()[:60]
    line, column = first.get("line"), first.get("col")
    if not line or column is None:
        return say("sql.not_readable_end")
    if not near:
        return say("sql.not_readable_line", line=line, column=column)
    return say("sql.not_readable_at", line=line, column=column, near=near)
