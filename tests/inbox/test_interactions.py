"""What people do is written before it is acknowledged; what can't be written is said."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp

from tests.support.bot import (
    bolt_app,
    in_socket_mode,
    keys_of,
    locked,
    services_of,
    taking_no_tasks,
)
from tests.workspace.conftest import Control
from tunesmith.bot.errors import JobError
from tunesmith.bot.messages import say, text_for
from tunesmith.handlers.slack.blocks import actions, button, plain
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.interactions import Interactions, Reply
from tunesmith.handlers.slack.payloads import (
    ActionBody,
    CommandBody,
    ShortcutBody,
    SubmissionBody,
)
from tunesmith.local.workspace.workspace import Workspace
from tunesmith.storage import tasks
from tunesmith.storage.database import Database

NOTHING = "Nothing happened: something went wrong on our side."
pytestmark = pytest.mark.databases("sqlite")

ALICE = {"user": "U0ALICE", "channel": "C0TUNING"}


async def _write(context: Context, key: str) -> None:
    async with context.services.database.write() as connection:
        await tasks.add(connection, key=key, kind="asked", place="tell", payload={})


async def _command(context: Context, body: CommandBody) -> Reply | None:
    if body.text == "hang":
        try:
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(8)
    await _write(context, body.trigger_id)
    return "Written.", []


async def _press(context: Context, body: ActionBody) -> None:
    await _write(context, body.trigger_id)


async def _refuse(_context: Context, _body: ActionBody) -> None:
    raise JobError(say("job.no_dataset"))


async def _open(context: Context, body: ActionBody) -> None:
    question = {
        "type": "input",
        "block_id": "question",
        "label": plain("Question"),
        "element": {"type": "plain_text_input", "action_id": "question"},
    }
    view = {"type": "modal", "callback_id": "form", "title": plain("Form")}
    view |= {"submit": plain("Send"), "blocks": [question]}
    await context.outbox.call("views.open", trigger_id=body.trigger_id, view=view)


async def _form(context: Context, body: SubmissionBody) -> dict[str, str]:
    await _write(context, body.view.id)
    return {}


async def _shortcut(context: Context, body: ShortcutBody) -> None:
    await _write(context, body.trigger_id)


@pytest.fixture
def unhurried_listeners() -> None:
    """They have Slack's three seconds here."""


@pytest.fixture
async def app(tmp_path: Path, database: Database, ws: Workspace) -> AsyncGenerator[AsyncApp]:
    services = services_of(tmp_path, database, f"{ws.base_url}/api/")
    async with bolt_app(services) as app:
        interactions = Interactions(Context(services, app.client), app)
        interactions.command("/tune", _command)
        interactions.action("press", _press)
        interactions.action("refuse", _refuse)
        interactions.action("open", _open)
        interactions.form("form", _form)
        interactions.shortcut("inspect_message", _shortcut)
        async with in_socket_mode(app, ws, services):
            yield app


async def _post_buttons(app: AsyncApp) -> tuple[str, str]:
    """A thread, and a message with buttons in it."""
    client: Any = app.client  # its own annotations are incomplete
    root = await client.chat_postMessage(channel="C0TUNING", text="root")
    buttons = [button(name, name, "1") for name in ("press", "refuse", "open")]
    posted = await client.chat_postMessage(
        channel="C0TUNING", thread_ts=root["ts"], text="buttons", blocks=[actions(*buttons)]
    )
    return str(root["ts"]), str(posted["ts"])


async def _whispers(control: Control, thread: str) -> list[str]:
    seen = await control.messages(user="U0ALICE", thread_ts=thread)
    return [message["text"] for message in seen if message.get("is_ephemeral")]


async def test_a_command_that_cannot_be_written_says_that_nothing_happened(
    app: AsyncApp, control: Control, database: Database
) -> None:
    async with taking_no_tasks(database):
        answer = await control.post("commands", **ALICE, text="/tune")
    assert answer["response"]["text"].startswith(NOTHING)
    again = await control.post("commands", **ALICE, text="/tune")
    assert again["response"]["text"] == "Written."
    assert len(await keys_of(database, "asked")) == 1


@pytest.mark.databases("sqlite", "postgresql")
async def test_a_command_is_answered_in_time_while_the_database_is_locked_and_does_nothing_later(
    app: AsyncApp, control: Control, database: Database, database_url: str
) -> None:
    async with locked(database_url):
        answer = await control.post("commands", **ALICE, text="/tune")
    assert answer["response"]["text"].startswith(NOTHING)
    async with database.write():
        pass  # the command's transaction came before
    assert await keys_of(database, "asked") == []


async def test_a_command_is_answered_in_time_though_what_it_waits_for_does_not_let_go_of_it(
    app: AsyncApp, control: Control
) -> None:
    answer = await control.post("commands", **ALICE, text="/tune hang")
    assert answer["response"]["text"].startswith(NOTHING)


async def test_a_button_that_cannot_be_written_says_so_in_its_thread(
    app: AsyncApp, control: Control, database: Database
) -> None:
    thread, message = await _post_buttons(app)
    async with taking_no_tasks(database):
        await control.post("actions", **ALICE, message_ts=message, action_id="press", value="1")
    [said] = await _whispers(control, thread)
    assert said.startswith(NOTHING)


async def test_a_button_that_is_refused_says_why(app: AsyncApp, control: Control) -> None:
    thread, message = await _post_buttons(app)
    await control.post("actions", **ALICE, message_ts=message, action_id="refuse")
    [said] = await _whispers(control, thread)
    assert said == text_for("en")("job.no_dataset")


async def test_a_form_that_cannot_be_written_stays_open_and_is_sent_again_once(
    app: AsyncApp, control: Control, database: Database
) -> None:
    _, message = await _post_buttons(app)
    await control.post("actions", **ALICE, message_ts=message, action_id="open")
    [modal] = await control.modals()
    path, sent = f"views/{modal['id']}/submit", {"user": "U0ALICE", "values": {"question": "x"}}
    async with taking_no_tasks(database):
        answer = await control.post(path, **sent)
    assert answer["errors"]["question"].startswith(NOTHING)
    assert len(await control.modals()) == 1
    await control.post(path, **sent)
    assert await control.modals() == []
    assert await keys_of(database, "asked") == [modal["id"]]


async def test_a_shortcut_that_cannot_be_written_says_so(
    app: AsyncApp, control: Control, database: Database
) -> None:
    ts = await control.say("look at this")
    async with taking_no_tasks(database):
        use = {"callback_id": "inspect_message", "message_ts": ts}
        await control.post("shortcuts", **ALICE, **use)
    [said] = [m["text"] for m in await control.messages(user="U0ALICE") if m.get("is_ephemeral")]
    assert said.startswith(NOTHING)
