"""Who waits for a task is told what it waits for, once an outage has lasted."""

from tests.support.queues import AnyWork, add, fail_longer, running, serve, until
from tunesmith.bot.errors import SlackError
from tunesmith.bot.messages import Message, say, text_for
from tunesmith.bot.queue import Queue, Retry
from tunesmith.storage.database import Database


async def test_an_outage_is_told_after_a_minute_and_not_before(database: Database) -> None:
    tries: list[int] = []
    told: list[tuple[int, str]] = []

    async def run(work: AnyWork) -> None:
        tries.append(work.task.fence)
        raise Retry(say("common.as_is", text="no disk"), 0.01 if len(tries) < 5 else 1_000)

    async def delayed(work: AnyWork, reason: Message) -> None:
        told.append((len(tries), text_for("en")(reason)))

    queue = Queue(database)
    serve(queue, run, delayed=delayed)
    await add(database, "a")
    async with running(queue):
        await until(lambda: len(tries) == 5)
        await fail_longer(database, 61)
        await until(lambda: told)
    assert told == [(6, "no disk")]


async def test_a_task_is_done_once_it_can_be_though_nobody_could_be_told_of_its_delay(
    database: Database,
) -> None:
    tries: list[int] = []

    async def run(work: AnyWork) -> None:
        tries.append(work.task.fence)
        if len(tries) < 3:
            raise Retry(say("common.as_is", text="no disk"), 1_000 if len(tries) == 1 else 0)

    async def delayed(work: AnyWork, reason: Message) -> None:
        raise SlackError("not_in_channel")

    queue = Queue(database)
    serve(queue, run, delayed=delayed)
    await add(database, "a")
    async with running(queue):
        await until(lambda: tries)
        await fail_longer(database, 61)
        await until(lambda: len(tries) == 3)
