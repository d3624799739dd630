"""What can be asked of a schema: one module per kind of question."""

import random
from collections.abc import Iterator

from tunesmith.bot.schemas.dataset.catalog import Catalog
from tunesmith.bot.schemas.dataset.intents.dates import date_queries
from tunesmith.bot.schemas.dataset.intents.joins import join_queries
from tunesmith.bot.schemas.dataset.intents.query import Ground, Query
from tunesmith.bot.schemas.dataset.intents.ranks import rank_queries
from tunesmith.bot.schemas.dataset.intents.rows import row_queries
from tunesmith.bot.schemas.dataset.intents.totals import total_queries
from tunesmith.bot.schemas.dataset.synthetic import Rows

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


def all_queries(catalog: Catalog, rows: dict[str, Rows], seed: int) -> Iterator[Query]:
    """Every query of every table, in the order of the tables."""
    for entity in catalog:
        ground = Ground(catalog, entity, rows, random.Random(f"{seed}:{entity.name}"))
        for queries in (row_queries, total_queries, date_queries, rank_queries, join_queries):
            yield from queries(ground)
