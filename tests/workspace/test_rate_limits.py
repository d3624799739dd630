"""Slack's rate limits, where they are switched on."""

import asyncio
import time
from collections.abc import Awaitable
from typing import Any, cast

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler

from tests.workspace.conftest import Client, Control, web_client
from tests.workspace.server_process import ServerProcess
from tunesmith.local.workspace.limits import RateLimits
from tunesmith.local.workspace.methods.table import METHODS


async def refused(calls: list[Awaitable[Any]]) -> list[SlackApiError]:
    """The refusals among calls made at once, each of which must be for its rate."""
    answers = await asyncio.gather(*calls, return_exceptions=True)
    errors = [answer for answer in answers if isinstance(answer, SlackApiError)]
    assert [e for e in answers if isinstance(e, Exception)] == errors
    for error in errors:
        response = cast("Any", error).response
        assert (response.status_code, response["error"]) == (429, "ratelimited")
        assert int(response.headers["Retry-After"]) >= 1
    return errors


def posts(client: Client, count: int, channel: str = "C0TUNING") -> list[Awaitable[Any]]:
    return [client.chat_postMessage(channel=channel, text=str(n)) for n in range(count)]


async def test_messages_come_one_a_second_in_each_channel_after_a_short_burst(
    client: Client, control: Control
):
    await control.post("limits", on=True)
    start = time.monotonic()
    errors = await refused(posts(client, 40))
    seconds = time.monotonic() - start
    assert 40 - 5 - seconds - 1 <= len(errors) <= 35
    assert len(await control.messages()) == 40 - len(errors)
    assert await refused(posts(client, 5, channel="C0GENERAL")) == []


async def test_the_official_handler_waits_and_every_message_arrives(
    client: Client, control: Control
):
    await control.post("limits", on=True)
    client.retry_handlers.append(AsyncRateLimitErrorRetryHandler(max_retry_count=5))
    await asyncio.gather(*posts(client, 7))
    assert len(await control.messages()) == 7


async def test_methods_have_their_tiers_for_the_whole_workspace(client: Client, control: Control):
    ts = (await client.chat_postMessage(channel="C0TUNING", text="x"))["ts"]
    await control.post("limits", on=True)
    start = time.monotonic()
    update = [client.chat_update(channel="C0TUNING", ts=ts, text="y") for _ in range(90)]
    errors = await refused(update)
    assert 40 - (time.monotonic() - start) - 1 <= len(errors) <= 40
    calls = (await control.get("calls", method="chat.update"))["calls"]
    assert len([call for call in calls if not call["ok"]]) == len(errors)
    assert await refused([client.auth_test() for _ in range(150)]) == []


async def test_they_are_off_at_first_after_switching_off_and_after_a_reset(
    client: Client, control: Control
):
    assert await refused(posts(client, 12)) == []
    for off in ("limits", "reset"):
        await control.post("limits", on=True)
        await control.post(off, **({"on": False} if off == "limits" else {}))
        assert await refused(posts(client, 12)) == []


async def test_a_server_can_start_with_them(session: aiohttp.ClientSession):
    async with ServerProcess.started("--rate-limits") as server:
        assert await refused(posts(web_client(server.url, session), 40))


@pytest.mark.parametrize(
    ("method", "burst", "seconds"),
    [
        ("chat.postMessage", 5, 1.0),
        ("conversations.list", 20, 3.0),
        ("chat.update", 50, 1.2),
        ("views.open", 100, 0.6),
    ],
)
def test_a_bucket_holds_the_burst_and_fills_steadily(method: str, burst: int, seconds: float):
    now = 0.0
    limits = RateLimits(on=True, clock=lambda: now)
    assert [limits.take(method, "C1") for _ in range(burst)] == [None] * burst
    assert limits.take(method, "C1") == -(-seconds // 1)
    now += seconds
    assert limits.take(method, "C1") is None
    assert limits.take(method, "C1") is not None
    now += 3600
    assert [limits.take(method, "C1") for _ in range(burst + 1)][-2:] != [None, None]


def test_every_method_but_those_with_special_tiers_has_a_limit():
    special = {"assistant.threads.setStatus", "auth.test", "chat.getPermalink"}
    limits = RateLimits(on=True, clock=lambda: 0.0)
    free = {name for name in METHODS if all(limits.take(name, "C1") is None for _ in range(101))}
    assert free == special
