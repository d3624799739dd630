"""A file is shared once, whatever Slack answers between the steps."""

import asyncio
import json
from collections.abc import AsyncGenerator
from typing import Any

import pytest
from sqlalchemy import update

from tests.outbox.works import new_work
from tests.support.elsewhere import Elsewhere
from tests.support.workspaces import CHANNEL, LocalWorkspace, local_workspace
from tunesmith.bot.queue import Retry, Wait, Work
from tunesmith.handlers.slack.outbox import Outbox
from tunesmith.handlers.slack.pacer import Pacer
from tunesmith.handlers.slack.thread import ThreadRef
from tunesmith.handlers.slack.uploads import share
from tunesmith.storage.database import Database
from tunesmith.storage.tables import pace

pytestmark = pytest.mark.databases("sqlite")


@pytest.fixture
async def slack() -> AsyncGenerator[LocalWorkspace]:
    async with local_workspace() as opened:
        yield opened


@pytest.mark.parametrize(
    ("method", "kind"),
    [
        ("files.getUploadURLExternal", "rate_limited"),
        ("upload_url", "rate_limited"),
        ("files.completeUploadExternal", "rate_limited"),
        ("files.getUploadURLExternal", "drop_after"),
        ("upload_url", "drop_after"),
        ("files.completeUploadExternal", "drop_after"),
        ("files.completeUploadExternal", "odd"),
    ],
)
async def test_a_file_stands_once_in_its_thread_after_any_step_broke_off(
    slack: LocalWorkspace, database: Database, method: str, kind: str
) -> None:
    outbox, work = Outbox(slack.client, database), await new_work(database)
    root = (await slack.client.chat_postMessage(channel=CHANNEL, text="root"))["ts"]
    ref = ThreadRef(CHANNEL, root, "U0ALICE")
    await slack.fault(method, kind, retry_after=0)
    with pytest.raises(Wait if kind == "rate_limited" else Retry):
        await _upload(outbox, work, ref)
    lost = method == "files.completeUploadExternal" and kind != "rate_limited"
    if lost:
        await _shared(slack, root)
    for _ in range(2):
        await _upload(outbox, work, ref)
    assert await _shared(slack, root) == ["a.csv"]
    completed = [call for call in await slack.calls("files.completeUploadExternal") if call["ok"]]
    assert len(completed) == 1


async def test_a_file_keeps_its_turn_over_all_its_tries_and_goes_before_those_who_came_later(
    slack: LocalWorkspace, database: Database
) -> None:
    outbox, work = Outbox(slack.client, database), await new_work(database)
    ref = ThreadRef(CHANNEL, None, "U0ALICE")
    await _others_want_to_upload(slack, database, 100)
    with pytest.raises(Wait) as first:
        await _upload(outbox, work, ref)
    await _others_want_to_upload(slack, database, 100)
    with pytest.raises(Wait) as again:
        await _upload(outbox, work, ref)
    assert 20 < (again.value.after or 0) <= (first.value.after or 0) <= 31
    async with database.write() as connection:  # so much time passes
        passed = again.value.after
        await connection.execute(update(pace).values(next_at=pace.c.next_at - passed))
    await _upload(outbox, work, ref)
    assert [call["ok"] for call in await slack.calls("files.getUploadURLExternal")] == [True]


async def test_a_turn_that_was_kept_is_used_once_slack_no_longer_asks_to_wait(
    slack: LocalWorkspace, database: Database
) -> None:
    outbox, work = Outbox(slack.client, database), await new_work(database)
    ref = ThreadRef(CHANNEL, None, "U0ALICE")
    await slack.fault("files.getUploadURLExternal", "rate_limited", retry_after=50)
    for _ in range(3):
        with pytest.raises(Wait) as asked:
            await _upload(outbox, work, ref)
        assert 40 < (asked.value.after or 0) <= 50
    assert len(await slack.calls("files.getUploadURLExternal")) == 1


@pytest.mark.parametrize("how", ["address", "redirect"])
async def test_bytes_are_sent_nowhere_but_to_slack(
    slack: LocalWorkspace, database: Database, elsewhere: Elsewhere, how: str
) -> None:
    outbox, work = Outbox(slack.client, database), await new_work(database)
    root = (await slack.client.chat_postMessage(channel=CHANNEL, text="root"))["ts"]
    ref = ThreadRef(CHANNEL, root, "U0ALICE")
    if how == "address":
        answer = {"ok": True, "upload_url": elsewhere.url, "file_id": "F1"}
        body, kind = json.dumps(answer), "application/json"
        await slack.fault("files.getUploadURLExternal", "odd", body=body, content_type=kind)
    else:
        await slack.fault("upload_url", "redirect", location=elsewhere.url)
    with pytest.raises(Retry):
        await _upload(outbox, work, ref)
    assert not elsewhere.connections
    await _upload(outbox, work, ref)
    assert await _shared(slack, root) == ["a.csv"]


async def _others_want_to_upload(slack: LocalWorkspace, database: Database, how_many: int) -> None:
    pacer = Pacer(slack.client.token or "")
    async with database.write() as connection:
        for _ in range(how_many):
            await pacer.take(connection, "files.getUploadURLExternal", CHANNEL, most_wait=1_000)


async def _shared(slack: LocalWorkspace, root: str) -> list[str]:
    """The files in a thread; Slack shares them a moment after it has said so."""
    while True:
        thread: Any = await slack.client.conversations_replies(channel=CHANNEL, ts=root)
        if names := [file["name"] for m in thread["messages"] for file in m.get("files", [])]:
            return names
        await asyncio.sleep(0.05)


async def _upload(outbox: Outbox, work: Work[Any], ref: ThreadRef) -> None:
    await share(outbox, work, ref, name="a.csv", content=b"a,b\n", title="a")
