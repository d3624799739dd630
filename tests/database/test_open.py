"""What keeps the bot from its database is a sentence that says what to do."""

import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.support.databases import ASKED, LocalServer, PostgresServer
from tunesmith.bot.database import open_database
from tunesmith.bot.errors import ConfigurationError
from tunesmith.bot.settings import Settings
from tunesmith.storage.database import Database
from tunesmith.storage.migration import LOCK


async def _refusal(folder: Path, url: str | None = None) -> str:
    """Why the database is not opened, in English."""
    with pytest.raises(ConfigurationError) as refused:
        async with open_database(Settings(data_dir=folder, database_url=url)):
            pass
    said = str(refused.value)
    assert "secret-word" not in said
    return said


@pytest.mark.parametrize(
    "url",
    [
        "mysql://root@localhost/x",
        "rubbish",
        "tunesmith.db",
        "postgresql://h:port/x",
        "postgresql://h/x?port=one",
    ],
)
async def test_what_is_no_address_is_named_with_one_that_is(tmp_path: Path, url: str) -> None:
    assert "It looks like postgresql://" in await _refusal(tmp_path, url)


@pytest.mark.parametrize("host", ["127.0.0.1:1", "no-such-host.invalid"])
@pytest.mark.parametrize("option", ["", "?password=secret-word"])
async def test_a_server_that_is_not_there_is_named_without_the_password(
    tmp_path: Path, host: str, option: str
) -> None:
    said = await _refusal(tmp_path, f"postgresql://ben:secret-word@{host}/bot{option}")
    assert f"postgresql://ben:***@{host}/bot cannot be reached" in said


@pytest.mark.parametrize("name", ["pool", "timeout", "loop"])
async def test_an_option_that_is_not_known_is_named(tmp_path: Path, name: str) -> None:
    said = await _refusal(tmp_path, f"postgresql://ben@127.0.0.1:1/bot?{name}=big")
    assert f"an option that is not known: {name}" in said


async def test_a_wrong_database_user_or_password_or_too_few_rights_are_told_apart(
    postgres: PostgresServer, tmp_path: Path
) -> None:
    if not isinstance(postgres, LocalServer):
        pytest.skip("this server's log-in rules are not ours to change")
    socket = f"?host={postgres.folder}"
    for role in ("weak LOGIN", f"{ASKED} LOGIN PASSWORD 'another'"):
        await postgres.execute(f"CREATE ROLE {role}")
    unknown = await _refusal(tmp_path, f"postgresql://postgres@/nothing{socket}")
    assert "There is no database" in unknown
    nobody = await _refusal(tmp_path, f"postgresql://who@/postgres{socket}")
    password = await _refusal(tmp_path, f"postgresql://{ASKED}:secret-word@/postgres{socket}")
    assert "refuses this user or password" in nobody
    assert "refuses this user or password" in password
    assert "may not create tables" in await _refusal(
        tmp_path, f"postgresql://weak@/postgres{socket}"
    )


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
async def test_an_address_for_other_drivers_is_taken(
    postgres: PostgresServer, tmp_path: Path, scheme: str
) -> None:
    async with postgres.database(migrated=False) as url:
        other = url.replace("postgresql+asyncpg", scheme)
        other += ("&" if "?" in other else "?") + "sslmode=prefer"
        async with open_database(Settings(data_dir=tmp_path, database_url=other)):
            pass


async def test_a_damaged_file_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "tunesmith.db").write_bytes(b"rubbish" * 1000)
    assert re.search("tunesmith.db is damaged", await _refusal(tmp_path))


async def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    said = await _refusal(tmp_path, f"sqlite:///{tmp_path}/nothing/tunesmith.db")
    assert "cannot be opened and written" in said


async def test_a_file_that_may_only_be_read_is_named(tmp_path: Path) -> None:
    path = tmp_path / "tunesmith.db"
    path.touch()
    said = await _refusal(tmp_path, f"sqlite:///file:{path}?mode=ro&uri=true")
    assert "cannot be opened and written" in said


@asynccontextmanager
async def _set_version(url: str, version: str) -> AsyncGenerator[None]:
    store = Database(url)
    async with store.write() as connection:
        await connection.execute(text(f"UPDATE alembic_version SET version_num = '{version}'"))
    yield
    await store.close()


async def test_a_database_of_a_newer_version_is_left_alone(
    database_url: str, tmp_path: Path
) -> None:
    async with _set_version(database_url, "9999"):
        said = await _refusal(tmp_path, database_url)
    assert "brought the database to version 9999" in said


async def test_a_migration_that_takes_too_long_elsewhere_is_told(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tunesmith.storage.migration.WAIT_SECONDS", 0.2)
    monkeypatch.setattr("tunesmith.storage.sqlite.BUSY_SECONDS", 0.2)
    store = Database(database_url)
    async with store.write() as connection:
        if connection.dialect.name == "postgresql":
            await connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))
        assert "and is not done yet" in await _refusal(tmp_path, database_url)
    await store.close()
