"""The engines themselves agree with what the corpus says of its statements."""

import sqlite3

import pytest

from tests.sql.cases import Case, cases, ddl
from tests.sql.engines import postgresql

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


async def test_postgresql_plans_what_is_valid_and_refuses_the_rest(empty_postgres: str) -> None:
    async with postgresql(empty_postgres, ddl("postgres_clinic")) as plan:
        for case in _of("postgres_clinic"):
            error = await plan(case.sql)
            if case.kind == "valid":
                assert error is None, case.sql
            else:
                assert error is not None, case.sql
                assert all(name.rpartition(".")[2] in error for name in case.names), error
