"""What a row asks for, read from its gold answer, so that figures can be told apart by it.

Training files have no field for it: OpenAI's chat format refuses keys that it does not know.
"""

from enum import StrEnum

from sqlglot import exp

from tunesmith.bot.answers.metrics.refusals import Refusals, is_refusal
from tunesmith.bot.ddl.model import Schema
from tunesmith.bot.sql.extract import extract_sql
from tunesmith.bot.sql.parsing import NotSqlError, parse, tokenize


class Intent(StrEnum):
    """What is asked for: of queries, what makes them hardest; DDL, a refusal, a label, any text.

    RANKS have a limit, GROUPS a GROUP BY, JOINS several tables, TOTALS an aggregate over all rows.
    """

    ROWS = "rows"
    TOTALS = "totals"
    JOINS = "joins"
    GROUPS = "groups"
    RANKS = "ranks"
    DDL = "ddl"
    REFUSAL = "refusal"
    LABEL = "label"
    TEXT = "text"

    @property
    def is_query(self) -> bool:
        """Whether the gold answer is a query that can run."""
        return self in _QUERIES


_QUERIES = frozenset({Intent.ROWS, Intent.TOTALS, Intent.JOINS, Intent.GROUPS, Intent.RANKS})


def intent_of(
    gold: str, *, schema: Schema | None, classes: tuple[str, ...], refusals: Refusals
) -> Intent:
    """What the gold answer of a row shows that it asks for."""
    if gold.strip() in classes:
        return Intent.LABEL
    if schema is not None:
        if gold.lstrip().upper().startswith("CREATE TABLE"):
            return Intent.DDL
        statements = extract_sql(gold, schema.dialect.profile)
        if statements:
            return _query(statements[0], schema)
    return Intent.REFUSAL if is_refusal(gold, refusals) else Intent.TEXT


def _query(sql: str, schema: Schema) -> Intent:
    profile = schema.dialect.profile
    try:
        tree = parse(sql, tokenize(sql, profile), profile)
    except NotSqlError:
        return Intent.ROWS
    if tree.find(exp.Limit, exp.Fetch):
        return Intent.RANKS
    if tree.find(exp.Group):
        return Intent.GROUPS
    if len(list(tree.find_all(exp.Table))) > 1:
        return Intent.JOINS
    return Intent.TOTALS if tree.find(exp.AggFunc) else Intent.ROWS
