"""Answers stand in the dialect of the schema, and its engine takes them."""

import sqlite3
from typing import Any, cast

import asyncpg
import pytest

from tests.text2sql.shapes import schema_of, shop, shop_ddl, table
from tunesmith.bot.ddl.dialects import Dialect
from tunesmith.bot.ddl.model import Column, Schema, Table
from tunesmith.bot.text2sql import build_training_set


def _answers(schema: Schema) -> set[str]:
    built = build_training_set(schema, languages=["en"])
    return {pair.answer for pair in built.train + built.valid if pair.is_sql}


EXPECTED = {
    Dialect.MYSQL: [
        "SELECT * FROM purchase WHERE placed_at >= DATE_SUB(CURDATE(), INTERVAL {n} DAY);",
        "SELECT DATE_FORMAT(placed_at, '%Y-%m') AS month, COUNT(*) AS total FROM purchase"
        " GROUP BY DATE_FORMAT(placed_at, '%Y-%m') ORDER BY DATE_FORMAT(placed_at, '%Y-%m');",
        "SELECT * FROM purchase ORDER BY amount DESC LIMIT {n};",
        "SELECT quantity, `group` FROM item;",
    ],
    Dialect.POSTGRES: [
        "SELECT * FROM purchase WHERE placed_at >= CURRENT_DATE - INTERVAL '{n} days';",
        "SELECT TO_CHAR(placed_at, 'YYYY-MM') AS month, COUNT(*) AS total FROM purchase"
        " GROUP BY TO_CHAR(placed_at, 'YYYY-MM') ORDER BY TO_CHAR(placed_at, 'YYYY-MM');",
        "SELECT * FROM purchase ORDER BY amount DESC NULLS LAST LIMIT {n};",
        'SELECT quantity, "group" FROM item;',
    ],
    Dialect.MSSQL: [
        "SELECT * FROM purchase WHERE placed_at >= DATEADD(DAY, -{n}, CAST(GETDATE() AS DATE));",
        "SELECT FORMAT(placed_at, 'yyyy-MM') AS month, COUNT(*) AS total FROM purchase"
        " GROUP BY FORMAT(placed_at, 'yyyy-MM') ORDER BY FORMAT(placed_at, 'yyyy-MM');",
        "SELECT TOP {n} * FROM purchase ORDER BY amount DESC;",
        "SELECT quantity, [group] FROM item;",
    ],
    Dialect.ORACLE: [
        "SELECT * FROM purchase WHERE placed_at >= TRUNC(SYSDATE) - {n};",
        "SELECT TO_CHAR(placed_at, 'YYYY-MM') AS month, COUNT(*) AS total FROM purchase"
        " GROUP BY TO_CHAR(placed_at, 'YYYY-MM') ORDER BY TO_CHAR(placed_at, 'YYYY-MM');",
        "SELECT * FROM purchase ORDER BY amount DESC NULLS LAST FETCH FIRST {n} ROWS ONLY;",
        'SELECT quantity, "group" FROM item;',
    ],
    Dialect.SQLITE: [
        "SELECT * FROM purchase WHERE placed_at >= DATE('now', '-{n} days');",
        "SELECT STRFTIME('%Y-%m', placed_at) AS month, COUNT(*) AS total FROM purchase"
        " GROUP BY STRFTIME('%Y-%m', placed_at) ORDER BY STRFTIME('%Y-%m', placed_at);",
        "SELECT * FROM purchase ORDER BY amount DESC LIMIT {n};",
        'SELECT quantity, "group" FROM item;',
    ],
}


@pytest.mark.parametrize("dialect", list(Dialect))
def test_dates_limits_and_quotes_are_the_dialects_own(dialect: Dialect) -> None:
    answers = _answers(shop(dialect))
    for expected in EXPECTED[dialect]:
        wanted = {expected.format(n=n) for n in (3, 5, 7, 10, 30, 90)}
        assert wanted & answers, expected


def test_sqlite_takes_every_answer() -> None:
    engine = sqlite3.connect(":memory:")
    engine.executescript(shop_ddl(Dialect.SQLITE))
    answers = _answers(shop(Dialect.SQLITE))
    for answer in answers:
        engine.execute(f"EXPLAIN {answer}")
    engine.close()
    assert len(answers) > 60


async def test_postgresql_takes_every_answer_and_every_ddl(empty_postgres: str) -> None:
    schema = _mixed_case()
    engine = cast("Any", await asyncpg.connect(empty_postgres.replace("+asyncpg", "")))
    try:
        await engine.execute("CREATE SCHEMA sales")
        built = build_training_set(schema, languages=["en"])
        for ddl in dict.fromkeys(p.answer for p in built.train if p.intent == "ddl"):
            await engine.execute(ddl)
        answers = {pair.answer for pair in built.train + built.valid if pair.is_sql}
        for answer in answers:
            await engine.fetch(f"EXPLAIN {answer}")
        assert any('"Order Lines"' in answer and '"orderNo"' in answer for answer in answers)
    finally:
        await engine.close()


def _mixed_case() -> Schema:
    """PostgreSQL with quoted mixed case, spaces, reserved words and a schema's name in front."""
    columns = [
        Column(name="orderNo", type="varchar(20)", nullable=False, quoted=True),
        Column(name="user", type="varchar(40)", quoted=True, comment="who ordered"),
        Column(name="Total", type="numeric(10,2)", comment="it's the total"),
        Column(name="Created At", type="timestamptz", quoted=True),
        Column(name="tags", type="text[]"),
        Column(name="is_paid", type="boolean", nullable=False, default="false"),
    ]
    lines = Table(name="sales.Order Lines", quoted=True, columns=columns, primary_key=["orderNo"])
    return schema_of(
        lines, table("public.Item", "id integer", "price real", key="id"), dialect=Dialect.POSTGRES
    )


def test_sql_server_marks_text_that_is_not_ascii() -> None:
    column = Column(name="state", type="nvarchar(10)", comment="状态：甲-开 乙-关")
    city = Column(name="city", type="nvarchar(10)", comment="城市")
    schema = schema_of(Table(name="dbo.t", columns=[column, city]), dialect=Dialect.MSSQL)
    filters = [answer for answer in _answers(schema) if "city = " in answer]
    assert filters
    assert all("city = N'" in answer for answer in filters)
    assert all(" FROM t" in answer for answer in filters)
