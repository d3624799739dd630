"""Check an answer that is a `CREATE TABLE`: which columns are missing, invented, changed?

Such a statement is compared and never run. What may stand beside it is what a dump puts there:
comments, indexes, keys.
"""

from collections.abc import Sequence
from itertools import accumulate

from sqlglot.tokenizer_core import Token

from tunesmith.bot.ddl.dialects import Dialect
from tunesmith.bot.ddl.dialects.profile import Profile
from tunesmith.bot.ddl.model import Table
from tunesmith.bot.ddl.parse import parse_ddl
from tunesmith.bot.ddl.resolver.names import Name
from tunesmith.bot.ddl.resolver.table_index import TableIndex
from tunesmith.bot.errors import SchemaError
from tunesmith.bot.messages import Message, say
from tunesmith.bot.sql.closest import closest_tables
from tunesmith.bot.sql.malformed import word
from tunesmith.bot.sql.table_comparison import TableComparison, compare_tables

_BRACKETS = {"(": 1, ")": -1}
_BESIDE = ("COMMENT ON", "CREATE INDEX", "CREATE UNIQUE", "ALTER TABLE", "GO", "EXEC SP_ADD")


def is_table_answer(tokens: Sequence[Token]) -> bool:
    """Whether a text begins with CREATE TABLE."""
    return word(tokens[0]) == "CREATE" and "TABLE" in {word(token) for token in tokens[1:4]}


def table_danger(tokens: Sequence[Token]) -> Message | None:
    """What stands beside the table and does not belong there."""
    statement: list[str] = []
    begun = 0
    for token in [*tokens, None]:
        if token is not None and word(token) != ";":
            statement.append(word(token))
            continue
        said = " ".join(statement[:2]).strip()
        if said and begun and not said.startswith(_BESIDE):
            return say("sql.second_statement", said=said[:40])
        if "SELECT" in statement:
            return say("sql.table_of_query")
        if "DROP" in statement:
            return say("sql.drops")
        begun += bool(said)
        statement = []
    return None


def read_table(sql: str, tokens: Sequence[Token], dialect: Profile) -> tuple[Table, bool] | None:
    """The table that a CREATE TABLE answer writes, or None where it cannot be read.

    Beside it whether all of the answer was understood: no column twice, no bracket too many.
    """
    try:
        answer = parse_ddl(sql, dialect=Dialect(dialect.sqlglot), seconds=5)
    except SchemaError:
        return None
    tables = [table for table in answer.tables if not table.is_view]
    if len(tables) != 1 or not tables[0].columns:
        return None
    depth = list(accumulate(_BRACKETS.get(word(token), 0) for token in tokens))
    balanced = min(depth) == 0 == depth[-1]
    return tables[0], balanced and not answer.unparsed


def compare_answer(answer: Table, index: TableIndex) -> TableComparison | list[str]:
    """The comparison with the real table, or the closest real names where there is none."""
    front, _, last = answer.name.rpartition(".")
    schema = Name(front, answer.quoted) if front else None
    found = index.find(Name(last, answer.quoted), schema)
    if len(found) == 1:
        return compare_tables(found[0].table, answer, index.dialect)
    return closest_tables(last, {e.table.name: e.table.described for e in index.entries})
