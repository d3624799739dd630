"""Random right queries are never flagged; with one name replaced they always are."""

import random
import sqlite3

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sql.engines import postgresql
from tests.sql.queries import INVENTED, Builder, ddl, schema
from tunesmith.bot.ddl.dialects import Dialect
from tunesmith.bot.sql import Verdict, check_sql

_SCHEMAS = {dialect: schema(dialect) for dialect in Dialect}


@pytest.mark.parametrize("dialect", list(Dialect))
@settings(max_examples=50)
@given(seed=st.integers(0, 10**9))
def test_a_right_query_is_valid_and_a_wrong_name_is_named(dialect: Dialect, seed: int) -> None:
    chance = random.Random(seed)
    query = Builder(chance).query()
    right = check_sql(query.sql, _SCHEMAS[dialect], second_opinion=False)
    assert right.verdict is Verdict.VALID, (query.sql, right.message)
    sql, kind = query.wrong(chance)
    wrong = check_sql(sql, _SCHEMAS[dialect], second_opinion=False)
    assert wrong.verdict is Verdict.UNKNOWN_NAMES, sql
    assert INVENTED in (wrong.unknown_columns if kind == "c" else wrong.unknown_tables), sql


def test_sqlite_takes_the_right_queries() -> None:
    engine = sqlite3.connect(":memory:")
    engine.executescript(ddl())
    for seed in range(150):
        engine.execute(f"EXPLAIN {Builder(random.Random(seed)).query().sql}")
    engine.close()


async def test_postgresql_takes_the_right_queries_and_refuses_the_wrong_ones(
    empty_postgres: str,
) -> None:
    async with postgresql(empty_postgres, ddl()) as plan:
        for seed in range(150):
            chance = random.Random(seed)
            query = Builder(chance).query()
            assert await plan(query.sql) is None
            assert INVENTED in str(await plan(query.wrong(chance)[0]))
