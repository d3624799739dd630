"""Socket Mode on the wire: tickets, hello, pings, envelopes, acknowledgements, disconnect."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import aiohttp
import pytest

from tests.support.waiting import eventually
from tests.workspace.conftest import Client, Control, RefusedError
from tests.workspace.socket_app import SocketApp
from tunesmith.local.workspace.workspace import Workspace

Connect = Callable[[], Awaitable[Any]]


@pytest.fixture
async def connect(client: Client, session: aiohttp.ClientSession, stack: AsyncExitStack) -> Connect:
    """Opens bare WebSockets."""

    async def call() -> Any:
        url = (await client.apps_connections_open(app_token="xapp-local"))["url"]
        return await stack.enter_async_context(session.ws_connect(url, autoping=False))

    return call


async def greeted(connect: Connect) -> Any:
    """A bare WebSocket that got its hello."""
    socket = await connect()
    assert (await socket.receive_json())["type"] == "hello"
    return socket


async def test_hello_tells_app_and_number_of_connections(connect: Connect):
    for number in (1, 2):
        hello = await (await connect()).receive_json()
        assert hello["num_connections"] == number
        assert hello["connection_info"] == {"app_id": "A0TUNESMITH"}
        assert set(hello["debug_info"]) == {"host", "build_number", "approximate_connection_time"}


async def test_a_ticket_opens_one_socket_once(
    client: Client, session: aiohttp.ClientSession, stack: AsyncExitStack
):
    url = (await client.apps_connections_open(app_token="xapp-local"))["url"]
    await stack.enter_async_context(session.ws_connect(url))
    for used in (url, url.replace("ticket=", "ticket=0")):
        with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
            await session.ws_connect(used)
        assert caught.value.status == 403


async def test_a_ping_comes_back_as_pong_with_its_text(connect: Connect):
    socket = await greeted(connect)
    await socket.ping(b"sdk-ping-pong:1700000000.5")
    pong = await socket.receive()
    assert (pong.type, bytes(pong.data)) == (aiohttp.WSMsgType.PONG, b"sdk-ping-pong:1700000000.5")


async def test_an_event_envelope_has_slacks_members(connect: Connect, control: Control):
    socket = await greeted(connect)
    await control.say("hello")
    envelope = await socket.receive_json()
    assert set(envelope) == {
        "envelope_id",
        "type",
        "payload",
        "accepts_response_payload",
        "retry_attempt",
        "retry_reason",
    }
    assert (envelope["type"], envelope["accepts_response_payload"]) == ("events_api", False)
    assert (envelope["retry_attempt"], envelope["retry_reason"]) == (0, "")
    body = envelope["payload"]
    assert (body["type"], body["team_id"], body["api_app_id"]) == (
        "event_callback",
        "T0LOCAL",
        "A0TUNESMITH",
    )
    assert body["event_id"].startswith("Ev")
    assert body["authorizations"][0]["user_id"] == "U0TUNESMITH"


async def test_a_command_envelope_accepts_a_response(connect: Connect, control: Control):
    socket = await greeted(connect)
    running = asyncio.create_task(
        control.post("commands", user="U0ALICE", channel="C0TUNING", text="/tune")
    )
    envelope = await socket.receive_json()
    assert (envelope["type"], envelope["accepts_response_payload"]) == ("slash_commands", True)
    assert "retry_attempt" not in envelope
    answer = {"envelope_id": envelope["envelope_id"], "payload": {"text": "hi"}}
    await socket.send_str("not json")
    await socket.send_json({"envelope_id": "unknown"})
    await socket.send_json(answer)
    assert (await running)["response"] == {"text": "hi"}


async def test_each_envelope_goes_to_exactly_one_socket_in_turn(
    client: Client, control: Control, stack: AsyncExitStack
):
    apps = [await stack.enter_async_context(SocketApp.connected(client)) for _ in range(3)]
    for number in range(9):
        await control.say(str(number))
    await eventually(lambda: sum(len(app.received) for app in apps) == 9)
    await asyncio.sleep(0.05)
    assert [len(app.received) for app in apps] == [3, 3, 3]
    texts = [p["event"]["text"] for app in apps for p in app.of("message")]
    assert sorted(texts) == [str(n) for n in range(9)]


async def test_at_most_ten_sockets_are_open(ws: Workspace, connect: Connect):
    ten = [await greeted(connect) for _ in range(10)]
    eleventh = await connect()
    goodbye = await eleventh.receive_json()
    assert (goodbye["type"], goodbye["reason"]) == ("disconnect", "too_many_websockets")
    assert ws.sockets.count == len(ten)


@pytest.mark.parametrize("reason", ["refresh_requested", "warning", "drop", "link_disabled"])
async def test_after_a_disconnect_the_official_client_comes_back(
    reason: str, ws: Workspace, client: Client, control: Control
):
    async with SocketApp.connected(client, ping_interval=0.5) as app:
        await control.post("disconnect", reason=reason)
        await eventually(lambda: len(ws.calls.list("apps.connections.open")) > 1)
        await control.say("after")
        event = await app.next("message")
        assert event["event"]["text"] == "after"


async def test_disconnect_tells_the_reason(connect: Connect, control: Control):
    socket = await greeted(connect)
    await control.post("disconnect", reason="warning")
    goodbye = await socket.receive_json()
    assert (goodbye["type"], goodbye["reason"]) == ("disconnect", "warning")
    assert goodbye["debug_info"]["host"]
    with pytest.raises(RefusedError) as caught:
        await control.post("disconnect", reason="boredom")
    assert caught.value.code == "invalid_arguments"


async def test_a_socket_told_to_leave_gets_nothing_while_another_stays(
    connect: Connect, control: Control
):
    leaving = await greeted(connect)
    await control.post("disconnect", reason="refresh_requested")
    assert (await leaving.receive_json())["type"] == "disconnect"
    staying = await greeted(connect)
    for number in range(3):
        await control.say(str(number))
        assert (await staying.receive_json())["payload"]["event"]["text"] == str(number)


async def test_dropped_sockets_end_without_a_goodbye(connect: Connect, control: Control):
    socket = await greeted(connect)
    await control.post("disconnect", reason="drop")
    assert (await socket.receive()).type in (
        aiohttp.WSMsgType.CLOSED,
        aiohttp.WSMsgType.ERROR,
        aiohttp.WSMsgType.CLOSE,
    )


async def test_a_socket_that_dies_fails_what_it_was_asked_at_once(
    connect: Connect, control: Control
):
    socket = await greeted(connect)
    running = asyncio.create_task(
        control.post("commands", user="U0ALICE", channel="C0TUNING", text="/tune")
    )
    await socket.receive_json()
    await socket.close()
    with pytest.raises(RefusedError) as caught:
        await asyncio.wait_for(running, 0.5)
    assert caught.value.code == "operation_timeout"
