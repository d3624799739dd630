"""Slash commands and what the app acknowledges them with."""

from typing import Any

import pytest
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp

from tests.workspace.conftest import Client, Control, RefusedError
from tests.workspace.socket_app import NO_ACK, SocketApp
from tests.workspace.test_views_methods import modal


async def run(control: Control, text: str, **where: str) -> Any:
    where = {"user": "U0ALICE", "channel": "C0TUNING"} | where
    return (await control.post("commands", text=text, **where))["response"]


async def test_the_app_gets_what_slack_sends(control: Control, app: SocketApp):
    await run(control, "/tune start gpt <@U0BEN> a < b & c")
    payload = await app.next("slash_commands")
    assert payload["command"] == "/tune"
    assert payload["text"] == "start gpt <@U0BEN> a &lt; b &amp; c"
    assert (payload["user_id"], payload["user_name"]) == ("U0ALICE", "alice")
    assert (payload["channel_id"], payload["channel_name"]) == ("C0TUNING", "tuning")
    assert (payload["team_id"], payload["api_app_id"]) == ("T0LOCAL", "A0TUNESMITH")
    assert payload["response_url"].startswith("http://127.0.0.1:")
    assert payload["trigger_id"]


async def test_a_command_works_where_the_bot_is_no_member(control: Control, app: SocketApp):
    app.answer = lambda _: {"text": "here"}
    assert await run(control, "/tune", channel="C0RANDOM") == {"text": "here"}
    assert (await app.next("slash_commands"))["text"] == ""


async def test_a_command_in_a_dm_names_it_directmessage(control: Control, app: SocketApp):
    await run(control, "/tune", channel="D0ALICE")
    assert (await app.next("slash_commands"))["channel_name"] == "directmessage"


async def test_an_acknowledgement_is_whispered_or_said_aloud(control: Control, app: SocketApp):
    app.answer = lambda _: {"text": "only you"}
    await run(control, "/tune")
    app.answer = lambda _: {"text": "everyone", "response_type": "in_channel"}
    await run(control, "/tune")
    assert [m["text"] for m in await control.messages(user="U0ALICE")] == ["only you", "everyone"]
    assert [m["text"] for m in await control.messages(user="U0BEN")] == ["everyone"]


async def test_a_bare_acknowledgement_posts_nothing(control: Control, app: SocketApp):
    assert await run(control, "/tune") is None
    assert await control.messages(user="U0ALICE") == []


async def test_an_acknowledgement_with_bad_blocks_is_an_error(control: Control, app: SocketApp):
    app.answer = lambda _: {"text": "x", "blocks": [{"type": "nope"}]}
    with pytest.raises(RefusedError) as caught:
        await run(control, "/tune")
    assert caught.value.code == "invalid_response"


async def test_a_command_nobody_acknowledges_times_out(control: Control, app: SocketApp):
    app.answer = lambda _: NO_ACK
    with pytest.raises(RefusedError) as caught:
        await run(control, "/tune")
    assert caught.value.code == "operation_timeout"


async def test_a_command_without_a_connected_app_fails_at_once(control: Control):
    with pytest.raises(RefusedError) as caught:
        await run(control, "/tune")
    assert caught.value.code == "dispatch_failed"


async def test_an_unknown_command_is_refused(control: Control, app: SocketApp):
    with pytest.raises(RefusedError) as caught:
        await run(control, "/bake")
    assert caught.value.code == "unknown_command"


async def test_a_bolt_app_opens_a_form_from_a_command_and_takes_it(
    client: Client, control: Control
):
    bolt = AsyncApp(client=client)
    taken: list[str] = []

    @bolt.command("/tune")
    async def start(ack: Any, body: dict[str, Any], client: Client) -> None:
        await ack(f"starting {body['text']}")
        await client.views_open(trigger_id=body["trigger_id"], view=modal())

    @bolt.view("form")
    async def take(ack: Any, body: dict[str, Any]) -> None:
        taken.append(body["user"]["id"])
        await ack()

    handler = AsyncSocketModeHandler(bolt, "xapp-local")
    await handler.connect_async()
    try:
        assert await run(control, "/tune job") == {"text": "starting job"}
        (view,) = await _until_open(control)
        await control.post(f"views/{view['id']}/submit", user="U0ALICE", values={})
        assert taken == ["U0ALICE"]
        assert await control.modals() == []
    finally:
        await handler.close_async()


async def _until_open(control: Control) -> list[dict[str, Any]]:
    while not (modals := await control.modals()):
        pass
    return modals
