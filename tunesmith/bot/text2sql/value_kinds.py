"""What kind of value a column's declared type holds."""

import re
from functools import cache

from tunesmith.bot.ddl.dialects.profile import Profile, ValueKind
from tunesmith.bot.text2sql import data

_FIRST_WORD = re.compile(r"[a-z_][a-z0-9_]*")
_ARGUMENTS = re.compile(r"\(\s*(\d+)\s*(?:,\s*(-?\d+)\s*)?\)")
_OPTION = re.compile(r"'((?:[^']|'')*)'")


def kind_of(declared: str, dialect: Profile) -> ValueKind:
    """The kind of a declared type such as `decimal(10, 2)`; OTHER for what is not known."""
    text = declared.lower().replace("[", "").replace('"', "")
    found = _FIRST_WORD.search(text)
    if not found or text.rstrip().endswith("]"):
        return ValueKind.OTHER  # nothing declared, or an array
    word = found.group()
    kind = dialect.writing.kinds.get(word) or _kinds().get(word, ValueKind.OTHER)
    if kind is ValueKind.DECIMAL and word in ("decimal", "numeric", "number", "dec"):
        arguments = _ARGUMENTS.search(text)
        if arguments and int(arguments.group(2) or 0) <= 0:
            return ValueKind.INTEGER
    return kind


def text_length(declared: str) -> int | None:
    """The longest text a type such as `varchar(64)` takes, in characters; None without limit."""
    arguments = _ARGUMENTS.search(declared)
    return int(arguments.group(1)) if arguments else None


def options_of(declared: str) -> list[str]:
    """The values that an `enum('a', 'b')` type allows; empty for every other type."""
    if not declared.lower().lstrip().startswith("enum"):
        return []
    return [text.replace("''", "'") for text in _OPTION.findall(declared)]


@cache
def _kinds() -> dict[str, ValueKind]:
    return {
        word: ValueKind(kind)
        for kind, words in data.read("types").items()
        for word in words.split()
    }
