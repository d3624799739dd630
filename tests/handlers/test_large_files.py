"""Files that take long to check hold up no other's report."""

import pytest
from sqlalchemy import select

from tunesmith.handlers.dataset.tasks.check import Attached, check_files
from tunesmith.handlers.slack.payloads import SlackFile
from tunesmith.handlers.slack.thread import ThreadRef
from tunesmith.storage.database import Database
from tunesmith.storage.tables import tasks


@pytest.mark.databases("sqlite")
async def test_large_files_wait_for_each_other_and_no_small_file_waits_for_them(
    database: Database,
) -> None:
    files = [
        SlackFile(id="F0SMALL", name="small.jsonl", size=20_000_000),
        SlackFile(id="F0LARGE", name="large.jsonl", size=20_000_001),
        SlackFile(id="F0CONNECT"),
    ]
    ref = ThreadRef(channel="C0TUNING", ts="1.1", user="U0ALICE")
    async with database.write() as connection:
        await check_files(connection, Attached("1.1", "T0TEAM", ref, files))
    async with database.read() as connection:
        found = await connection.execute(select(tasks.c.key, tasks.c.place))
    assert {key.rpartition(":")[2]: place for key, place in found} == {
        "F0SMALL": "check",
        "F0LARGE": "large",
        "F0CONNECT": "check",
    }
