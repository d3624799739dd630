"""Each dialect takes its own syntax and is told of the others'."""

import sqlite3

import pytest

from tests.sql.engines import postgresql
from tunesmith.bot.ddl.dialects import Dialect
from tunesmith.bot.ddl.model import Column, Schema, Table
from tunesmith.bot.sql import Verdict, check_sql
from tunesmith.bot.sql.foreign_syntax import Feature

_DDL = "CREATE TABLE t (id int, n int, s varchar(9), d date);\nCREATE TABLE u (id int, m int);\n"
# One statement for each feature, in the words of a dialect that has it.
_EXAMPLES = {
    Feature.BACKTICKS: "SELECT `id` FROM t",
    Feature.BRACKETS: "SELECT [id] FROM t",
    Feature.SUBSCRIPTS: "SELECT (ARRAY[1, 2])[1] FROM t",
    Feature.BRACES: "SELECT {fn ABS(n)} FROM t",
    Feature.TOP: "SELECT TOP 5 id FROM t",
    Feature.LIMIT: "SELECT id FROM t LIMIT 5",
    Feature.LIMIT_PAIR: "SELECT id FROM t LIMIT 5, 10",
    Feature.OFFSET_ALONE: "SELECT id FROM t ORDER BY id OFFSET 5 ROWS",
    Feature.FETCH: "SELECT id FROM t ORDER BY id OFFSET 5 ROWS FETCH NEXT 5 ROWS ONLY",
    Feature.FETCH_ALONE: "SELECT id FROM t ORDER BY id FETCH FIRST 5 ROWS ONLY",
    Feature.COLON_CAST: "SELECT id::text FROM t",
    Feature.TRY_CAST: "SELECT TRY_CAST(s AS int) FROM t",
    Feature.ILIKE: "SELECT id FROM t WHERE s ILIKE 'a%'",
    Feature.SIMILAR: "SELECT id FROM t WHERE s SIMILAR TO 'a%'",
    Feature.REGEXP: "SELECT id FROM t WHERE s REGEXP 'a'",
    Feature.DISTINCT_ON: "SELECT DISTINCT ON (n) n, id FROM t",
    Feature.BARE_USING: "SELECT t.n FROM t JOIN u USING id",
    Feature.USING: "SELECT t.n FROM t JOIN u USING (id)",
    Feature.LATERAL: "SELECT x.m FROM t CROSS JOIN LATERAL (SELECT u.m FROM u WHERE u.id = t.id) x",
    Feature.APPLY: "SELECT x.m FROM t CROSS APPLY (SELECT u.m FROM u WHERE u.id = t.id) x",
    Feature.FULL_JOIN: "SELECT t.n FROM t FULL JOIN u ON u.id = t.id",
    Feature.BARE_JOIN: "SELECT t.n FROM t JOIN u",
    Feature.BARE_SUBQUERY: "SELECT m FROM (SELECT m FROM u)",
    Feature.NULLS_ORDER: "SELECT id FROM t ORDER BY id NULLS LAST",
    Feature.CONNECT_BY: "SELECT id FROM t CONNECT BY PRIOR id = n",
    Feature.TABLE_AS: "SELECT x.id FROM t AS x",
    Feature.FILTER: "SELECT COUNT(*) FILTER (WHERE n > 1) FROM t",
    Feature.BOOLEAN: "SELECT id FROM t WHERE (n > 1) = TRUE",
    Feature.INTERVAL: "SELECT d + INTERVAL '1' DAY FROM t",
    Feature.DATE_TEXT: "SELECT id FROM t WHERE d > DATE '2026-01-01'",
    Feature.EXTRACT: "SELECT EXTRACT(YEAR FROM d) FROM t",
    Feature.DOUBLE_EQUALS: "SELECT id FROM t WHERE n == 1",
    Feature.NULL_SAFE_EQUALS: "SELECT id FROM t WHERE n <=> 1",
    Feature.DISTINCT_FROM: "SELECT id FROM t WHERE n IS DISTINCT FROM 1",
    Feature.IS_VALUE: "SELECT id FROM t WHERE n IS 1",
    Feature.PERCENT: "SELECT n % 2 FROM t",
    Feature.DIV: "SELECT n DIV 2 FROM t",
    Feature.EMPTY_IN: "SELECT id FROM t WHERE n IN ()",
    Feature.QUANTIFIED: "SELECT id FROM t WHERE n = ANY (SELECT m FROM u)",
    Feature.SET_ALL: "SELECT id FROM t EXCEPT ALL SELECT id FROM u",
    Feature.ROLLUP: "SELECT n, COUNT(*) FROM t GROUP BY ROLLUP (n)",
    Feature.WITH_ROLLUP: "SELECT n, COUNT(*) FROM t GROUP BY n WITH ROLLUP",
    Feature.SAMPLE: "SELECT id FROM t TABLESAMPLE SYSTEM (10)",
    Feature.LOCK_HINT: "SELECT id FROM t WITH (NOLOCK)",
    Feature.INDEX_HINT: "SELECT id FROM t USE INDEX (i)",
    Feature.PIVOT: "SELECT a.x FROM t PIVOT (SUM(n) FOR s IN ([x], [y])) a",
}


