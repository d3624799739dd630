"""A message whose posting broke off is looked for before it is posted again."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from tests.support.queues import claim
from tunesmith.bot.queue import Payload, Work
from tunesmith.handlers.slack.outbox import EVENT_TYPE, Outbox
from tunesmith.handlers.slack.thread import ThreadRef
from tunesmith.local.workspace.server import running
from tunesmith.local.workspace.settings import Settings
from tunesmith.storage import tasks
from tunesmith.storage.database import Database


@asynccontextmanager
async def _slack() -> AsyncGenerator[Any]:  # its own annotations are incomplete
    async with running(Settings()) as ws, aiohttp.ClientSession() as session:
        yield AsyncWebClient("xoxb-local", base_url=f"{ws.base_url}/api/", session=session)


async def _second_try(database: Database) -> Work[Payload]:
    async with database.write() as connection:
        await tasks.add(connection, key="k", kind="k", place="check", payload={})
    await claim(database, lease=-1)
    [task] = await claim(database, lease=-1)
    return Work(task, Payload(), database, lease=60)


async def test_a_message_in_a_long_thread_is_found_and_not_posted_again(
    database: Database,
) -> None:
    async with _slack() as slack:
        root = (await slack.chat_postMessage(channel="C0TUNING", text="root"))["ts"]
        for number in range(230):
            await slack.chat_postMessage(channel="C0TUNING", text=str(number), thread_ts=root)
        posted = await slack.chat_postMessage(
            channel="C0TUNING",
            text="ours",
            thread_ts=root,
            metadata={"event_type": EVENT_TYPE, "event_payload": {"key": "final"}},
        )
        outbox = Outbox(slack, database)
        ref = ThreadRef("C0TUNING", root, "U0ALICE")
        ts = await outbox.post(await _second_try(database), "final", ref, "ours", [])
        assert ts == posted["ts"]
        thread = await slack.conversations_replies(channel="C0TUNING", ts=root, limit=1000)
        assert len(thread["messages"]) == 232
