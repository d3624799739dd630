"""Transactions and migrations."""

import asyncio
import time

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, select, text
from sqlalchemy.exc import DBAPIError

from tunesmith.storage import budgets, messages, tables
from tunesmith.storage.clock import now
from tunesmith.storage.database import Database
from tunesmith.storage.outage import is_outage
from tunesmith.storage.tables import metadata


async def test_migrations_build_exactly_the_tables_that_the_code_uses(database: Database) -> None:
    def differences(connection: Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection), metadata))

    async with database.write() as connection:
        assert await connection.run_sync(differences) == []


async def test_migrating_twice_changes_nothing(database: Database) -> None:
    async with database.write() as connection:
        await messages.add(connection, "k", "C1", "1.0")
    await database.migrate()
    async with database.read() as connection:
        assert await messages.posted(connection, "k") == "1.0"


async def test_a_transaction_that_raises_leaves_nothing_behind(database: Database) -> None:
    async def write_and_fail() -> None:
        async with database.write() as connection:
            await messages.add(connection, "k", "C1", "1.0")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await write_and_fail()
    async with database.read() as connection:
        assert await messages.posted(connection, "k") is None


async def test_writers_at_once_wait_for_each_other_instead_of_failing(database: Database) -> None:
    async def write(number: int) -> None:
        async with database.write() as connection:
            assert await messages.posted(connection, f"k{number}") is None
            await messages.add(connection, f"k{number}", "C1", str(number))

    await asyncio.gather(*(write(number) for number in range(30)))


async def test_listeners_are_told_after_the_commit_only(database: Database) -> None:
    told: list[str] = []
    database.after_commit(lambda: told.append("committed"))
    async with database.write() as connection:
        await messages.add(connection, "k", "C1", "1.0")
        assert told == []
    assert told == ["committed"]
    async with database.write(wake=False) as connection:
        await messages.add(connection, "l", "C1", "1.0")
    assert told == ["committed"]


async def test_the_clock_is_in_seconds_since_1970(database: Database) -> None:
    async with database.read() as connection:
        stamp = (await connection.execute(select(now()))).scalar_one()
    assert abs(stamp - time.time()) < 5


@pytest.mark.databases("postgresql")
async def test_a_statement_from_before_another_replicas_migration_fails_for_a_moment_only(
    database: Database, database_url: str
) -> None:
    async def look() -> None:
        async with database.read() as connection:
            await connection.execute(select(tables.messages))

    await look()
    newer = Database(database_url)
    async with newer.write() as connection:
        await connection.execute(text("ALTER TABLE messages ALTER created_at TYPE NUMERIC"))
    await newer.close()
    with pytest.raises(DBAPIError) as failed:
        await look()
    assert is_outage(failed.value)
    await look()


@pytest.mark.databases("postgresql")
async def test_a_lock_that_somebody_holds_for_ever_is_taken_from_them(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = {"idle_in_transaction_session_timeout": "300ms"}
    options = {"connect_args": {"server_settings": settings}}
    monkeypatch.setattr("tunesmith.storage.postgresql._OPTIONS", options)
    frozen, other = Database(database_url), Database(database_url)

    async def freeze() -> None:
        async with frozen.write() as connection:
            await budgets.lock(connection, "T1")
            async with other.write() as waiting:
                await budgets.lock(waiting, "T1")
            await budgets.lock(connection, "T1")

    with pytest.raises(DBAPIError):
        await freeze()
    for replica in (frozen, other):
        await replica.close()
