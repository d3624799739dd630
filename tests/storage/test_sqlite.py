"""SQLite on the event loop: what reaches the disk, and whom a busy file holds up."""

import asyncio
import os
import shutil
import sqlite3
import time
from collections.abc import AsyncGenerator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError

from tunesmith.storage import messages
from tunesmith.storage.database import Database


@pytest.fixture
async def path(tmp_path: Path) -> Path:
    return tmp_path / "bot.db"


@pytest.fixture
async def store(path: Path) -> AsyncGenerator[Database]:
    store = Database(f"sqlite:///{path}")
    await store.migrate()
    yield store
    await store.close()


async def _write(store: Database, key: str, *, durable: bool = True) -> None:
    async with store.write(durable=durable) as connection:
        await messages.add(connection, key, "C1", key)


async def test_whoever_has_written_finds_it_on_the_disk_after_a_power_cut(
    store: Database, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a power cut leaves is at least what there was when the last fsync began."""
    left, fsync = tmp_path / "left", os.fsync
    calls = 0

    def cut_before(descriptor: int) -> None:
        nonlocal calls
        calls += 1
        new = tmp_path / f"left-{calls}"
        new.mkdir()
        for name in ("bot.db", "bot.db-wal"):
            shutil.copy(path.parent / name, new / name)
        fsync(descriptor)
        left.unlink(missing_ok=True)
        left.symlink_to(new)

    monkeypatch.setattr("os.fsync", cut_before)

    async def write_and_look(key: str) -> None:
        await _write(store, key)
        with closing(sqlite3.connect(left.resolve() / "bot.db")) as connection:
            found = connection.execute("SELECT ts FROM messages WHERE key = ?", (key,)).fetchall()
        assert found == [(key,)]

    await asyncio.gather(*(write_and_look(f"k{number}") for number in range(40)))
    assert calls < 40  # those that wait at once share one
    await _write(store, "later", durable=False)
    after = calls
    await _write(store, "last")
    assert calls == after + 1


async def test_what_the_disk_did_not_take_is_an_error_for_all_who_waited_and_no_others(
    store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_descriptor: int) -> None:
        raise OSError("input/output error")

    with monkeypatch.context() as patched:
        patched.setattr("os.fsync", fail)
        ended = await asyncio.gather(
            *(_write(store, f"k{number}") for number in range(5)), return_exceptions=True
        )
    assert all(isinstance(error, DBAPIError) for error in ended)
    await _write(store, "next")


async def test_a_long_log_is_written_into_the_main_file(store: Database, path: Path) -> None:
    async with store.read() as connection:
        assert await messages.posted(connection, "none") is None
    before = path.stat().st_size
    for number in range(300):
        await _write(store, f"k{number}")
    assert path.stat().st_size > before
    async with store.read() as connection:
        assert await messages.posted(connection, "k299") == "k299"


async def test_another_processes_lock_holds_up_the_writer_but_not_the_loop(
    store: Database, path: Path
) -> None:
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    writing = asyncio.create_task(_write(store, "k"))
    ticks = 0
    until = time.monotonic() + 0.3
    while time.monotonic() < until:
        await asyncio.sleep(0.01)
        ticks += 1
        async with store.read() as connection:
            assert await messages.posted(connection, "k") is None
    assert ticks > 3
    assert not writing.done()
    other.execute("ROLLBACK")
    other.close()
    await writing
    async with store.read() as connection:
        assert await messages.posted(connection, "k") == "k"


async def test_a_writer_that_is_cancelled_while_it_waits_leaves_no_lock_behind(
    store: Database, path: Path
) -> None:
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    writing = asyncio.create_task(_write(store, "k"))
    await asyncio.sleep(0.05)
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    other.execute("ROLLBACK")
    other.execute("BEGIN IMMEDIATE")
    other.close()
    await _write(store, "l")
    async with store.read() as connection:
        assert await messages.posted(connection, "k") is None
        assert await messages.posted(connection, "l") == "l"
