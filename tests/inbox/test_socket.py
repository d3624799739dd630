"""Connections that drop, are refused or told to leave: what people send arrives nevertheless."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from slack_bolt.async_app import AsyncAck, AsyncApp

from tests.support.bot import bolt_app, in_socket_mode, services_of
from tests.support.waiting import eventually
from tests.workspace.conftest import Control
from tunesmith.bot.services import Services
from tunesmith.local.workspace.workspace import Workspace
from tunesmith.storage.database import Database

pytestmark = pytest.mark.databases("sqlite")
ALICE = {"user": "U0ALICE", "channel": "C0TUNING"}


@pytest.fixture
def services(tmp_path: Path, database: Database, ws: Workspace) -> Services:
    return services_of(tmp_path, database, f"{ws.base_url}/api/")


@pytest.fixture
async def app(services: Services) -> AsyncGenerator[AsyncApp]:
    """Answers `/tune` at once, and `/tune slowly` after a while."""
    async with bolt_app(services) as app:

        async def on_command(ack: AsyncAck, command: dict[str, str]) -> None:
            if command["text"]:
                await asyncio.sleep(0.5)
            await ack("Answered.")

        app.command("/tune")(on_command)
        yield app


def _opened(ws: Workspace) -> int:
    return len(ws.calls.list("apps.connections.open"))


async def _answer(control: Control, text: str = "/tune") -> str:
    return (await control.post("commands", **ALICE, text=text))["response"]["text"]


async def test_two_connections_are_open(app: AsyncApp, services: Services, ws: Workspace) -> None:
    async with in_socket_mode(app, ws, services):
        await eventually(lambda: ws.sockets.count == 2)


async def test_dropped_connections_are_replaced_at_once(
    app: AsyncApp, services: Services, ws: Workspace, control: Control
) -> None:
    async with in_socket_mode(app, ws, services):
        for opened in (2, 4, 6, 8):
            await eventually(lambda: _opened(ws) == opened and ws.sockets.count == 2)  # noqa: B023
            await ws.sockets.disconnect("drop")
        await eventually(lambda: _opened(ws) == 10 and ws.sockets.count == 2)
        assert await _answer(control) == "Answered."


@pytest.mark.parametrize("reason", ["refresh_requested", "warning", "link_disabled"])
async def test_what_is_under_way_is_answered_by_the_connection_that_is_to_leave(
    app: AsyncApp, services: Services, ws: Workspace, control: Control, reason: str
) -> None:
    async with in_socket_mode(app, ws, services):
        slow = asyncio.create_task(_answer(control, "/tune slowly"))
        await asyncio.sleep(0.1)
        await ws.sockets.disconnect(reason)
        assert await slow == "Answered."
        await eventually(lambda: _opened(ws) == 4)
        assert await _answer(control) == "Answered."


async def test_a_command_waits_for_no_more_than_a_few_of_the_events_that_came_before_it(
    app: AsyncApp, services: Services, ws: Workspace, control: Control
) -> None:
    begun, go_on = [0], asyncio.Event()

    async def hold_events(body: dict[str, Any], next: Callable[[], Awaitable[Any]]) -> None:  # noqa: A002
        if body.get("type") == "event_callback":
            begun[0] += 1
            await go_on.wait()
        await next()

    app.use(hold_events)
    async with in_socket_mode(app, ws, services):
        for number in range(60):
            await control.post("messages", **ALICE, text=str(number))
        assert await _answer(control) == "Answered."
        assert 0 < begun[0] <= 16
        go_on.set()
        await eventually(lambda: begun[0] >= 60)


async def test_a_connection_that_slack_has_no_room_for_is_asked_for_again_less_and_less_often(
    app: AsyncApp, services: Services, ws: Workspace
) -> None:
    async with in_socket_mode(app, ws, services):
        await eventually(lambda: ws.sockets.count == 2)
        for _ in range(3):
            await ws.sockets.disconnect("too_many_websockets")
        await asyncio.sleep(0.2)
        assert _opened(ws) == 2


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "rate_limited", "retry_after": 1},
        {"kind": "status", "status": 500},
        {"kind": "error", "error": "invalid_auth"},
        {"kind": "drop"},
    ],
)
async def test_a_connection_that_is_refused_for_a_while_is_made_later(
    app: AsyncApp, services: Services, ws: Workspace, control: Control, fault: dict[str, object]
) -> None:
    await control.post("faults", method="apps.connections.open", times=3, **fault)
    async with in_socket_mode(app, ws, services):
        assert await _answer(control) == "Answered."
