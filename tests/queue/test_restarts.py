"""The queue where PostgreSQL is stopped and started again."""

import pytest
from sqlalchemy.exc import SQLAlchemyError

from tests.support.databases import MISSING, local_server
from tests.support.queues import AnyWork, add, running, serve, until
from tunesmith.bot.queue import Queue
from tunesmith.storage.database import Database


async def test_the_queue_goes_on_by_itself_after_the_database_was_away() -> None:
    ran: list[str] = []

    async def run(work: AnyWork) -> None:
        ran.append(work.task.key)

    with local_server() as server:
        if server is None:
            pytest.skip(MISSING)
        database = Database(server.url)
        await database.migrate()
        queue = Queue(database)
        serve(queue, run)
        async with running(queue):
            await add(database, "before")
            await until(lambda: "before" in ran)
            server.stop()
            with pytest.raises((OSError, SQLAlchemyError)):
                await add(database, "lost")
            server.start()
            await add(database, "after")
            await until(lambda: "after" in ran)
        await database.close()
    assert ran == ["before", "after"]
