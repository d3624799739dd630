"""What was written while nobody heard it is taken up from the history, once."""

import itertools
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select

from tests.inbox.conftest import SETTINGS
from tests.support.bot import bolt_app, in_socket_mode, keys_of, services_of, taking_no_tasks
from tests.support.queues import running as queue_running
from tests.support.waiting import eventually, until
from tests.workspace.conftest import Control
from tunesmith import handlers
from tunesmith.bot.processes import Processes
from tunesmith.bot.queue import Queue
from tunesmith.handlers.slack import inbox
from tunesmith.handlers.slack.catch_up import KEY
from tunesmith.local.workspace.records import Message
from tunesmith.local.workspace.server import running
from tunesmith.local.workspace.settings import Settings
from tunesmith.local.workspace.workspace import Workspace
from tunesmith.storage import tasks as queued
from tunesmith.storage import workspaces
from tunesmith.storage.database import Database
from tunesmith.storage.tables import tasks

TUNING, GENERAL = "C0TUNING", "C0GENERAL"
LINE = b'{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}\n'


@pytest.fixture
def settings() -> Settings:
    """An event that nobody takes comes once more at once, and then no more."""
    return replace(SETTINGS, retry_delays=(0.0,), ack_seconds=0.5)


@pytest.fixture
async def ws(settings: Settings) -> AsyncGenerator[Workspace]:
    """The bot is in three channels."""
    async with running(settings) as ws:
        for channel in ws.state.channels:
            if channel.id not in {TUNING, GENERAL, "D0ALICE"}:
                ws.state.channels.delete(channel.id)
        yield ws


class Bot:
    """A bot that can be started again on its database."""

    def __init__(
        self, folder: Path, database: Database, ws: Workspace, processes: Processes
    ) -> None:
        self.database = database
        self._ws = ws
        self._services = replace(
            services_of(folder, database, f"{ws.base_url}/api/"), processes=processes
        )

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """It runs inside the block, and has done all it found to do at its start."""
        async with self.started():
            await self.idle()
            yield

    async def start_and_stop(self) -> None:
        """It runs until it has listed the channels whose history is to be read."""
        before = await self._listings()
        async with self.started():

            async def listed() -> bool:
                return await self._listings() > before

            await until(listed, "the channels to be listed")

    @asynccontextmanager
    async def started(self) -> AsyncGenerator[None]:
        """It runs inside the block."""
        services = replace(self._services, queue=Queue(self.database))
        async with bolt_app(services) as app:
            handlers.register(app, services)
            async with queue_running(services.queue), in_socket_mode(app, self._ws, services):
                yield

    async def _listings(self) -> int:
        """How often the channels were listed, to the end."""
        found = select(tasks.c.fence).where(tasks.c.key == KEY, tasks.c.done_at.is_not(None))
        async with self.database.read() as connection:
            return (await connection.execute(found)).scalar() or 0

    async def idle(self) -> None:
        """Wait until no task is left."""

        async def done() -> bool:
            left = select(func.count()).select_from(tasks).where(tasks.c.done_at.is_(None))
            async with self.database.read() as connection:
                return (await connection.execute(left)).scalar() == 0

        await until(done, "the end of all tasks")


@pytest.fixture
def bot(tmp_path: Path, database: Database, ws: Workspace, processes: Processes) -> Bot:
    return Bot(tmp_path, database, ws, processes)


async def _attach(control: Control, name: str, channel: str) -> str:
    return (await control.attach({name: LINE}, user="U0ALICE", channel=channel, text=""))["ts"]


def _told(ws: Workspace) -> list[str]:
    """The threads and messages that the bot has answered, once for each answer."""
    answers = [m for m in ws.state.messages if m.from_app and m.metadata]
    return sorted(str(m.thread_ts or m.ts) for m in answers)


