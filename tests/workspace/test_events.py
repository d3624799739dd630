"""Which events the app hears of, and what they say."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp

from tests.support.waiting import eventually
from tests.workspace.conftest import Client, Control
from tests.workspace.socket_app import SocketApp
from tests.workspace.test_block_limits import section
from tunesmith.local.workspace.settings import Settings
from tunesmith.local.workspace.workspace import Workspace


async def kinds(ws: Workspace) -> list[str]:
    """The types of all events so far."""
    await eventually(lambda: all(one.due is None for one in ws.state.deliveries))
    return [one.type for one in ws.state.deliveries]


async def test_a_channel_message_says_who_wrote_what_where(app: SocketApp, control: Control):
    ts = await control.say("a < b & <@U0BEN>", user="U0MINJI")
    event = (await app.next("message"))["event"]
    assert event.pop("client_msg_id")
    assert event == {
        "type": "message",
        "user": "U0MINJI",
        "text": "a &lt; b &amp; <@U0BEN>",
        "ts": ts,
        "team": "T0LOCAL",
        "channel": "C0TUNING",
        "channel_type": "channel",
        "event_ts": ts,
    }


async def test_a_dm_is_a_message_in_an_im(ws: Workspace, app: SocketApp, control: Control):
    await control.say("@tunesmith hi", channel="D0ALICE")
    event = (await app.next("message"))["event"]
    assert (event["channel_type"], event["channel"]) == ("im", "D0ALICE")
    assert await kinds(ws) == ["message.im"]


@pytest.mark.parametrize(
    "text", ["<@U0TUNESMITH> hello", "@tunesmith hello", "hey @Tunesmith hello"]
)
async def test_a_mention_is_told_as_message_and_as_app_mention(
    text: str, app: SocketApp, control: Control
):
    root = await control.say("root")
    answer = await control.post(
        "messages", user="U0WEI", channel="C0TUNING", text=text, thread_ts=root
    )
    event = (await app.next("app_mention"))["event"]
    assert "<@U0TUNESMITH> hello" in event["text"]
    assert (event["user"], event["ts"], event["thread_ts"]) == ("U0WEI", answer["ts"], root)
    assert (await app.next("message", after=1))["event"]["ts"] == answer["ts"]


@pytest.mark.parametrize("text", ["mail@tunesmith", "@tunesmiths", "tunesmith"])
async def test_what_only_looks_like_a_mention_is_none(
    text: str, ws: Workspace, app: SocketApp, control: Control
):
    await control.say(text)
    assert await kinds(ws) == ["message.channels"]


async def test_nothing_is_told_of_channels_the_bot_is_not_in(
    ws: Workspace, app: SocketApp, control: Control
):
    await control.say("@tunesmith?", channel="C0RANDOM")
    assert await kinds(ws) == []


async def test_the_app_hears_its_own_messages_edits_and_deletions(
    ws: Workspace, app: SocketApp, client: Client
):
    posted = await client.chat_postMessage(channel="C0TUNING", text="one <@U0TUNESMITH>")
    await client.chat_update(channel="C0TUNING", ts=posted["ts"], text="two")
    await client.chat_delete(channel="C0TUNING", ts=posted["ts"])
    first, changed, deleted = [p["event"] for p in await app.all("message", 3)]
    assert first["bot_id"] == "B0TUNESMITH"
    assert changed["subtype"] == "message_changed"
    assert changed["message"]["text"] == "two"
    assert changed["previous_message"]["text"] == "one <@U0TUNESMITH>"
    assert changed["ts"] != posted["ts"]
    assert (deleted["subtype"], deleted["deleted_ts"]) == ("message_deleted", posted["ts"])
    assert await kinds(ws) == ["message.channels"] * 3


async def test_a_root_deleted_over_its_replies_is_told_as_a_change(
    ws: Workspace, app: SocketApp, client: Client
):
    root = (await client.chat_postMessage(channel="C0TUNING", text="x"))["ts"]
    reply = await client.chat_postMessage(channel="C0TUNING", text="re", thread_ts=root)
    await client.chat_delete(channel="C0TUNING", ts=root)
    await client.chat_delete(channel="C0TUNING", ts=reply["ts"])
    _, _, buried, lost, gone = [p["event"] for p in await app.all("message", 5)]
    assert (buried["subtype"], buried["message"]["subtype"]) == ("message_changed", "tombstone")
    assert buried["previous_message"]["text"] == "x"
    assert (lost["subtype"], lost["deleted_ts"]) == ("message_deleted", reply["ts"])
    assert (gone["subtype"], gone["deleted_ts"]) == ("message_deleted", root)


async def test_whispers_and_stream_pieces_are_no_events(
    ws: Workspace, app: SocketApp, client: Client, control: Control
):
    root = await control.say()
    await client.chat_postEphemeral(channel="C0TUNING", user="U0ALICE", text="x")
    started = await client.chat_startStream(
        channel="C0TUNING", thread_ts=root, recipient_user_id="U0ALICE", recipient_team_id="T0LOCAL"
    )
    for _ in range(3):
        await client.chat_appendStream(channel="C0TUNING", ts=started["ts"], markdown_text="x")
    await client.chat_stopStream(channel="C0TUNING", ts=started["ts"])
    events = [p["event"].get("subtype") for p in await app.all("message", 3)]
    assert events == [None, None, "message_changed"]
    assert len(await kinds(ws)) == 3


async def test_opening_the_home_tab_is_told_with_the_view(
    app: SocketApp, client: Client, control: Control
):
    await control.post("home", user="U0WEI")
    first = (await app.next("app_home_opened"))["event"]
    assert (first["user"], first["channel"], first["tab"]) == ("U0WEI", "D0WEI", "home")
    assert "view" not in first
    await client.views_publish(user_id="U0WEI", view={"type": "home", "blocks": [section()]})
    await control.post("home", user="U0WEI")
    second = (await app.next("app_home_opened", after=1))["event"]
    assert second["view"]["type"] == "home"


async def test_inviting_the_bot_is_told_and_lets_it_hear(
    app: SocketApp, client: Client, control: Control
):
    await control.post("members", user="U0BEN", channel="C0RANDOM")
    event = (await app.next("member_joined_channel"))["event"]
    assert (event["user"], event["inviter"], event["channel"]) == (
        "U0TUNESMITH",
        "U0BEN",
        "C0RANDOM",
    )
    await control.say("now", channel="C0RANDOM")
    assert (await app.next("message"))["event"]["channel"] == "C0RANDOM"


async def test_reactions_are_told_where_subscribed(ws: Workspace, app: SocketApp, control: Control):
    ts = await control.say()
    for _ in range(2):  # on and off again; the manifest subscribes to the first only
        await control.post("reactions", user="U0BEN", channel="C0TUNING", ts=ts, name="eyes")
    event = (await app.next("reaction_added"))["event"]
    assert (event["user"], event["reaction"], event["item"]["ts"]) == ("U0BEN", "eyes", ts)
    assert await kinds(ws) == ["message.channels", "reaction_added"]


class TestUnsubscribed:
    @pytest.fixture
    def settings(self, settings: Settings, tmp_path: Path) -> Settings:
        manifest = tmp_path / "manifest.yml"
        manifest.write_text("settings: {event_subscriptions: {bot_events: [app_mention]}}\n")
        return replace(settings, manifest=manifest)

    async def test_only_what_the_manifest_subscribes_to_is_delivered(
        self, ws: Workspace, app: SocketApp, control: Control
    ):
        await control.say("plain")
        await control.say("@tunesmith")
        await control.say("dm", channel="D0ALICE")
        await app.next("app_mention")
        assert await kinds(ws) == ["app_mention"]


async def test_a_bolt_app_ignores_its_own_messages(ws: Workspace, client: Client, control: Control):
    bolt = AsyncApp(client=client)

    @bolt.event("message")
    async def echo(event: dict[str, Any], say: Any) -> None:
        await say(f"echo {event['text']}", thread_ts=event["ts"])

    handler = AsyncSocketModeHandler(bolt, "xapp-local")
    await handler.connect_async()
    try:
        root = await control.say("once")
        await eventually(lambda: len(ws.state.messages.in_channel("C0TUNING")) == 2)
        assert await kinds(ws) == ["message.channels"] * 2
        thread = await control.messages(thread_ts=root)
        assert [message["text"] for message in thread] == ["once", "echo once"]
    finally:
        await handler.close_async()
