"""What can be asked of a schema: one module per kind of question."""

import random
from collections.abc import Iterator

from tunesmith.bot.text2sql.annotated_schema import AnnotatedSchema
from tunesmith.bot.text2sql.intents.dates import date_queries
from tunesmith.bot.text2sql.intents.joins import join_queries
from tunesmith.bot.text2sql.intents.query import Ground, Query
from tunesmith.bot.text2sql.intents.ranks import rank_queries
from tunesmith.bot.text2sql.intents.rows import row_queries
from tunesmith.bot.text2sql.intents.totals import total_queries
from tunesmith.bot.text2sql.synthetic import Rows

INTENTS = (
    "list",
    "count",
    "filter",
    "sum",
    "average",
    "maximum",
    "group",
    "month",
    "days",
    "top",
    "null",
    "join",
    "hop",
    "subquery",
    "window",
)


def all_queries(annotated: AnnotatedSchema, rows: dict[str, Rows], seed: int) -> Iterator[Query]:
    """Every query of every table, in the order of the tables."""
    for entity in annotated:
        ground = Ground(annotated, entity, rows, random.Random(f"{seed}:{entity.name}"))
        for queries in (row_queries, total_queries, date_queries, rank_queries, join_queries):
            yield from queries(ground)
