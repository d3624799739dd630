"""What kind of value a column's declared type holds."""

import re
from enum import StrEnum

from tunesmith.bot.schemas.model import Dialect


class Kind(StrEnum):
    """The families of SQL types that questions and made-up rows tell apart."""

    INTEGER = "integer"
    DECIMAL = "decimal"
    TEXT = "text"
    LONG_TEXT = "long_text"
    DATE = "date"
    DATETIME = "datetime"
    BOOLEAN = "boolean"
    BIT = "bit"
    OTHER = "other"


_WORDS: dict[str, Kind] = {
    **dict.fromkeys(
        "int integer bigint smallint tinyint mediumint int2 int4 int8 serial bigserial "
        "smallserial serial4 serial8 year".split(),
        Kind.INTEGER,
    ),
    **dict.fromkeys(
        "decimal numeric number dec fixed float double real money smallmoney float4 float8 "
        "binary_float binary_double".split(),
        Kind.DECIMAL,
    ),
    **dict.fromkeys(
        "varchar varchar2 nvarchar nvarchar2 char nchar character bpchar enum".split(),
        Kind.TEXT,
    ),
    **dict.fromkeys(
        "text tinytext mediumtext longtext ntext clob nclob long json jsonb xml xmltype".split(),
        Kind.LONG_TEXT,
    ),
    "date": Kind.DATE,
    **dict.fromkeys(
        "datetime datetime2 smalldatetime datetimeoffset timestamp timestamptz".split(),
        Kind.DATETIME,
    ),
    **dict.fromkeys(["bool", "boolean"], Kind.BOOLEAN),
}
_FIRST_WORD = re.compile(r"[a-z_][a-z0-9_]*")
_ARGUMENTS = re.compile(r"\(\s*(\d+)\s*(?:,\s*(-?\d+)\s*)?\)")
_OPTION = re.compile(r"'((?:[^']|'')*)'")


def kind_of(declared: str, dialect: Dialect) -> Kind:
    """The kind of a declared type such as `decimal(10, 2)`; OTHER for what is not known."""
    text = declared.lower().replace("[", "").replace('"', "")
    found = _FIRST_WORD.search(text)
    if not found or text.rstrip().endswith("]"):
        return Kind.OTHER
    word = found.group()
    if word == "timestamp" and dialect is Dialect.MSSQL:
        return Kind.OTHER  # a row version there, not a time
    if word == "date" and dialect is Dialect.ORACLE:
        return Kind.DATETIME  # Oracle's DATE holds the time too
    if word == "bit":
        return Kind.BIT if dialect in (Dialect.MSSQL, Dialect.MYSQL) else Kind.OTHER
    kind = _WORDS.get(word, Kind.OTHER)
    arguments = _ARGUMENTS.search(text)
    if kind is Kind.DECIMAL and word in ("decimal", "numeric", "number", "dec"):
        scale = arguments.group(2) if arguments else None
        if arguments and int(scale or 0) <= 0:
            return Kind.INTEGER
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
