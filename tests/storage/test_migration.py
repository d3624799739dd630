"""Migrations: once for all replicas, and such that older code goes on meanwhile."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from alembic import command
from alembic.config import Config
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, inspect, text

from tests.support.databases import PostgresServer, sqlite_url
from tunesmith.storage import migration
from tunesmith.storage.database import Database

MIGRATIONS = Path(migration.__file__).parent / "migrations"
# Replicas of different versions may run side by side from this version on.
LAST_FREE = "0005"


@pytest.fixture
async def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncGenerator[str]:
    """A database without tables."""
    if request.param == "sqlite":
        yield sqlite_url(tmp_path / "empty.db")
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    async with server.database(migrated=False) as url:
        yield url


@pytest.mark.parametrize("empty_url", ["sqlite", "postgresql"], indirect=True)
async def test_replicas_that_start_at_once_migrate_once(empty_url: str) -> None:
    replicas = [Database(empty_url) for _ in range(4)]
    await asyncio.gather(*(replica.migrate() for replica in replicas))
    async with replicas[0].read() as connection:
        versions = (await connection.execute(text("SELECT * FROM alembic_version"))).all()
    assert len(versions) == 1
    for replica in replicas:
        await replica.close()


@pytest.mark.parametrize("empty_url", ["sqlite", "postgresql"], indirect=True)
async def test_a_migration_that_fails_leaves_nothing_behind(
    empty_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError

    store = Database(empty_url)
    # Most of the tables are made by then.
    monkeypatch.setattr(Operations, "alter_column", fail)
    monkeypatch.setattr(Operations, "create_index", fail)
    with pytest.raises(ZeroDivisionError):
        await store.migrate()
    monkeypatch.undo()
    await store.migrate()
    await store.close()


def test_older_code_can_go_on_after_each_migration(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'steps.db'}")
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    steps = reversed(list(ScriptDirectory.from_config(config).walk_revisions()))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        before: Schema | None = None
        for step in steps:
            command.upgrade(config, step.revision)
            after = _schema(connection)
            if before is not None:
                assert _broken(before, after) == [], f"by migration {step.revision}"
            before = after if step.revision >= LAST_FREE else None
    engine.dispose()


def test_what_older_code_does_not_survive_is_found() -> None:
    before = {"jobs": {"id": Trait("VARCHAR", True), "suffix": Trait("VARCHAR", True)}}
    fine = {"jobs": {**before["jobs"], "more": Trait("FLOAT", True)}, "other": {}}
    assert _broken(before, fine) == []
    for after, found in (
        ({}, "jobs is gone"),
        ({"jobs": {"id": Trait("VARCHAR", True)}}, "jobs.suffix is gone"),
        ({"jobs": {**before["jobs"], "suffix": Trait("FLOAT", True)}}, "jobs.suffix is FLOAT now"),
        ({"jobs": {**before["jobs"], "suffix": Trait("VARCHAR", False)}}, "jobs.suffix is needed"),
        ({"jobs": {**before["jobs"], "more": Trait("FLOAT", False)}}, "jobs.more is needed"),
    ):
        assert _broken(before, after) == [found]


class Trait(NamedTuple):
    """A column: its type, and whether a row can be written without it."""

    type: str
    is_optional: bool


Schema = dict[str, dict[str, Trait]]


def _schema(connection: Connection) -> Schema:
    look = inspect(connection)
    return {
        table: {
            column["name"]: Trait(
                str(column["type"]), column["nullable"] or column["default"] is not None
            )
            for column in look.get_columns(table)
        }
        for table in look.get_table_names()
    }


def _broken(before: Schema, after: Schema) -> list[str]:
    """What code that knows the tables `before` misses in those `after`."""
    found: list[str] = []
    for table, columns in before.items():
        if table not in after:
            found.append(f"{table} is gone")
            continue
        for name, trait in columns.items():
            now = after[table].get(name)
            if now is None:
                found.append(f"{table}.{name} is gone")
            elif now.type not in (trait.type, "BIGINT"):
                found.append(f"{table}.{name} is {now.type} now")
            elif trait.is_optional and not now.is_optional:
                found.append(f"{table}.{name} is needed")
        fresh = {name: now for name, now in after[table].items() if name not in columns}
        found += [f"{table}.{name} is needed" for name, now in fresh.items() if not now.is_optional]
    return found
