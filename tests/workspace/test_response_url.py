"""Posts to a response_url."""

from dataclasses import replace

import pytest
from slack_sdk.webhook.async_client import AsyncWebhookClient

from tests.workspace.conftest import Client, Control
from tests.workspace.socket_app import SocketApp
from tests.workspace.test_actions import posted, press
from tests.workspace.test_block_limits import actions, button
from tunesmith.local.workspace.settings import Settings


async def from_command(control: Control, app: SocketApp) -> AsyncWebhookClient:
    before = len(app.of("slash_commands"))
    await control.post("commands", user="U0BEN", channel="C0TUNING", text="/tune")
    payload = await app.next("slash_commands", after=before)
    return AsyncWebhookClient(payload["response_url"], session=control.session, retry_handlers=[])


async def from_button(
    client: Client, control: Control, app: SocketApp
) -> tuple[str, AsyncWebhookClient]:
    ts = await posted(client, actions(button(action_id="go")))
    await press(control, ts, "go")
    url = (await app.next("block_actions"))["response_url"]
    return ts, AsyncWebhookClient(url, session=control.session, retry_handlers=[])


async def test_a_response_is_ephemeral_unless_it_says_in_channel(control: Control, app: SocketApp):
    url = await from_command(control, app)
    assert (await url.send(text="psst")).body == "ok"
    await url.send(text="all", response_type="in_channel")
    assert [m["text"] for m in await control.messages(user="U0BEN")] == ["psst", "all"]
    assert [m["text"] for m in await control.messages()] == ["all"]


async def test_a_response_url_works_five_times(control: Control, app: SocketApp):
    url = await from_command(control, app)
    for number in range(5):
        assert (await url.send(text=str(number))).status_code == 200
    sixth = await url.send(text="5")
    assert (sixth.status_code, "used_url" in sixth.body) == (404, True)


async def test_the_original_message_can_be_replaced_and_deleted(
    client: Client, control: Control, app: SocketApp
):
    ts, url = await from_button(client, control, app)
    await url.send(text="done", replace_original=True)
    (message,) = await control.messages()
    assert (message["ts"], message["text"]) == (ts, "done")
    assert "blocks" not in message
    await url.send(delete_original=True)
    assert await control.messages() == []


async def test_an_ephemeral_original_can_be_replaced(
    client: Client, control: Control, app: SocketApp
):
    whisper = await client.chat_postEphemeral(
        channel="C0TUNING", user="U0BEN", text="x", blocks=[actions(button(action_id="go"))]
    )
    await press(control, whisper["message_ts"], "go")
    url = AsyncWebhookClient(
        (await app.next("block_actions"))["response_url"], session=control.session
    )
    await url.send(text="thanks", replace_original=True)
    (message,) = await control.messages(user="U0BEN")
    assert (message["ts"], message["text"]) == (whisper["message_ts"], "thanks")
    assert await control.messages() == []


async def test_a_response_slack_refuses_does_not_count_as_a_use(control: Control, app: SocketApp):
    url = await from_command(control, app)
    bad = await url.send(text="x", blocks=[{"type": "nope"}])
    assert (bad.status_code, "invalid_blocks" in bad.body) == (400, True)
    for number in range(5):
        assert (await url.send(text=str(number))).status_code == 200


async def test_what_is_no_json_object_is_refused(control: Control, app: SocketApp):
    url = (await from_command(control, app)).url
    for body in (b"{", b"[]"):
        async with control.session.post(url, data=body) as response:
            assert response.status >= 400


class TestExpiry:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return replace(settings, response_url_seconds=0.0)

    async def test_a_response_url_expires(self, control: Control, app: SocketApp):
        late = await (await from_command(control, app)).send(text="x")
        assert (late.status_code, "expired_url" in late.body) == (404, True)


async def test_an_unknown_response_url_is_expired(control: Control):
    url = f"{control.url}/response/T0LOCAL/none"
    async with control.session.post(url, json={"text": "x"}) as response:
        assert response.status == 404
