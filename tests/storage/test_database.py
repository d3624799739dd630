"""Transactions and migrations."""

import asyncio
import time

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, select

from tunesmith.storage import messages
from tunesmith.storage.clock import now
from tunesmith.storage.database import Database
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
