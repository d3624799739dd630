"""A team's own database plans a statement and never runs it."""

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import create_async_engine

from tests.sql.cases import ddl, schema
from tunesmith.bot.errors import ConfigurationError
from tunesmith.bot.messages import text_for
from tunesmith.bot.sql import check_sql
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

_LIBRARY, _SHOP = "sqlite_library", "mysql_shop"


async def _said(url: str, sql: str, of: str = "postgres_clinic") -> str:
    """What the database has against a statement on a schema, in English; empty where nothing."""
    used = check_sql(sql, schema(of), second_opinion=False).used
    objection = await explain_in_database(url, sql, schema(of), used)
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
    assert not await _said(url, "SELECT title FROM book WHERE title LIKE '%:x';", _LIBRARY)
    said = await _said(url, "SELECT isbn FROM book", _LIBRARY)
    assert said == "The database says: no such column: isbn"


@pytest.mark.parametrize("sql", _WRITES)
async def test_sqlite_is_never_asked_about_what_does_not_read(library: Path, sql: str) -> None:
    said = await _said(f"sqlite+aiosqlite:///{library}", sql, _LIBRARY)
    assert said.startswith("This must not be run")
    assert _books(library) == 1


async def test_a_missing_file_is_told_and_not_made(tmp_path: Path) -> None:
    path = tmp_path / "secret-name.db"
    with pytest.raises(ConfigurationError) as error:
        await _said(f"sqlite+aiosqlite:///{path}", "SELECT 1", _LIBRARY)
    assert "secret-name" not in str(error.value)
    assert _names(tmp_path) == []


async def test_postgresql_says_what_it_thinks(empty_postgres: str) -> None:
    assert not await _said(empty_postgres, "SELECT relname AS x FROM (SELECT 1 AS relname) t")
    assert not await _said(empty_postgres, "SELECT '%s :x', 5 % 2")
    said = await _said(empty_postgres, "SELECT isbn FROM (SELECT 1 AS id) t")
    assert said == 'The database says: column "isbn" does not exist'


@pytest.mark.parametrize("sql", _WRITES)
async def test_postgresql_is_never_asked_about_what_does_not_read(
    empty_postgres: str, sql: str
) -> None:
    said = await _said(empty_postgres, sql)
    assert said.startswith("This must not be run")


async def test_postgresql_refuses_a_write_that_a_function_hides(empty_postgres: str) -> None:
    """The transaction itself is read-only: a function that writes while planning cannot."""
    engine = create_async_engine(empty_postgres)
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
    said = await _said(empty_postgres, "SELECT abs('x'::text)")
    async with engine.begin() as connection:
        count = await connection.exec_driver_sql("SELECT count(*) FROM trace")
        assert count.scalar_one() == 0
    await engine.dispose()
    assert "read-only transaction" in said


async def test_planning_that_takes_too_long_is_given_up(empty_postgres: str) -> None:
    engine = create_async_engine(empty_postgres)
    async with engine.begin() as connection:
        await connection.exec_driver_sql(
            "CREATE FUNCTION abs(text) RETURNS int IMMUTABLE LANGUAGE sql AS "
            "$$ SELECT 1 FROM pg_sleep(60) $$"
        )
    await engine.dispose()
    said = await _said(empty_postgres, "SELECT abs('x'::text)")
    assert "timeout" in said or "seconds" in said


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+asyncpg://me:hidden-word@127.0.0.1:1/shop",
        "oracle+oracledb://me:hidden-word@127.0.0.1/shop",
        "nonsense hidden-word",
    ],
)
async def test_a_database_that_cannot_be_asked_is_a_matter_of_settings(url: str) -> None:
    with pytest.raises(ConfigurationError) as error:
        await _said(url, "SELECT 1")
    assert "hidden-word" not in str(error.value)
    assert "127.0.0.1" not in str(error.value)


async def test_a_database_of_another_dialect_is_not_asked(library: Path) -> None:
    url = f"sqlite+aiosqlite:///{library}"
    assert not await _said(url, "SELECT nonsense FROM clinic.visit", "postgres_clinic")


async def test_a_database_that_lacks_a_table_or_a_column_is_not_asked(library: Path) -> None:
    url = f"sqlite+aiosqlite:///{library}"
    with sqlite3.connect(library) as file:
        file.execute("ALTER TABLE book RENAME COLUMN title TO name")
    file.close()
    assert not await _said(url, "SELECT title FROM book", _LIBRARY)
    with sqlite3.connect(library) as file:
        file.execute("DROP TABLE book")
    file.close()
    assert not await _said(url, "SELECT title FROM book", _LIBRARY)


async def test_a_broken_database_is_not_taken_for_a_wrong_statement(tmp_path: Path) -> None:
    broken = tmp_path / "broken.db"
    broken.write_bytes(b"no database at all" * 1_000)
    with pytest.raises(ConfigurationError):
        await _said(f"sqlite+aiosqlite:///{broken}", "SELECT id FROM book", _LIBRARY)


async def test_mariadb_says_what_it_thinks_and_runs_nothing(mariadb: str) -> None:
    url = f"mysql+asyncmy://root@localhost/shop?unix_socket={mariadb}"
    admin = create_async_engine(url.replace("/shop", "/"), isolation_level="AUTOCOMMIT")
    async with admin.connect() as connection:
        await connection.exec_driver_sql("CREATE DATABASE shop CHARACTER SET utf8mb4")
        await connection.exec_driver_sql("USE shop")
        for statement in ddl("mysql_shop").split(";\n"):
            if statement.strip():
                await connection.exec_driver_sql(statement.replace("%", "%%"))
        await connection.exec_driver_sql("CREATE USER reader@localhost")
    assert not await _said(url, "SELECT login_name FROM sc_user WHERE login_name LIKE '%s'", _SHOP)
    said = await _said(url, "SELECT COUNT(*) FROM sc_user WHERE COUNT(*) > 1", _SHOP)
    assert said == "The database says: Invalid use of group function"
    said = await _said(url, "DELETE FROM sc_user", _SHOP)
    assert said.startswith("This must not be run")
    # No right to read: nothing that the model did.
    with pytest.raises(ConfigurationError):
        await _said(url.replace("root@", "reader@"), "SELECT id FROM sc_order", _SHOP)
    async with admin.connect() as connection:
        await connection.exec_driver_sql("DROP DATABASE shop")
    await admin.dispose()
