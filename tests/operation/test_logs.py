"""The log says what happened and where, and never what people, files or providers wrote."""

import asyncio
import io
import json
import logging
from collections.abc import Generator

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import DBAPIError

from tunesmith.bot import logs
from tunesmith.bot.errors import ProviderBusyError, ProviderError
from tunesmith.bot.messages import say
from tunesmith.storage.database import Database
from tunesmith.storage.tables import tasks

SECRET = "what somebody wrote"
_log = logging.getLogger("tests")


@pytest.fixture(params=["json", "text"])
def written(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Generator[io.StringIO]:
    """What the bot writes to the standard error."""
    text = io.StringIO()
    monkeypatch.setattr("sys.stderr", text)
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    logs.set_up(request.param)
    yield text
    root.handlers[:] = before
    root.setLevel(level)


def _told(written: io.StringIO) -> str:
    said = written.getvalue()
    assert SECRET not in said
    if said.startswith("{"):
        [line] = said.splitlines()
        return "\n".join(map(str, json.loads(line).values()))
    return said


async def test_what_a_statement_was_to_write_is_not_told(
    database: Database, written: io.StringIO
) -> None:
    row = {"key": "k", "kind": "x", "payload": {"text": SECRET}, "place": SECRET}
    try:
        async with database.write() as connection:
            await connection.exec_driver_sql("ALTER TABLE tasks RENAME TO elsewhere")
            await connection.execute(insert(tasks), row)
    except DBAPIError:
        _log.exception("Not written")
    told = _told(written)
    assert "Not written" in told
    assert "test_logs.py" in told
    assert "SQLITE_ERROR" in told or "42P01" in told


def test_what_an_error_quotes_is_not_told(written: io.StringIO) -> None:
    def fail() -> None:
        raise ExceptionGroup(SECRET, [ValueError(SECRET), OSError(28, SECRET)])

    try:
        try:
            {}[SECRET]
        except KeyError:
            fail()
    except ExceptionGroup:
        _log.exception("It failed")
    told = _told(written)
    assert all(name in told for name in ("KeyError", "ExceptionGroup", "ValueError", "ENOSPC"))
    assert told.index("KeyError") < told.index("ExceptionGroup")


def test_a_provider_is_told_by_name_and_code_and_not_by_its_words(written: io.StringIO) -> None:
    said = say("provider.trouble", provider="Crusoe", status=503, said=SECRET)
    busy = ProviderBusyError(said, "overloaded")
    _log.info("Task %s again in %.1f s: %s", "k", 1.0, busy)
    assert "Crusoe" in _told(written)
    assert "503" in _told(written)


def test_a_file_is_not_told_by_its_name(written: io.StringIO) -> None:
    _log.warning("Given up: %s", say("dataset.report_valid", name=SECRET))
    assert "Given up: :white_check_mark: *…*" in _told(written)


def test_the_words_of_any_error_are_left_out_whoever_logs_it(written: io.StringIO) -> None:
    logging.getLogger("slack_bolt").error(
        "Failed: %s", ProviderError(say("common.as_is", text=SECRET))
    )
    assert "Failed: " in _told(written)


async def test_what_nobody_awaited_is_told_without_its_words(written: io.StringIO) -> None:
    async def fail() -> None:
        raise ValueError(SECRET)

    loop = asyncio.get_running_loop()
    loop.set_exception_handler(logs.unhandled)
    task = asyncio.create_task(fail())
    await asyncio.wait([task])
    del task
    assert "never retrieved" in _told(written)
    assert "ValueError" in _told(written)
