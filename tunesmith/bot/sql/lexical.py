"""What the characters and tokens of a statement show before it is parsed."""

import re
import unicodedata
from collections.abc import Sequence
from itertools import pairwise

from sqlglot.tokenizer_core import Token, TokenType

from tunesmith.bot.ddl.dialects.profile import Profile, words
from tunesmith.bot.messages import Message, say
from tunesmith.bot.sql.comment_danger import comment_danger, gaps

# C0 and C1 but for tab and line ends (a lone return ends a comment in some databases only), and
# marks that change the order text is shown in.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]|\\r(?!\n)")
_BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
# White space to Unicode and to sqlglot, but not to every database.
_SPACES = frozenset("\u00a0\u1680\u2028\u2029\u202f\u205f\u3000") | {
    chr(c) for c in range(0x2000, 0x200B)
}
_QUOTED = frozenset(
    {
        TokenType.STRING,
        TokenType.IDENTIFIER,
        TokenType.NATIONAL_STRING,
        TokenType.RAW_STRING,
        TokenType.HEREDOC_STRING,
        TokenType.UNICODE_STRING,
        TokenType.BYTE_STRING,
        TokenType.HEX_STRING,
        TokenType.BIT_STRING,
    }
)
_READS = words("SELECT WITH VALUES ( TABLE FROM")
_WRITES = words("INSERT REPLACE UPDATE DELETE MERGE")


def is_quoted(token: Token) -> bool:
    """Whether a token is text or a name in quotes, where any character is just data."""
    return token.token_type in _QUOTED


def character_danger(sql: str) -> Message | None:
    """Characters that no honest statement holds, wherever they stand."""
    control = _CONTROL.search(sql)
    if control:
        return say("sql.control_character", code=_code(control[0]))
    mark = _BIDI.search(sql)
    if mark:
        return say("sql.direction_mark", code=_code(mark[0]))
    return None


def _code(character: str) -> str:
    return f"U+{ord(character):04X}"


def token_danger(sql: str, tokens: Sequence[Token], dialect: Profile) -> Message | None:
    """Second statements, statements that do not read, hidden writes, look-alike characters."""
    return (
        comment_danger(sql, tokens, dialect)
        or _bracket_danger(sql, tokens, dialect)
        or _lookalike(sql, tokens)
        or _statement_danger(tokens, dialect)
        or _file_danger(tokens)
    )


def _lookalike(sql: str, tokens: Sequence[Token]) -> Message | None:
    pieces = [sql[token.start : token.end + 1] for token in tokens if not is_quoted(token)]
    pieces += [
        character for _, gap in gaps(sql, tokens) for character in gap if character in _SPACES
    ]
    for character in "".join(pieces):
        if character.isascii():
            if character == "\\":
                return say("sql.client_command")
            continue
        if unicodedata.category(character) == "Cf":
            return say("sql.invisible_character", code=_code(character))
        if unicodedata.normalize("NFKC", character).isascii() or character in "‘’“”ʼ′":
            return say("sql.lookalike", character=character, code=_code(character))
    return None


def _bracket_danger(sql: str, tokens: Sequence[Token], dialect: Profile) -> Message | None:
    """sqlglot reads ]] in a [name] as one bracket, even where a name ends at the first."""
    if not dialect.query.brackets_end_at_first:
        return None
    texts = (sql[token.start : token.end + 1] for token in tokens if is_quoted(token))
    if any(text.startswith("[") and "]]" in text for text in texts):
        return say("sql.double_bracket", dialect=dialect.label)
    return None


def _statement_danger(tokens: Sequence[Token], dialect: Profile) -> Message | None:
    if not tokens:
        return None
    first = tokens[0].text.upper()
    if is_quoted(tokens[0]) or first not in _READS:
        return say("sql.begins_with", word=first[:20]) if first.isalpha() else None
    ended = False
    for position, token in enumerate(tokens):
        if token.token_type is TokenType.SEMICOLON:
            ended = True
        elif ended:
            return say("sql.several_statements")
        if (
            token.text.upper() in dialect.query.statement_words
            and not is_quoted(token)
            and (position == 0 or tokens[position - 1].token_type is not TokenType.DOT)
        ):
            return say("sql.holds_word", word=token.text.upper()[:20])
    return None


def has_names(tokens: Sequence[Token]) -> bool:
    """Whether a statement begins like one whose names are worth resolving."""
    return tokens[0].text.upper() in _READS | _WRITES


def _file_danger(tokens: Sequence[Token]) -> Message | None:
    for token, after in pairwise(tokens):
        if is_quoted(token):
            continue
        if token.text.upper() == "INTO":
            target = after.text.upper() if not is_quoted(after) else ""
            if target in {"OUTFILE", "DUMPFILE"}:
                return say("sql.into_file", target=target)
            return say("sql.into")
    return None
