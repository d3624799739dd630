"""Tasks for the outbox to work in."""

from tests.support.queues import add, claim
from tunesmith.bot.queue import Payload, Work
from tunesmith.storage.database import Database


async def new_work(database: Database, key: str = "k") -> Work[Payload]:
    """A task at its first try."""
    await add(database, key)
    [task] = await claim(database)
    return Work(task, Payload(), database, lease=60)
