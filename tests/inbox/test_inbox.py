"""An event is acknowledged when it is written down, and a message is taken up once."""

from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from slack_bolt.async_app import AsyncApp

from tests.inbox.conftest import SETTINGS
from tests.support.bot import (
    bolt_app,
    in_socket_mode,
    keys_of,
    services_of,
    taking_no_tasks,
)
from tests.support.waiting import eventually
from tests.support.world import free_port
from tests.workspace.conftest import Control
from tunesmith import handlers
from tunesmith.local.workspace.server import running
from tunesmith.local.workspace.settings import SIGNING_SECRET
from tunesmith.local.workspace.workspace import Workspace
from tunesmith.storage import tasks
from tunesmith.storage.database import Database

LINE = b'{"messages": []}\n'


@pytest.fixture(params=["socket", "http"])
async def ws(request: pytest.FixtureRequest) -> AsyncGenerator[Workspace]:
    """A workspace that reaches the bot by one way or the other."""
    settings = replace(SETTINGS, ack_seconds=0.5)
    if request.param == "http":
        url = f"http://127.0.0.1:{free_port()}/slack/events"
        settings = replace(settings, request_url=url)
    async with running(settings) as ws:
        yield ws


@pytest.fixture
async def app(tmp_path: Path, database: Database, ws: Workspace) -> AsyncGenerator[AsyncApp]:
    services = services_of(tmp_path, database, f"{ws.base_url}/api/")
    async with bolt_app(services) as app:
        handlers.register(app, services)
        url = ws.settings.request_url
        if url is None:
            async with in_socket_mode(app, ws, services):
                yield app
        else:
            secret, port = SIGNING_SECRET, urlsplit(url).port or 0
            async with handlers.serving(app, signing_secret=secret, host="127.0.0.1", port=port):
                yield app


def _delivery(ws: Workspace, kind: str) -> Any:
    [found] = [one for one in ws.state.deliveries if one.type == kind]
    return found


async def test_an_event_that_cannot_be_written_comes_again_and_is_written_then(
    app: AsyncApp, ws: Workspace, control: Control, database: Database
) -> None:
    async with taking_no_tasks(database):
        ts = await control.say("@tunesmith What is one plus one?")
        await eventually(lambda: _delivery(ws, "app_mention").attempts > 1)
    await eventually(lambda: _delivery(ws, "app_mention").acked)
    assert _delivery(ws, "app_mention").attempts > 1
    assert await keys_of(database, "ask") == [f"ask:T0LOCAL:C0TUNING:{ts}"]


async def test_an_event_is_not_lost_while_slack_does_not_say_who_the_bot_is(
    app: AsyncApp, ws: Workspace, control: Control, database: Database
) -> None:
    await control.post("faults", method="auth.test", kind="error", times=2)
    await control.say("@tunesmith What is one plus one?")
    await eventually(lambda: _delivery(ws, "app_mention").acked)
    assert sum(delivery.attempts for delivery in ws.state.deliveries) == 2 + 2
    assert len(await keys_of(database, "ask")) == 1


async def test_a_message_is_taken_up_once_however_often_it_comes(
    app: AsyncApp, ws: Workspace, control: Control, database: Database
) -> None:
    await control.attach({"a.jsonl": LINE}, user="U0ALICE", channel="C0TUNING", text="@tunesmith")
    await eventually(lambda: _delivery(ws, "message.channels").acked)
    for delivery in list(ws.state.deliveries):
        # A delivery of the same message under another id, as where an app is installed anew.
        delivery.body["event_id"] += "X"
        await ws.deliveries.repeat(delivery)
    assert len(await keys_of(database, "inspect")) == 1
    assert await keys_of(database, "ask") == []


@pytest.mark.parametrize("ws", ["socket"], indirect=True)
async def test_an_event_that_the_version_before_wrote_is_not_taken_up_again(
    app: AsyncApp, ws: Workspace, control: Control, database: Database
) -> None:
    await control.say("@tunesmith What is one plus one?")
    await control.attach({"a.jsonl": LINE}, user="U0ALICE", channel="C0TUNING", text="")
    await eventually(lambda: sum(delivery.acked for delivery in ws.state.deliveries) == 3)
    mention = _delivery(ws, "app_mention").body
    [sent] = [one.body for one in ws.state.deliveries if "files" in one.body["event"]]
    file_id = sent["event"]["files"][0]["id"]
    async with database.write() as connection:
        await connection.execute(tasks.tasks.delete())
        for key in (f"ask:{mention['event_id']}", f"inspect:{sent['event_id']}:{file_id}"):
            await tasks.add(
                connection, key=key, kind=key.partition(":")[0], place="tell", payload={}
            )
    for delivery in list(ws.state.deliveries):
        await ws.deliveries.repeat(delivery)
    assert await keys_of(database, "ask") == [f"ask:{mention['event_id']}"]
    assert await keys_of(database, "inspect") == [f"inspect:{sent['event_id']}:{file_id}"]
