"""How the table of a `CREATE TABLE` answer differs from the real one."""

import re

import sqlglot
from pydantic import BaseModel, ConfigDict, Field
from sqlglot import exp
from sqlglot.errors import SqlglotError

from tunesmith.bot.ddl.dialects.profile import Profile
from tunesmith.bot.ddl.model import Column, Table
from tunesmith.bot.ddl.resolver.names import Name, real_names

_DISPLAY_WIDTH = re.compile(r"(?i)\b((?:tiny|small|medium|big)?int(?:eger)?)\s*\(\d+\)")


class ChangedColumn(BaseModel):
    """One property of a column that both tables have; `what` is type, nullable, default or comment.

    The values are what each side says, empty where it says nothing.
    """

    model_config = ConfigDict(extra="forbid")

    column: str
    what: str
    schema_says: str
    answer_says: str


class TableComparison(BaseModel):
    """Columns by name: `missing` from the answer, `invented` by it, and `changed`."""

    model_config = ConfigDict(extra="forbid")

    table: str
    missing: list[str] = Field(default_factory=list[str])
    invented: list[str] = Field(default_factory=list[str])
    changed: list[ChangedColumn] = Field(default_factory=list[ChangedColumn])


def compare_tables(real: Table, answer: Table, dialect: Profile) -> TableComparison:
    """Compare two tables column by column; columns meet by the dialect's case rules."""
    pairs = {
        mine.name: theirs
        for mine in real.columns
        if (theirs := _named(answer.columns, mine, dialect)) is not None
    }
    return TableComparison(
        table=real.name,
        missing=[column.name for column in real.columns if column.name not in pairs],
        invented=[
            column.name
            for column in answer.columns
            if _named(real.columns, column, dialect) is None
        ],
        changed=[
            change
            for column in real.columns
            if column.name in pairs
            for change in _changes(column, pairs[column.name], dialect)
        ],
    )


def _named(columns: list[Column], wanted: Column, dialect: Profile) -> Column | None:
    reals = real_names(Name(wanted.name, wanted.quoted), dialect)
    for column in columns:
        if reals & real_names(Name(column.name, column.quoted), dialect):
            return column
    return None


def _changes(real: Column, answer: Column, dialect: Profile) -> list[ChangedColumn]:
    sides = (
        ("type", real.type, answer.type, _plain_type),
        ("nullable", str(real.nullable).lower(), str(answer.nullable).lower(), _plain_text),
        ("default", real.default or "", answer.default or "", _plain_default),
        ("comment", real.comment or "", answer.comment or "", _plain_text),
    )
    return [
        ChangedColumn(column=real.name, what=what, schema_says=mine, answer_says=theirs)
        for what, mine, theirs, plain in sides
        if plain(mine, dialect) != plain(theirs, dialect)
    ]


def _plain_type(text: str, dialect: Profile) -> str:
    """One spelling for types that are the same: `INT(11)` and `integer`."""
    bare = _DISPLAY_WIDTH.sub(r"\1", text) if dialect.ddl.integer_display_width else text
    try:
        kind = sqlglot.parse_one(bare, read=dialect.sqlglot, into=exp.DataType)
    except SqlglotError:
        return " ".join(bare.casefold().split())
    return kind.sql(dialect.sqlglot).casefold()


def _plain_default(text: str, dialect: Profile) -> str:
    """A default without its quotes and brackets: `((1))`, `'1'` and `1` are the same."""
    del dialect
    bare = text.strip()
    while bare.startswith("(") and bare.endswith(")"):
        bare = bare[1:-1].strip()
    bare = bare.removesuffix("()")
    if len(bare) > 2 and bare[0] == bare[-1] == "'":
        return bare[1:-1]
    return "" if bare.casefold() == "null" else bare.casefold()


def _plain_text(text: str, dialect: Profile) -> str:
    del dialect
    return text.strip()
