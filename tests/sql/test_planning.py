"""Statements that only to plan would take a database's memory are told from ordinary ones."""

import pytest

from tests.sql.cases import cases, schema
from tunesmith.bot.ddl.dialects import Dialect
from tunesmith.bot.ddl.dialects.profile import Profile
from tunesmith.bot.messages import text_for
from tunesmith.bot.sql.database import explain_in_database
from tunesmith.bot.sql.parsing import parse, tokenize
from tunesmith.bot.sql.planning import LONGEST, is_harmless_to_plan

_POSTGRES, _SQLITE = Dialect.POSTGRES.profile, Dialect.SQLITE.profile
_SCHEMA = schema("postgres_clinic")
_NOWHERE = "postgresql+asyncpg://127.0.0.1:1/none"
"""Nothing listens at this address."""


def _harmless(sql: str, profile: Profile = _POSTGRES) -> bool:
    return is_harmless_to_plan(parse(sql, tokenize(sql, profile), profile))


def _nested(columns: str) -> str:
    sql = "SELECT 'x'::text AS v"
    for level in range(30):
        sql = f"SELECT {columns} FROM ({sql}) AS t{level}"
    return sql


def _named(query: str, depth: int) -> str:
    steps = ", ".join(f"a{n} AS ({query.format(before=f'a{n - 1}')})" for n in range(1, depth))
    return f"WITH a0 AS (SELECT 'x'::text AS v), {steps} SELECT count(*) FROM a{depth - 1}"


_LONG = "x" * 99
_HOSTILE = {
    "subqueries that double a text": _nested("v || v AS v"),
    "subqueries that double a case": _nested("CASE WHEN v > 'a' THEN v END AS v"),
    "subqueries that double their columns": _nested("*, *"),
    "named queries that double a text": _named("SELECT v || v AS v FROM {before}", 30),
    "named queries joined with themselves": _named("SELECT a.* FROM {before} a, {before} b", 30),
    "a long text": "SELECT repeat('x', 1000000000)",
    "a long text in steps": "SELECT repeat(repeat(repeat('x', 1000), 1000), 1000)",
    "a computed length": "SELECT repeat('x', 10 * 1000 * 1000 * 100)",
    "a length from a subquery": "SELECT repeat('x', n) FROM (SELECT 1000000000 AS n) t",
    "padding": "SELECT lpad('x', 1000000000)",
    "a width": "SELECT format('%1000000000s', 'x')",
    "a width beside": "SELECT format('%*s', 1000000000, 'x')",
    "a large array": "SELECT array_fill(1, ARRAY[100000000])",
    "replacing by more": f"SELECT replace(replace('x', 'x', '{_LONG}'), 'x', '{_LONG}')",
}


@pytest.mark.parametrize("name", _HOSTILE)
async def test_a_database_is_not_asked_what_would_take_its_memory(name: str) -> None:
    assert not _harmless(_HOSTILE[name])
    # It would be told if it were asked.
    objection = await explain_in_database(_NOWHERE, _HOSTILE[name], _SCHEMA, ())
    assert objection is not None
    assert "was not asked" in text_for("en")(objection)


async def test_a_database_is_not_asked_what_is_too_long() -> None:
    sql = f"SELECT '{'x' * LONGEST}'"
    objection = await explain_in_database(_NOWHERE, sql, _SCHEMA, ())
    assert objection is not None
    assert "was not asked" in text_for("en")(objection)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT replace(name, '-', ''), lpad(code::text, 8, '0'), repeat('=', 20) FROM t",
        "SELECT format('%s (%s)', a, b), format('%-10s', c) FROM t",
        "SELECT * FROM a JOIN b USING (id) JOIN c USING (id) JOIN d USING (id)",
        _named("SELECT v, count(*) AS n FROM {before} WHERE v > 'a' GROUP BY v ORDER BY v", 8),
    ],
)
def test_what_people_write_is_harmless(sql: str) -> None:
    assert _harmless(sql)


def test_every_valid_statement_of_the_corpus_is_harmless() -> None:
    profiles = {"postgres_clinic": _POSTGRES, "sqlite_library": _SQLITE}
    for case in cases():
        if case.kind == "valid" and (profile := profiles.get(case.schema)):
            assert _harmless(case.sql, profile), case.sql