async def _write_while_it_is_down(ws: Workspace, control: Control, thread: str) -> list[str]:
    """Files, a mention in an older thread and a question: what is to be answered."""
    files = [
        await _attach(control, name, channel)
        for name, channel in (("one.jsonl", TUNING), ("two.jsonl", TUNING), ("3.jsonl", GENERAL))
    ]
    body = {"user": "U0ALICE", "channel": GENERAL, "thread_ts": thread}
    await control.post("messages", **body, text="@tunesmith What is one plus one?")
    question = await control.say("What is one plus one?", channel="D0ALICE")
    deleted = ws.state.messages.find(TUNING, await _attach(control, "gone.jsonl", TUNING))
    assert deleted is not None
    ws.state.messages.remove(deleted)
    await eventually(lambda: all(one.due is None for one in ws.state.deliveries))
    return [question, *files, thread]


@pytest.mark.databases("sqlite")
async def test_what_came_while_the_bot_was_down_is_answered_once_whatever_slack_refuses(
    bot: Bot, ws: Workspace, control: Control, caplog: pytest.LogCaptureFixture
) -> None:
    thread = await control.say("a thread of people", channel=GENERAL)
    await _attach(control, "before.jsonl", TUNING)
    async with bot.running():
        assert _told(ws) == [], "what was there before the bot is left alone"
        heard = await _attach(control, "heard.jsonl", TUNING)
        await eventually(lambda: heard in _told(ws))
    question, *others = await _write_while_it_is_down(ws, control, thread)
    # The bot may not list channels, so that it reads those it knows; one of them is closed to it.
    ws.manifest.oauth_config.scopes.bot.remove("channels:read")
    for how in (
        {"kind": "status", "status": 500},
        {"kind": "error", "error": "not_in_channel"},
    ):
        await control.post("faults", method="conversations.history", **how)
    async with bot.running():
        assert _told(ws) == sorted([heard, question])
    assert "can't be listed (missing_scope)" in caplog.text
    assert f"The history of {TUNING} can't be read: not_in_channel" in caplog.text
    ws.manifest.oauth_config.scopes.bot.append("channels:read")
    for _ in range(2):
        async with bot.running():
            assert _told(ws) == sorted([heard, question, *others])


@pytest.mark.databases("sqlite")
async def test_what_the_database_refused_is_taken_up_when_it_works_again(
    bot: Bot, ws: Workspace, control: Control, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "_RECOVER_SECONDS", 0.2)
    async with bot.running():
        async with taking_no_tasks(bot.database):
            missed = await _attach(control, "missed.jsonl", TUNING)
            await eventually(lambda: all(one.due is None for one in ws.state.deliveries))
        await eventually(lambda: missed in _told(ws))


@pytest.mark.databases("sqlite")
async def test_the_history_is_read_on_when_slack_says_after_a_429(
    bot: Bot, ws: Workspace, control: Control
) -> None:
    async with bot.running():
        pass
    missed = await _attach(control, "missed.jsonl", TUNING)
    await eventually(lambda: all(one.due is None for one in ws.state.deliveries))
    fault = {"method": "conversations.history", "kind": "rate_limited", "retry_after": 2}
    await control.post("faults", **fault)
    async with bot.running():
        assert _told(ws) == [missed]
    calls = await control.get("calls", method="conversations.history")
    refused, following = next(
        (one["at"], again["at"])
        for one, again in itertools.pairwise(calls["calls"])
        if not one["ok"]
    )
    assert 2 <= following - refused < 25


@pytest.mark.databases("sqlite")
async def test_a_bot_started_again_and_again_reads_what_it_has_not_come_to_only_once(
    bot: Bot, ws: Workspace, control: Control
) -> None:
    async with bot.running():
        pass
    unread = select(func.count()).where(
        tasks.c.kind == "catch_up.page", tasks.c.done_at.is_(None), tasks.c.lease_until.is_(None)
    )
    fault = {"method": "conversations.history", "kind": "slow", "seconds": 60, "times": 100}
    await control.post("faults", **fault)
    missed: list[str] = []
    for name in ("one.jsonl", "two.jsonl", "three.jsonl"):
        missed.append(await _attach(control, name, TUNING))
        await eventually(lambda: all(one.due is None for one in ws.state.deliveries))
        await bot.start_and_stop()
        async with bot.database.read() as connection:
            assert (await connection.execute(unread)).scalar_one() <= 4, "one a channel"
    ws.faults.clear()
    async with bot.running():
        assert _told(ws) == sorted(missed)


