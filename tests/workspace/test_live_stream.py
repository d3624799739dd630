"""The WebSocket that tells a viewer of every change."""

from contextlib import AsyncExitStack
from typing import Any

import aiohttp
import pytest

from tests.support.waiting import PATIENCE
from tests.workspace.conftest import Client, Control
from tests.workspace.socket_app import SocketApp
from tests.workspace.test_block_limits import section
from tests.workspace.test_views_methods import modal, opened
from tunesmith.local.workspace import changes
from tunesmith.local.workspace.server import running
from tunesmith.local.workspace.settings import Settings
from tunesmith.local.workspace.workspace import Workspace


class Viewer:
    """One page that looks at the workspace."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket

    async def next(self, kind: str) -> dict[str, Any]:
        """The next change of this kind; others are skipped."""
        while (change := await self.socket.receive_json(timeout=PATIENCE))["type"] != kind:
            pass
        return change


async def watch(stack: AsyncExitStack, control: Control, user: str) -> Viewer:
    url = f"{control.url}/control/stream?user={user}"
    return Viewer(await stack.enter_async_context(control.session.ws_connect(url)))


@pytest.fixture
async def alice(stack: AsyncExitStack, control: Control) -> Viewer:
    return await watch(stack, control, "U0ALICE")


async def test_messages_edits_and_deletions_are_told(
    alice: Viewer, client: Client, control: Control
):
    root = await control.say("root")
    assert (await alice.next("message"))["message"]["ts"] == root
    posted = await client.chat_postMessage(channel="C0TUNING", text="one", thread_ts=root)
    told = await alice.next("message")
    assert (told["channel"], told["message"]["text"]) == ("C0TUNING", "one")
    assert (await alice.next("message_changed"))["message"]["reply_count"] == 1
    await client.chat_update(channel="C0TUNING", ts=posted["ts"], text="two")
    assert (await alice.next("message_changed"))["message"]["text"] == "two"
    await client.chat_delete(channel="C0TUNING", ts=posted["ts"])
    deleted = await alice.next("message_deleted")
    assert (deleted["channel"], deleted["ts"], deleted["thread_ts"]) == (
        "C0TUNING",
        posted["ts"],
        root,
    )
    assert "reply_count" not in (await alice.next("message_changed"))["message"]


async def test_a_tombstone_takes_the_place_of_a_root(
    alice: Viewer, client: Client, control: Control
):
    root = (await client.chat_postMessage(channel="C0TUNING", text="x"))["ts"]
    await client.chat_postMessage(channel="C0TUNING", text="re", thread_ts=root)
    await alice.next("message")
    await alice.next("message")
    await alice.next("message_changed")
    await client.chat_delete(channel="C0TUNING", ts=root)
    left = (await alice.next("message_changed"))["message"]
    assert (left["ts"], left["subtype"], left["reply_count"]) == (root, "tombstone", 1)


async def test_every_piece_of_a_stream_is_told(alice: Viewer, client: Client, control: Control):
    root = await control.say(channel="D0ALICE")
    ts = (await client.chat_startStream(channel="D0ALICE", thread_ts=root))["ts"]
    await alice.next("message")
    await alice.next("message")
    for expected in ("a", "aa", "aaa"):
        await client.chat_appendStream(channel="D0ALICE", ts=ts, markdown_text="a")
        while (message := (await alice.next("message_changed"))["message"])["ts"] != ts:
            pass
        assert (message["text"], message["streaming"]) == (expected, True)
    await client.chat_stopStream(channel="D0ALICE", ts=ts)
    assert (await alice.next("message_changed"))["message"]["streaming"] is False


async def test_whispers_modals_and_home_are_told_to_one_person_only(
    alice: Viewer, client: Client, control: Control, app: SocketApp, stack: AsyncExitStack
):
    ben = await watch(stack, control, "U0BEN")
    await client.chat_postEphemeral(channel="C0TUNING", user="U0ALICE", text="psst")
    assert (await alice.next("ephemeral"))["message"]["text"] == "psst"
    view = await opened(client, control, app, modal())
    assert [v["id"] for v in (await alice.next("modals"))["modals"]] == [view["id"]]
    await control.post(f"views/{view['id']}/close", user="U0ALICE")
    assert (await alice.next("modals"))["modals"] == []
    await client.views_publish(user_id="U0ALICE", view={"type": "home", "blocks": [section()]})
    assert (await alice.next("home"))["view"]["type"] == "home"
    await control.say("for all")
    first = await ben.socket.receive_json(timeout=PATIENCE)
    assert first["type"] == "message"


async def test_files_members_and_reset_are_told(alice: Viewer, control: Control):
    shared = await control.attach({"a.csv": b"1"}, user="U0BEN", channel="C0TUNING")
    file_id = shared["files"][0]["id"]
    assert (await alice.next("file"))["file"]["id"] == file_id
    await control.delete(f"files/{file_id}", user="U0BEN")
    assert (await alice.next("file"))["file"] == {"id": file_id, "mode": "tombstone"}
    await control.post("members", user="U0BEN", channel="C0RANDOM")
    assert (await alice.next("channel"))["channel"] == "C0RANDOM"
    await control.post("reset")
    assert await alice.next("reset") == {"type": "reset"}


async def test_a_viewer_too_far_behind_is_cut_off(ws: Workspace, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(changes, "_BACKLOG", 3)
    with ws.changes.subscribe("U0ALICE") as queue:
        for number in range(10):
            ws.changes.publish({"type": "message", "number": number})
        seen = [queue.get_nowait() for _ in range(queue.qsize())]
    assert seen[-1] is None
    assert len(seen) == 3


async def test_the_stream_ends_when_the_server_stops(session: aiohttp.ClientSession):
    async with running(Settings()) as ws:
        viewer = await session.ws_connect(f"{ws.base_url}/control/stream?user=U0ALICE")
    assert (await viewer.receive()).type is aiohttp.WSMsgType.CLOSE
    await viewer.close()
