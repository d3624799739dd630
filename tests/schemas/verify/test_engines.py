"""The engines themselves agree with what the corpus says of its statements."""

import sqlite3

import asyncpg
import pytest

from tests.schemas.verify.cases import Case, cases, ddl

# SQLite takes "isbn" for a text and so runs the statement; the reader is told of the invention.
_SQLITE_TAKES_FOR_TEXT = 'SELECT "isbn" FROM book'


def _of(name: str) -> list[Case]:
    return [case for case in cases() if case.schema == name]


def test_sqlite_runs_what_is_valid_and_refuses_the_rest() -> None:
    engine = sqlite3.connect(":memory:")
    engine.executescript(ddl("sqlite_library"))
    for case in _of("sqlite_library"):
        if case.sql == _SQLITE_TAKES_FOR_TEXT:
            continue
        if case.kind == "valid":
            engine.execute(f"EXPLAIN {case.sql}")
            continue
        with pytest.raises(sqlite3.Error) as refused:
            engine.execute(f"EXPLAIN {case.sql}")
        assert all(name in str(refused.value) for name in case.names)
    engine.close()


async def test_postgresql_plans_what_is_valid_and_refuses_the_rest(postgres: str) -> None:
    engine = await asyncpg.connect(host=postgres, user="postgres", database="postgres")
    try:
        await engine.execute(ddl("postgres_clinic"))
        for case in _of("postgres_clinic"):
            if case.kind == "valid":
                await engine.fetch(f"EXPLAIN {case.sql}")
                continue
            with pytest.raises(asyncpg.PostgresError) as refused:
                await engine.fetch(f"EXPLAIN {case.sql}")
            named = str(refused.value) + str(refused.value.hint)
            assert all(name.rpartition(".")[2] in named for name in case.names), named
    finally:
        await engine.close()