@pytest.mark.databases("sqlite")
async def test_a_thread_is_read_again_only_where_somebody_replied_since(
    bot: Bot, ws: Workspace, control: Control
) -> None:
    async with bot.running():
        pass
    where = {"channel": TUNING, "thread_ts": await control.say("a thread", channel=TUNING)}
    reads: list[int] = []
    for missed in range(1, 3):
        await control.attach({f"{missed}.jsonl": LINE}, user="U0ALICE", text="", **where)
        await eventually(lambda: all(one.due is None for one in ws.state.deliveries))
        for _ in range(4):
            async with bot.running():
                assert len(_told(ws)) == missed
            calls = await control.get("calls", method="conversations.replies")
            reads.append(len(calls["calls"]))
    # Once for what it missed, and once for what it then wrote itself.
    assert reads == [1, 2, 2, 2, 3, 4, 4, 4]


@pytest.mark.databases("sqlite")
async def test_what_is_missed_in_a_thread_of_weeks_ago_is_taken_up_and_its_root_is_not(
    bot: Bot, ws: Workspace, control: Control
) -> None:
    async with bot.running():
        pass
    weeks_ago = f"{time.time() - 20 * 86_400:.6f}"
    text = "@tunesmith a question of that time"
    ws.state.messages.put(Message(channel=TUNING, ts=weeks_ago, user="U0ALICE", text=text))
    where = {"channel": TUNING, "thread_ts": weeks_ago}
    await control.attach({"a.jsonl": LINE}, user="U0ALICE", text="", **where)
    await eventually(lambda: all(one.due is None for one in ws.state.deliveries))
    async with bot.running():
        assert _told(ws) == [weeks_ago]
    assert await keys_of(bot.database, "ask") == []


@pytest.mark.databases("sqlite")
async def test_a_missed_file_waits_for_no_thread_of_an_earlier_reading(
    bot: Bot, ws: Workspace, control: Control
) -> None:
    async with bot.running():
        pass
    for _ in range(3):
        where = {"channel": TUNING, "thread_ts": await control.say("a thread", channel=TUNING)}
        await control.post("messages", user="U0ALICE", text="and?", **where)
    fault = {"method": "conversations.replies", "kind": "slow", "seconds": 60, "times": 100}
    await control.post("faults", **fault)
    pages = select(func.count()).where(tasks.c.kind == "catch_up.page", tasks.c.done_at.is_(None))
    async with bot.started():

        async def only_threads_are_left() -> bool:
            async with bot.database.read() as connection:
                return (await connection.execute(pages)).scalar_one() == 3

        await until(only_threads_are_left, "the channels to be read")
    missed = await _attach(control, "missed.jsonl", TUNING)
    await eventually(lambda: all(one.due is None for one in ws.state.deliveries))
    async with bot.started():
        await eventually(lambda: _told(ws) == [missed])


async def test_how_far_events_were_heard_never_goes_back_nor_on_while_the_history_is_unread(
    database: Database,
) -> None:
    async with database.write() as connection:
        await workspaces.hear(connection, "T0LOCAL", 1, unless="catch_up:all")
        assert await workspaces.heard_at(connection, "T0LOCAL") is None
        await workspaces.begin(connection, "T0LOCAL")
        first = await workspaces.heard_at(connection, "T0LOCAL") or 0
        for until_then, unless in ((50, "done"), (-1, "done"), (99, "unread")):
            await queued.add(connection, key="unread", kind="k", place="tell", payload={})
            await workspaces.hear(connection, "T0LOCAL", first + until_then, unless=unless)
        assert await workspaces.heard_at(connection, "T0LOCAL") == first + 50
        assert await workspaces.known_channels(connection) == []
