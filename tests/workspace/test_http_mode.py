"""HTTP mode: events, commands and interactions POSTed with a signature."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_sdk.signature import SignatureVerifier

from tests.support.waiting import eventually
from tests.workspace.conftest import Control, RefusedError, web_client
from tests.workspace.test_block_limits import actions, button
from tunesmith.local.workspace.server import running
from tunesmith.local.workspace.settings import Settings
from tunesmith.local.workspace.workspace import Workspace


class Receiver:
    """An HTTP server that notes what arrives and answers as told."""

    def __init__(self) -> None:
        self.requests: list[tuple[dict[str, str], str]] = []
        self.answer: Any = web.Response
        self.url = ""

    async def handle(self, request: web.Request) -> web.Response:
        self.requests.append((dict(request.headers), await request.text()))
        answer = self.answer()
        return await answer if asyncio.iscoroutine(answer) else answer


@pytest.fixture
async def receiver(stack: AsyncExitStack) -> Receiver:
    receiver = Receiver()
    app = web.Application()
    app.router.add_post("/slack/events", receiver.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    return receiver


@pytest.fixture
def settings(settings: Settings, receiver: Receiver) -> Settings:
    return replace(settings, request_url=receiver.url)


async def test_events_are_signed_json(ws: Workspace, receiver: Receiver, control: Control):
    await control.say("hello")
    headers, body = (await eventually(lambda: receiver.requests))[0]
    assert headers["Content-Type"] == "application/json"
    assert SignatureVerifier("local-signing-secret").is_valid_request(body, headers)
    assert not SignatureVerifier("other-secret").is_valid_request(body, headers)
    assert '"text":"hello"' in body


async def test_a_failing_receiver_gets_the_event_again_with_retry_headers(
    ws: Workspace, receiver: Receiver, control: Control
):
    receiver.answer = lambda: web.Response(status=500)
    await control.say()
    await eventually(lambda: all(one.due is None for one in ws.state.deliveries))
    numbers = [headers.get("X-Slack-Retry-Num") for headers, _ in receiver.requests]
    assert numbers == [None, "1", "2", "3"]
    assert receiver.requests[1][0]["X-Slack-Retry-Reason"] == "http_error"


async def test_no_retry_is_heeded(ws: Workspace, receiver: Receiver, control: Control):
    receiver.answer = lambda: web.Response(status=500, headers={"X-Slack-No-Retry": "1"})
    await control.say()
    await eventually(lambda: all(one.due is None for one in ws.state.deliveries))
    assert len(receiver.requests) == 1


async def test_a_command_is_a_form_and_its_answer_may_be_text(
    ws: Workspace, receiver: Receiver, control: Control
):
    receiver.answer = lambda: web.Response(text="hi there")
    answer = await control.post("commands", user="U0ALICE", channel="C0TUNING", text="/tune a b")
    assert answer["response"] == {"text": "hi there"}
    headers, body = receiver.requests[0]
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert "command=%2Ftune&text=a+b" in body


class TestSlow:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return replace(settings, ack_seconds=0.05)

    async def test_a_slow_receiver_times_out(
        self, ws: Workspace, receiver: Receiver, control: Control
    ):
        async def slow() -> web.Response:
            await asyncio.sleep(0.2)
            return web.Response()

        receiver.answer = slow
        await control.say()
        await eventually(lambda: len(receiver.requests) == 2)
        assert receiver.requests[1][0]["X-Slack-Retry-Reason"] == "http_timeout"
        with pytest.raises(RefusedError) as caught:
            await control.post("commands", user="U0ALICE", channel="C0TUNING", text="/tune")
        assert caught.value.code == "operation_timeout"


class TestUnreachable:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return replace(settings, request_url="http://127.0.0.1:9/none")

    async def test_a_command_fails_where_nobody_listens(self, control: Control):
        with pytest.raises(RefusedError) as caught:
            await control.post("commands", user="U0ALICE", channel="C0TUNING", text="/tune")
        assert caught.value.code == "dispatch_failed"


async def test_a_bolt_app_serves_events_commands_and_actions_over_http(
    settings: Settings, session: aiohttp.ClientSession, stack: AsyncExitStack
):
    server = web.Application()
    runner = web.AppRunner(server, shutdown_timeout=0.1)
    seen: list[str] = []

    async def events(request: web.Request) -> web.Response:
        bolt_request = AsyncBoltRequest(
            body=await request.text(),
            headers=dict(request.headers),
        )
        answer = await bolt.async_dispatch(bolt_request)
        headers = {key: values[0] for key, values in answer.headers.items()}
        return web.Response(status=answer.status, text=answer.body, headers=headers)

    server.router.add_post("/slack/events", events)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    ws = await stack.enter_async_context(running(replace(settings, request_url=url)))
    client = web_client(ws.base_url, session)
    bolt = AsyncApp(client=client, signing_secret="local-signing-secret")

    @bolt.event("app_mention")
    async def mention(event: dict[str, Any]) -> None:
        seen.append(event["user"])

    @bolt.command("/tune")
    async def tune(ack: Any) -> None:
        await ack({"text": "ok"})

    @bolt.action("go")
    async def go(ack: Any, body: dict[str, Any]) -> None:
        seen.append(body["actions"][0]["value"])
        await ack()

    control = Control(session, ws.base_url)
    await control.say("@tunesmith")
    await eventually(lambda: seen == ["U0ALICE"])
    answer = await control.post("commands", user="U0ALICE", channel="C0TUNING", text="/tune")
    assert answer["response"] == {"text": "ok"}
    posted = await client.chat_postMessage(
        channel="C0TUNING", text="x", blocks=[actions(button(action_id="go", value="v1"))]
    )
    await control.post(
        "actions", user="U0BEN", channel="C0TUNING", message_ts=posted["ts"], action_id="go"
    )
    assert seen == ["U0ALICE", "v1"]