def _schema(dialect: Dialect) -> Schema:
    tables = {"t": "id n s d", "u": "id m"}
    return Schema(
        dialect=dialect,
        confidence=1,
        tables=[
            Table(name=name, columns=[Column(name=c, type="int") for c in columns.split()])
            for name, columns in tables.items()
        ],
    )


def test_every_feature_has_an_example() -> None:
    assert set(_EXAMPLES) == set(Feature)


@pytest.mark.parametrize("dialect", list(Dialect))
@pytest.mark.parametrize("feature", list(Feature), ids=lambda feature: feature.name)
def test_only_the_dialects_that_have_a_feature_take_it(feature: Feature, dialect: Dialect) -> None:
    sql = _EXAMPLES[feature]
    if feature is Feature.PIVOT and dialect is Dialect.ORACLE:
        sql = "SELECT a.x FROM t PIVOT (SUM(n) FOR s IN ('x' AS x)) a"
    if feature is Feature.SAMPLE and dialect is Dialect.ORACLE:
        sql = "SELECT id FROM t SAMPLE (10)"
    check = check_sql(sql, _schema(dialect))
    if feature in dialect.profile.query.features:
        assert check.verdict is Verdict.VALID, check.message
    else:
        assert check.verdict is not Verdict.VALID


def _matches(pattern: str, text: str) -> bool:
    """SQLite has the operator REGEXP and leaves the function to its user."""
    return pattern in text


def test_sqlite_agrees() -> None:
    engine = sqlite3.connect(":memory:")
    engine.executescript(_DDL)
    engine.create_function("regexp", 2, _matches)
    for feature, sql in _EXAMPLES.items():
        try:
            engine.execute(f"EXPLAIN {sql}")
        except sqlite3.OperationalError:
            taken = False
        else:
            taken = True
        assert taken == (feature in Dialect.SQLITE.profile.query.features), feature
    engine.close()


async def test_postgresql_agrees(empty_postgres: str) -> None:
    # PostgreSQL 16 lets a sub-query in FROM go without a name; 15 does not.
    async with postgresql(empty_postgres, _DDL) as plan:
        for feature, sql in _EXAMPLES.items():
            if feature is not Feature.BARE_SUBQUERY:
                error = await plan(sql)
                assert (error is None) == (feature in Dialect.POSTGRES.profile.query.features), (
                    feature,
                    error,
                )


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT id, FROM t",
        "SELECT id,, n FROM t",
        "SELECT id FROM t WHERE",
        "SELECT id FROM t GROUP BY",
        "SELECT id FROM t ORDER BY",
        "SELECT id FROM t,",
        "SELECT id FROM t AS",
        "SELECT id FROM t WHERE n = = 1",
        "SELECT id FROM t WHERE n > > 1",
        "SELECT id FROM t WHERE n IN (1,)",
        "SELECT id FROM t ORDER BY id GROUP BY id",
        "SELECT id FROM t ORDER BY id WHERE n = 1",
        "SELECT id FROM (SELECT n FROM u ORDER BY n WHERE n = 1) x",
        "SELECT id FROM t GROUP BY ALL",
        "FROM t SELECT id",
        "FROM t",
        "SELECT * EXCEPT (id) FROM t",
        "SELECT * EXCLUDE (id) FROM t",
        "SELECT * REPLACE (1 AS id) FROM t",
        "SELECT id FROM t |> WHERE n = 1",
        "SELECT {'a': 1} FROM t",
        "SELECT id FROM t CLUSTER BY id",
        "SELECT id FROM t LIMIT 5 BY id",
        "SELECT t.id FROM t SEMI JOIN u ON u.id = t.id",
        "SELECT SUM(n) OVER nowhere FROM t",
        "SELECT COUNT(*)) FROM t",
        "SELECT (id FROM t",
        "SELECT CASE id END FROM t",
        "SELECT id FROM t WHERE n BETWEEN 1",
        "SELECT id FROM t x y",
        "SELECT 'abc FROM t",
        "SELECT * FORM t",
        "SELCT id FROM t",
        "hello",
        "SELECT id FROM t JOIN u USING id",
    ],
)
@pytest.mark.parametrize("dialect", list(Dialect))
def test_what_no_database_takes_is_a_syntax_error(sql: str, dialect: Dialect) -> None:
    assert check_sql(sql, _schema(dialect)).verdict in {Verdict.SYNTAX_ERROR, Verdict.UNSAFE}


@pytest.mark.parametrize(
    ("dialect", "sql", "function"),
    [
        (Dialect.MSSQL, "SELECT NOW()", "NOW"),
        (Dialect.MYSQL, "SELECT DATEADD(DAY, 1, d) FROM t", "DATEADD"),
        (Dialect.POSTGRES, "SELECT IFNULL(n, 0) FROM t", "IFNULL"),
        (Dialect.POSTGRES, "SELECT DATE_FORMAT(d, '%Y') FROM t", "DATE_FORMAT"),
        (Dialect.ORACLE, "SELECT LEFT(s, 2) FROM t", "LEFT"),
        (Dialect.SQLITE, "SELECT NVL(n, 0) FROM t", "NVL"),
    ],
)
def test_a_function_of_another_database_is_a_warning(
    dialect: Dialect, sql: str, function: str
) -> None:
    check = check_sql(sql, _schema(dialect))
    assert check.verdict is Verdict.VALID
    assert any(f"no function {function} of its own" in warning for warning in check.warnings)
