"""Events: delivered once where acknowledged, again where not."""

import asyncio
import time
from dataclasses import replace
from itertools import pairwise

import pytest
from slack_sdk.socket_mode.request import SocketModeRequest

from tests.support.waiting import eventually
from tests.workspace.conftest import Client, Control, RefusedError
from tests.workspace.socket_app import NO_ACK, SocketApp
from tunesmith.local.workspace.settings import Settings
from tunesmith.local.workspace.workspace import Workspace


def retries(app: SocketApp) -> list[tuple[int | None, str | None]]:
    return [(request.retry_attempt, request.retry_reason) for request in app.received]


async def test_the_default_schedule_is_slacks():
    assert Settings().retry_delays == (0.0, 60.0, 300.0)
    assert Settings().ack_seconds == 3.0


async def test_an_acknowledged_event_comes_once(app: SocketApp, control: Control):
    await control.say()
    await app.next("message")
    await asyncio.sleep(0.3)
    assert len(app.received) == 1
    (delivery,) = (await control.get("deliveries"))["deliveries"]
    assert delivery == {
        "event_id": app.received[0].payload["event_id"],
        "type": "message.channels",
        "attempts": 1,
        "acked": True,
    }


async def test_an_event_acknowledged_late_comes_no_more(app: SocketApp, control: Control):
    app.answer = lambda request: None if request.retry_attempt == 1 else NO_ACK
    await control.say()
    await app.all("message", 2)
    await asyncio.sleep(0.3)
    assert len(app.received) == 2
    (delivery,) = (await control.get("deliveries"))["deliveries"]
    assert (delivery["attempts"], delivery["acked"]) == (2, True)


async def test_an_event_nobody_was_there_for_is_delivered_once_somebody_is(
    ws: Workspace, client: Client, control: Control
):
    await control.say("early")
    async with SocketApp.connected(client) as app:
        event = await app.next("message")
        assert event["event"]["text"] == "early"


async def test_an_event_can_be_delivered_once_more(app: SocketApp, control: Control):
    await control.say()
    event_id = (await app.next("message"))["event_id"]
    assert (await control.post("deliveries", event_id=event_id))["acked"] is True
    again = await app.next("message", after=1)
    assert again["event_id"] == event_id
    assert retries(app)[1] == (1, "timeout")
    with pytest.raises(RefusedError) as caught:
        await control.post("deliveries", event_id="Ev0NONE")
    assert caught.value.code == "event_not_found"


async def test_events_of_a_burst_arrive_in_order(app: SocketApp, control: Control):
    for number in range(30):
        await control.say(str(number))
    events = await app.all("message", 30)
    assert [event["event"]["text"] for event in events] == [str(n) for n in range(30)]


class TestUnacknowledged:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return replace(settings, ack_seconds=0.05)

    async def test_an_unacknowledged_event_comes_three_times_more_and_says_so(
        self, ws: Workspace, app: SocketApp, control: Control
    ):
        app.answer = lambda _: NO_ACK
        await control.say()
        await eventually(lambda: all(one.due is None for one in ws.state.deliveries))
        assert retries(app) == [(0, ""), (1, "timeout"), (2, "timeout"), (3, "timeout")]
        assert len({payload["event_id"] for payload in app.of("message")}) == 1
        assert len({request.envelope_id for request in app.received}) == 4

    async def test_the_pauses_between_deliveries_are_the_ones_set(
        self, app: SocketApp, control: Control, settings: Settings
    ):
        times: list[float] = []

        def note(_: SocketModeRequest) -> object:
            times.append(time.monotonic())
            return NO_ACK

        app.answer = note
        await control.say()
        await app.all("message", 4)
        gaps = [after - before for before, after in pairwise(times)]
        for gap, delay in zip(gaps, settings.retry_delays, strict=True):
            assert gap >= settings.ack_seconds + delay - 0.01

    async def test_a_reset_ends_every_delivery(
        self, ws: Workspace, app: SocketApp, control: Control
    ):
        app.answer = lambda _: NO_ACK
        await control.say()
        await app.next("message")
        await control.post("reset")
        seen = len(app.received)
        await asyncio.sleep(0.3)
        assert len(app.received) == seen
        assert (await control.get("deliveries"))["deliveries"] == []
