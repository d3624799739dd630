"""Types and default values as the file writes them."""

from tunesmith.bot.ddl.parse.cursor import Cursor
from tunesmith.bot.ddl.parse.lexer import Kind
from tunesmith.bot.ddl.parse.vocabulary import OPTIONS, TYPE_WORDS

_PREFIXES = {"REF", "SETOF"}  # of another type's name
_NAMES = {Kind.WORD, Kind.NAME, Kind.STRING, Kind.PLACEHOLDER}


def read_type(cursor: Cursor) -> str:
    """A type without the quotes around its name; empty if there is none."""
    if cursor.done or cursor.word() in OPTIONS:
        return ""
    pieces: list[str] = []
    end = -1
    expects_name = True  # at the start, and behind the point of `schema.type`
    while (token := cursor.peek()) is not None:
        start = cursor.at
        if cursor.group() is not None or _brackets(cursor):
            piece = cursor.written(start, cursor.at)
        elif token.kind is Kind.SYMBOL and token.value in ".%":
            expects_name = True
            cursor.at += 1
            piece = token.value
        elif expects_name and token.kind in _NAMES:
            expects_name = cursor.word() in _PREFIXES
            cursor.at += 1
            piece = _unquoted(cursor, start)
        elif _goes_on(cursor):
            cursor.at += 1
            piece = cursor.written(start, cursor.at)
        else:
            break
        if end >= 0 and token.start > end:
            pieces.append(" ")
        pieces.append(piece)
        end = cursor.tokens[cursor.at - 1].end
    return "".join(pieces)


def _goes_on(cursor: Cursor) -> bool:
    """Whether the next word still belongs to the type."""
    word = cursor.word()
    if word == "WITH":
        return cursor.word(1) in {"TIME", "LOCAL"}
    if word == "CHARACTER" and cursor.word(1) == "SET":
        return False
    if word in TYPE_WORDS:
        return True
    return bool(word) and cursor.dialect.ddl.any_type_word and word not in OPTIONS


def _brackets(cursor: Cursor) -> bool:
    """Step over the brackets of PostgreSQL's arrays."""
    if not cursor.is_symbol("["):
        return False
    while not cursor.done and not cursor.symbol("]"):
        cursor.at += 1
    return True


def _unquoted(cursor: Cursor, at: int) -> str:
    """A word of a type; the quotes stay where the case of the name depends on them."""
    token = cursor.tokens[at]
    raw = cursor.source.text[token.start : token.end]
    if token.kind is not Kind.NAME or not token.value.isidentifier():
        return raw
    dialect = cursor.dialect
    if dialect.quotes_keep_case and token.value != dialect.fold(token.value, quoted=False):
        return raw
    return token.value


def read_value(cursor: Cursor) -> str | None:
    """A default value, up to the next option of the column. None for NULL."""
    text = read_expression(cursor)
    return None if text.strip("() ").upper() in {"", "NULL"} else text


def read_expression(cursor: Cursor) -> str:
    """An expression, up to the next option of the column."""
    start, depth = cursor.at, 0
    while (token := cursor.peek()) is not None:
        if token.kind is Kind.SYMBOL:
            depth += (token.value in "([") - (token.value in ")]")
        elif depth <= 0 and cursor.at > start and _ends_expression(cursor):
            break
        cursor.at += 1
    return cursor.written(start, cursor.at)


def _ends_expression(cursor: Cursor) -> bool:
    word = cursor.word()
    if word == "WITH":
        return cursor.word(1) not in {"TIME", "LOCAL"}
    if word == "FOR":
        return cursor.word(-1) != "VALUE"  # NEXT VALUE FOR a sequence
    return word in OPTIONS
