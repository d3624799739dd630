"""Every message is posted once, whatever Slack answers."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import suppress
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import RawTestServer

from tests.outbox.works import new_work
from tests.support.queues import steal
from tests.support.waiting import PATIENCE
from tests.support.workspaces import CHANNEL, LocalWorkspace, local_workspace
from tunesmith.bot.errors import SlackError
from tunesmith.bot.queue import LeaseLost, Payload, Retry, Wait, Work
from tunesmith.handlers.slack.outbox import EVENT_TYPE, Outbox
from tunesmith.handlers.slack.thread import ThreadRef
from tunesmith.storage import messages
from tunesmith.storage.database import Database

REF = ThreadRef(CHANNEL, None, "U0ALICE")
POST = "chat.postMessage"

pytestmark = pytest.mark.databases("sqlite")


@pytest.fixture
async def slack() -> AsyncGenerator[LocalWorkspace]:
    async with local_workspace() as opened:
        yield opened


@pytest.fixture
def outbox(slack: LocalWorkspace, database: Database) -> Outbox:
    return Outbox(slack.client, database)


async def _texts(slack: LocalWorkspace) -> list[str]:
    history: Any = await slack.client.conversations_history(channel=CHANNEL)
    return [message["text"] for message in reversed(history["messages"])]


async def test_a_message_in_a_long_thread_is_found_and_not_posted_again(
    slack: LocalWorkspace, outbox: Outbox, database: Database
) -> None:
    client = slack.client
    root = (await client.chat_postMessage(channel=CHANNEL, text="root"))["ts"]
    for number in range(230):
        await client.chat_postMessage(channel=CHANNEL, text=str(number), thread_ts=root)
    posted = await client.chat_postMessage(
        channel=CHANNEL,
        text="ours",
        thread_ts=root,
        metadata={"event_type": EVENT_TYPE, "event_payload": {"key": "final"}},
    )
    async with database.write() as connection:
        await messages.begin(connection, "final")
    ref = ThreadRef(CHANNEL, root, "U0ALICE")
    ts = await outbox.post(await new_work(database), "final", ref, "ours", [])
    assert ts == posted["ts"]
    thread = await client.conversations_replies(channel=CHANNEL, ts=root, limit=1000)
    assert len(thread["messages"]) == 232


@pytest.mark.parametrize(
    "body", ["<html>sign in</html>", "", "[]", "null", "7", '"ok"', "{}", '{"ok":1}', '{"ok":true}']
)
async def test_after_an_answer_that_cannot_be_read_the_message_stands_there_once(
    slack: LocalWorkspace, outbox: Outbox, database: Database, body: str
) -> None:
    work = await new_work(database)
    await slack.fault(POST, "odd", body=body, content_type="application/json")
    with pytest.raises(Retry):
        await outbox.post(work, "m", REF, "ours", [])
    await outbox.post(work, "m", REF, "ours", [])
    assert await _texts(slack) == ["ours"]


@pytest.mark.databases("sqlite", "postgresql")
async def test_two_tasks_that_find_the_same_message_at_once_post_no_second_one(
    slack: LocalWorkspace, outbox: Outbox, database: Database
) -> None:
    await slack.fault(POST, "drop_after")
    with pytest.raises(Retry):
        await outbox.post(await new_work(database), "m", REF, "ours", [])
    works = [await new_work(database, str(number)) for number in range(4)]
    found = await asyncio.gather(*(outbox.post(work, "m", REF, "ours", []) for work in works))
    assert len(set(found)) == 1
    assert await _texts(slack) == ["ours"]


async def test_another_apps_message_with_our_key_is_not_taken_for_ours(
    slack: LocalWorkspace, outbox: Outbox, database: Database
) -> None:
    work = await new_work(database)
    await slack.fault(POST, "drop")
    with pytest.raises(Retry):
        await outbox.post(work, "m", REF, "ours", [])
    metadata = {"event_type": EVENT_TYPE, "event_payload": {"key": "m"}}
    theirs = {"ts": "1.000001", "text": "theirs", "bot_id": "B0OTHER", "metadata": metadata}
    page = json.dumps({"ok": True, "messages": [{"type": "message", **theirs}]})
    json_type = "application/json"
    await slack.fault("conversations.history", "odd", body=page, content_type=json_type)
    await outbox.post(work, "m", REF, "ours", [])
    assert await _texts(slack) == ["ours"]


@pytest.mark.parametrize(
    "code",
    ["token_revoked", "account_inactive", "invalid_auth", "message_limit_exceeded", "fatal_error"],
)
async def test_a_refusal_that_may_pass_is_tried_again(
    slack: LocalWorkspace, outbox: Outbox, database: Database, code: str
) -> None:
    work = await new_work(database)
    await slack.fault(POST, "error", error=code)
    with pytest.raises(Retry):
        await outbox.post(work, "m", REF, "ours", [])
    await outbox.post(work, "m", REF, "ours", [])
    assert await _texts(slack) == ["ours"]


@pytest.mark.parametrize("code", ["not_in_channel", "channel_not_found", "is_archived"])
async def test_a_refusal_for_good_ends(
    slack: LocalWorkspace, outbox: Outbox, database: Database, code: str
) -> None:
    await slack.fault(POST, "error", error=code)
    with pytest.raises(SlackError):
        await outbox.post(await new_work(database), "m", REF, "ours", [])


@pytest.mark.parametrize(
    "fault", [{"kind": "rate_limited"}, {"kind": "error", "error": "rate_limited"}]
)
async def test_a_message_that_has_to_wait_is_posted_later_and_no_thread_is_read_for_it(
    slack: LocalWorkspace, outbox: Outbox, database: Database, fault: dict[str, Any]
) -> None:
    work = await new_work(database)
    await slack.fault(POST, **fault)
    with pytest.raises(Wait):
        await outbox.post(work, "m", REF, "ours", [])
    other = ThreadRef("C0GENERAL", None, "U0ALICE")
    await outbox.post(work, "m", other, "ours", [])
    assert await slack.calls("conversations.history") == []


@pytest.mark.databases("sqlite", "postgresql")
async def test_a_message_whose_task_is_taken_over_while_it_waits_for_its_turn_is_posted_once(
    slack: LocalWorkspace, outbox: Outbox, database: Database
) -> None:
    for number in range(3):  # what may go at once
        await outbox.post(await new_work(database, str(number)), str(number), REF, "others", [])
    work = await new_work(database)
    metadata = {"event_type": EVENT_TYPE, "event_payload": {"key": "m"}}
    ours = {"channel": CHANNEL, "text": "ours", "metadata": metadata}
    waiting = asyncio.create_task(outbox.call_once(work, "m", REF, POST, books=False, **ours))
    await _begun(database, "m")
    task = await steal(database, work.task)
    taken_over = Work(task, Payload(), database, lease=60)
    while not await outbox.posted("m"):
        with suppress(Wait):
            await outbox.post(taken_over, "m", REF, "ours", [])
    with pytest.raises(LeaseLost):
        await waiting
    assert (await _texts(slack)).count("ours") == 1


async def _begun(database: Database, key: str) -> None:
    """Wait until it is noted that this message may be posted."""
    async with asyncio.timeout(PATIENCE):
        while True:
            async with database.read() as connection:
                if (await messages.state(connection, key))[1]:
                    return
            await asyncio.sleep(0.01)


async def test_an_edit_that_changes_nothing_is_not_sent(
    slack: LocalWorkspace, outbox: Outbox, database: Database
) -> None:
    work = await new_work(database)
    for text in ("1", "2", "2", "3", "3"):
        await outbox.put(work, "m", REF, text, [])
    assert [call["args"]["text"] for call in await slack.calls("chat.update")] == ["2", "3"]
    assert await _texts(slack) == ["3"]


async def test_an_edit_is_sent_again_where_nobody_knows_what_an_earlier_one_did(
    slack: LocalWorkspace, outbox: Outbox, database: Database
) -> None:
    work = await new_work(database)
    for text in ("1", "2"):
        await outbox.put(work, "m", REF, text, [])
    await slack.fault("chat.update", "drop_after")
    with pytest.raises(Retry):
        await outbox.put(work, "m", REF, "3", [])
    await outbox.put(work, "m", REF, "2", [])
    assert await _texts(slack) == ["2"]


async def test_files_and_replies_go_through_the_proxy_that_the_api_is_called_by(
    slack: LocalWorkspace, outbox: Outbox
) -> None:
    asked: list[str] = []

    async def pass_on(request: web.BaseRequest) -> web.Response:
        asked.append(str(request.raw_path))
        return web.Response(status=302, headers={"Location": "http://elsewhere.example/"})

    async with RawTestServer(pass_on) as proxy:
        slack.client.proxy = f"http://{proxy.host}:{proxy.port}"
        async with outbox.request("GET", "http://files.slack.com/a.jsonl") as response:
            assert response.status == 302
    assert asked == ["http://files.slack.com/a.jsonl"]
