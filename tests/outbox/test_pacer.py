"""Replicas together keep Slack's limits."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Sequence
from contextlib import AsyncExitStack
from typing import Any

import pytest

from tests.outbox.works import new_work
from tests.support.workspaces import CHANNEL, LocalWorkspace, local_workspace
from tunesmith.bot.queue import Wait
from tunesmith.handlers.slack.outbox import Outbox
from tunesmith.handlers.slack.thread import ThreadRef
from tunesmith.storage.database import Database


@pytest.fixture
async def slack() -> AsyncGenerator[LocalWorkspace]:
    async with local_workspace() as opened:
        yield opened


@pytest.fixture
async def replicas(database_url: str) -> AsyncGenerator[list[Database]]:
    """Two connections to one database."""
    async with AsyncExitStack() as stack:
        opened: list[Database] = []
        for _ in range(2):
            opened.append(Database(database_url))
            stack.push_async_callback(opened[-1].close)
        yield opened


async def _outcomes(calls: Sequence[Awaitable[Any]]) -> Counter[str]:
    """How many calls went, and how many have to wait; anything else is raised."""
    found = Counter[str]()
    for outcome in await asyncio.gather(*calls, return_exceptions=True):
        if isinstance(outcome, BaseException) and not isinstance(outcome, Wait):
            raise outcome
        found["waits" if isinstance(outcome, Wait) else "went"] += 1
    return found


async def test_two_replicas_together_meet_no_limit_of_the_workspace(
    slack: LocalWorkspace, replicas: list[Database]
) -> None:
    outboxes = [Outbox(slack.client, database) for database in replicas]
    ts = (await slack.client.chat_postMessage(channel=CHANNEL, text="x"))["ts"]
    stream = await slack.client.chat_startStream(
        channel=CHANNEL, thread_ts=ts, recipient_user_id="U0ALICE", recipient_team_id="T0LOCAL"
    )
    await slack.keep_limits()
    calls: list[Awaitable[Any]] = []
    for number in range(80):
        outbox = outboxes[number % 2]
        to: dict[str, Any] = {"channel": CHANNEL, "ts": ts, "text": str(number)}
        piece: dict[str, Any] = {"channel": CHANNEL, "ts": stream["ts"]}
        calls.append(outbox.call("chat.update", **to))
        calls.append(outbox.call("chat.appendStream", **piece, markdown_text="x"))
        calls.append(outbox.call("chat.postMessage", channel="C0GENERAL", text=str(number)))
    found = await _outcomes(calls)
    for method in ("chat.update", "chat.appendStream", "chat.postMessage"):
        assert [call for call in await slack.calls(method) if not call["ok"]] == []
    assert found["went"] >= 25 + 50 + 3


async def test_what_slack_asks_one_replica_to_wait_the_other_waits_too(
    slack: LocalWorkspace, replicas: list[Database]
) -> None:
    first, second = (Outbox(slack.client, database) for database in replicas)
    await slack.fault("chat.postMessage", "rate_limited", retry_after=20)
    for outbox in (first, second):
        with pytest.raises(Wait) as waits:
            await outbox.call("chat.postMessage", channel=CHANNEL, text="x")
        assert 2 < (waits.value.after or 0) <= 20
    assert len(await slack.calls("chat.postMessage")) == 1
    await second.call("chat.postMessage", channel="C0GENERAL", text="x")


async def test_edits_in_the_background_leave_the_turns_of_others_free(
    slack: LocalWorkspace, replicas: list[Database]
) -> None:
    outboxes = [Outbox(slack.client, database) for database in replicas]
    work = await new_work(replicas[0])
    ref = ThreadRef(CHANNEL, None, "U0ALICE")
    ts = await outboxes[0].put(work, "card", ref, "0", [])
    edits = [
        outboxes[number % 2].put(work, "card", ref, str(number), [], background=True)
        for number in range(1, 60)
    ]
    await _outcomes(edits)
    sent = len(await slack.calls("chat.update"))
    assert 1 <= sent <= 3  # one at once, and what comes within the longest sleep
    others = [outboxes[0].call("chat.update", channel=CHANNEL, ts=ts, text="x") for _ in range(20)]
    assert await _outcomes(others) == Counter(went=20)
