"""What a schema holds, in the numbers and lists that people want to see first."""

from dataclasses import dataclass, field

from tunesmith.bot.ddl.codes import code_list
from tunesmith.bot.ddl.dialects import Dialect
from tunesmith.bot.ddl.model import Schema, Unparsed
from tunesmith.bot.ddl.relations import Relation, relations


@dataclass(frozen=True, slots=True)
class TableLine:
    """A table in a list. `described` is its comment or remark."""

    name: str
    columns: int
    described: str | None
    is_view: bool


@dataclass(frozen=True, slots=True)
class CodeList:
    """The codes of a column with their labels, as its comment lists them."""

    table: str
    column: str
    codes: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Summary:
    """A schema in short. Partitions of a table are counted apart, not listed.

    `described_tables` and `described_columns` count those with a comment or remark. `absent` are
    the tables that a foreign key names but the file does not have.
    """

    dialect: Dialect
    confidence: float
    encoding: str
    tables: list[TableLine]
    views: list[TableLine]
    partitions: int
    columns: int
    primary_keys: int
    described_tables: int
    described_columns: int
    declared: list[Relation]
    inferred: list[Relation]
    code_lists: list[CodeList]
    absent: list[str]
    ignored: dict[str, int] = field(default_factory=dict[str, int])
    unparsed: list[Unparsed] = field(default_factory=list[Unparsed])


def summarise(schema: Schema) -> Summary:
    """Sum up a schema for the thread or the terminal."""
    whole = [table for table in schema.tables if table.partition_of is None]
    tables = [table for table in whole if not table.is_view]
    lines = [
        TableLine(table.name, len(table.columns), table.described, table.is_view) for table in whole
    ]
    found = relations(schema)
    names = {table.name for table in schema.tables}
    columns = [column for table in tables for column in table.columns]
    return Summary(
        dialect=schema.dialect,
        confidence=schema.confidence,
        encoding=schema.encoding,
        tables=[line for line in lines if not line.is_view],
        views=[line for line in lines if line.is_view],
        partitions=len(schema.tables) - len(whole),
        columns=len(columns),
        primary_keys=sum(bool(table.primary_key) for table in tables),
        described_tables=sum(bool(table.described) for table in tables),
        described_columns=sum(bool(column.described) for column in columns),
        declared=[relation for relation in found if relation.declared],
        inferred=[relation for relation in found if not relation.declared],
        code_lists=[
            CodeList(table.name, column.name, codes)
            for table in tables
            for column in table.columns
            if (codes := code_list(column.described))
        ],
        absent=sorted(
            {key.table for table in tables for key in table.foreign_keys} - names, key=str.lower
        ),
        ignored=schema.ignored,
        unparsed=schema.unparsed,
    )
