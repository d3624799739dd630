"""What a column is for: a key, a code, a date, something that adds up, a name.

The declared type, the words of the name and the comment decide. The guess is careful: a number
that nothing shows to be a measure is never summed or averaged.
"""

import re
from enum import StrEnum
from functools import cache

from tunesmith.bot.ddl.dialects.profile import ValueKind
from tunesmith.bot.ddl.model import Column
from tunesmith.bot.ddl.words import words_of
from tunesmith.bot.text2sql import data
from tunesmith.bot.text2sql.value_kinds import options_of


class Role(StrEnum):
    """The roles; each question pattern asks for columns of some of them."""

    KEY = "key"
    CODE = "code"
    DATE = "date"
    AMOUNT = "amount"
    LEVEL = "level"
    NAME = "name"
    REFERENCE = "reference"
    PLACE = "place"
    PLAIN = "plain"


# These words stand last (member_level_id, ship_city); in front they mean something else.
_HEADS = ("identifier", "reference", "name", "place")


def role_of(column: Column, kind: ValueKind, *, is_key: bool, has_codes: bool) -> Role:
    """The role of a column; `is_key`: it is in a key or a relation."""
    if is_key or says("identifier", column):
        return Role.KEY
    if has_codes or options_of(column.type):
        return Role.CODE
    if kind in (ValueKind.DATE, ValueKind.DATETIME):
        return Role.DATE
    if kind in (ValueKind.INTEGER, ValueKind.DECIMAL):
        return _number_role(column, kind)
    if kind is ValueKind.TEXT:
        return _text_role(column)
    return Role.PLAIN


def _number_role(column: Column, kind: ValueKind) -> Role:
    for topic, role in (
        ("flag", Role.PLAIN),
        ("reference", Role.PLAIN),
        ("bound", Role.LEVEL),
        ("total", Role.AMOUNT),
        ("contact", Role.PLAIN),
        ("ordinal", Role.PLAIN),
        ("level", Role.LEVEL),
        ("amount", Role.AMOUNT),
    ):
        if says(topic, column):
            return role
    return Role.LEVEL if kind is ValueKind.DECIMAL else Role.PLAIN


def _text_role(column: Column) -> Role:
    for topic, role in (
        ("contact", Role.PLAIN),
        ("reference", Role.REFERENCE),
        ("name", Role.NAME),
        ("place", Role.PLACE),
    ):
        if says(topic, column):
            return role
    return Role.PLAIN


def says(topic: str, column: Column) -> bool:
    """Whether the column's name, or its comment's first words, is about a topic."""
    words, marks = _lexicon()[topic]
    parts = words_of(column.name)
    if topic in _HEADS:
        parts = parts[-1:]
    if words.intersection(parts):
        return True
    label = re.split(r"[:：;；,，(（。\n]", column.described or column.name, maxsplit=1)[0].strip()
    if topic in _HEADS:
        return label.endswith(marks)
    return any(mark in label for mark in marks)


@cache
def _lexicon() -> dict[str, tuple[frozenset[str], tuple[str, ...]]]:
    return {
        topic: (frozenset(entry["words"]), tuple(entry["marks"]))
        for topic, entry in data.read("lexicon").items()
    }
