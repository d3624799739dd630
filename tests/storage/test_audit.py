"""The audit log: it only grows, and each sees what they may."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tunesmith.storage import audit
from tunesmith.storage.database import Database


async def _log(database: Database) -> None:
    async with database.write() as connection:
        for number, (channel, person) in enumerate(
            [("C1", "U1"), ("C1", "U2"), ("C2", "U2"), ("C3", None)]
        ):
            await audit.add(
                connection,
                team="T1",
                channel=channel,
                person=person,
                action="start",
                subject=f"j{number}",
                usd="1.50",
            )


@pytest.mark.parametrize(
    "change", ["UPDATE audit_log SET person = 'U9'", "DELETE FROM audit_log WHERE id = 1"]
)
async def test_the_database_refuses_to_change_or_delete_what_was_logged(
    database: Database, change: str
) -> None:
    await _log(database)
    with pytest.raises(DBAPIError, match="audit_log only grows"):
        async with database.write() as connection:
            await connection.execute(text(change))
    async with database.read() as connection:
        assert len(await audit.page(connection, "T1")) == 4


@pytest.mark.databases("postgresql")
async def test_the_log_is_not_truncated(database: Database) -> None:
    with pytest.raises(DBAPIError, match="audit_log only grows"):
        async with database.write() as connection:
            await connection.execute(text("TRUNCATE audit_log"))


async def test_pages_come_newest_first_and_show_what_a_person_may_see(database: Database) -> None:
    await _log(database)
    async with database.read() as connection:
        everything = await audit.page(connection, "T1")
        seen = await audit.page(connection, "T1", person="U2", channels=["C3"])
        older = await audit.page(connection, "T1", skip=2, most=1)
        one = await audit.page(connection, "T1", subject="j0")
        here = await audit.page(connection, "T1", channel="C1")
        other_team = await audit.page(connection, "T2")
    assert [entry.subject for entry in everything] == ["j3", "j2", "j1", "j0"]
    assert [entry.subject for entry in seen] == ["j3", "j2", "j1"]
    assert [entry.subject for entry in older] == ["j1"]
    assert (one[0].details, one[0].created_at > 0) == ({"usd": "1.50"}, True)
    assert [entry.subject for entry in here] == ["j1", "j0"]
    assert other_team == []
