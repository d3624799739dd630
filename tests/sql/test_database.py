"""A team's own database plans a statement and never runs it."""

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import create_async_engine

from tests.sql.cases import ddl
from tunesmith.bot.errors import ConfigurationError
from tunesmith.bot.messages import text_for
from tunesmith.bot.sql.database import explain_in_database

_WRITES = (
    "DELETE FROM book",
    "ANALYZE SELECT 1",
    "(ANALYZE) SELECT 1",
    "SELECT 1; DELETE FROM book",
    "WITH x AS (DELETE FROM book RETURNING *) SELECT * FROM x",
    "QUERY PLAN SELECT 1; DELETE FROM book",
    "SELECT nonsense FROM FROM",
    "",
)


async def _said(url: str, sql: str) -> str:
    """The database's objection in English; empty where it has none."""
    objection = await explain_in_database(url, sql)
    return text_for("en")(objection) if objection else ""


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """A SQLite file with a book in it."""
    path = tmp_path / "the library.db"
    with sqlite3.connect(path) as file:
        file.executescript(ddl("sqlite_library"))
        file.execute("INSERT INTO book VALUES (1, '三体', 1, 2008, NULL)")
    file.close()
    return path


def _books(path: Path) -> int:
    file = sqlite3.connect(path)
    (count,) = file.execute("SELECT COUNT(*) FROM book").fetchone()
    file.close()
    return count


def _names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


async def test_sqlite_says_what_it_thinks(library: Path) -> None:
    url = f"sqlite+aiosqlite:///{library}"
    assert await explain_in_database(url, "SELECT title FROM book WHERE title LIKE '%:x';") is None
    said = await _said(url, "SELECT isbn FROM book")
    assert said == "The database says: no such column: isbn"


@pytest.mark.parametrize("sql", _WRITES)
async def test_sqlite_is_never_asked_about_what_does_not_read(library: Path, sql: str) -> None:
    said = await _said(f"sqlite+aiosqlite:///{library}", sql)
    assert said.startswith("This must not be run")
    assert _books(library) == 1


async def test_a_missing_file_is_told_and_not_made(tmp_path: Path) -> None:
    path = tmp_path / "secret-name.db"
    with pytest.raises(ConfigurationError) as error:
        await explain_in_database(f"sqlite+aiosqlite:///{path}", "SELECT 1")
    assert "secret-name" not in str(error.value)
    assert _names(tmp_path) == []


async def test_postgresql_says_what_it_thinks(postgres: str) -> None:
    url = f"postgresql+asyncpg://postgres@/template1?host={postgres}"
    assert (
        await explain_in_database(url, "SELECT relname AS x FROM (SELECT 1 AS relname) t") is None
    )
    assert await explain_in_database(url, "SELECT '%s :x', 5 % 2") is None
    said = await _said(url, "SELECT isbn FROM (SELECT 1 AS id) t")
    assert said == 'The database says: column "isbn" does not exist'


@pytest.mark.parametrize("sql", _WRITES)
async def test_postgresql_is_never_asked_about_what_does_not_read(postgres: str, sql: str) -> None:
    url = f"postgresql+asyncpg://postgres@/template1?host={postgres}"
    said = await _said(url, sql)
    assert said.startswith("This must not be run")


async def test_postgresql_refuses_a_write_that_a_function_hides(postgres: str) -> None:
    """The transaction itself is read-only: a function that writes while planning cannot."""
    url = f"postgresql+asyncpg://postgres@/template1?host={postgres}"
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        await connection.exec_driver_sql("CREATE TABLE trace (x int)")
        await connection.exec_driver_sql(
            "CREATE FUNCTION leave_trace() RETURNS int LANGUAGE sql AS "
            "$$ INSERT INTO public.trace VALUES (1) RETURNING 1 $$"
        )
        await connection.exec_driver_sql(
            "CREATE FUNCTION abs(text) RETURNS int IMMUTABLE LANGUAGE plpgsql AS "
            "$$ BEGIN RETURN leave_trace(); END $$"
        )
    # A constant call of an immutable function is computed while PostgreSQL plans.
    said = await _said(url, "SELECT abs('x'::text)")
    async with engine.begin() as connection:
        count = await connection.exec_driver_sql("SELECT count(*) FROM trace")
        assert count.scalar_one() == 0
        await connection.exec_driver_sql("DROP FUNCTION abs(text)")
        await connection.exec_driver_sql("DROP FUNCTION leave_trace()")
        await connection.exec_driver_sql("DROP TABLE trace")
    await engine.dispose()
    assert "read-only transaction" in said


async def test_planning_that_takes_too_long_is_given_up(postgres: str) -> None:
    url = f"postgresql+asyncpg://postgres@/template1?host={postgres}"
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        await connection.exec_driver_sql(
            "CREATE FUNCTION abs(text) RETURNS int IMMUTABLE LANGUAGE sql AS "
            "$$ SELECT 1 FROM pg_sleep(60) $$"
        )
    said = await _said(url, "SELECT abs('x'::text)")
    async with engine.begin() as connection:
        await connection.exec_driver_sql("DROP FUNCTION abs(text)")
    await engine.dispose()
    assert "timeout" in said or "seconds" in said


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+asyncpg://me:hidden-word@127.0.0.1:1/shop",
        "mysql+aiomysql://me:hidden-word@127.0.0.1/shop",
        "nonsense hidden-word",
    ],
)
async def test_a_database_that_cannot_be_asked_is_a_matter_of_settings(url: str) -> None:
    with pytest.raises(ConfigurationError) as error:
        await explain_in_database(url, "SELECT 1")
    assert "hidden-word" not in str(error.value)
    assert "127.0.0.1" not in str(error.value)
