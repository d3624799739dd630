"""Faults on demand, and the log of calls."""

import time
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncRateLimitErrorRetryHandler,
)

from tests.workspace.conftest import Client, Control, RefusedError, refusal
from tunesmith.local.workspace.workspace import Workspace


async def post(client: Client) -> None:
    await client.chat_postMessage(channel="C0TUNING", text="x")


async def test_an_error_is_answered_as_often_as_asked(client: Client, control: Control):
    await control.post(
        "faults", method="chat.postMessage", times=2, kind="error", error="fatal_error"
    )
    await client.auth_test()
    for _ in range(2):
        assert (await refusal(post(client)))["error"] == "fatal_error"
    await post(client)
    assert len(await control.messages()) == 1


async def test_a_fault_is_listed_until_a_call_has_met_it(client: Client, control: Control):
    await control.post("faults", method="chat.postMessage", times=2, kind="error")
    for left in (2, 1):
        [fault] = (await control.get("faults"))["faults"]
        assert (fault["method"], fault["kind"], fault["times"]) == (
            "chat.postMessage",
            "error",
            left,
        )
        await refusal(post(client))
    assert (await control.get("faults"))["faults"] == []


async def test_a_rate_limit_is_429_with_retry_after(client: Client, control: Control):
    await control.post(
        "faults", method="chat.postMessage", times=1, kind="rate_limited", retry_after=7
    )
    with pytest.raises(SlackApiError) as caught:
        await post(client)
    assert caught.value.response.status_code == 429
    assert caught.value.response.headers["Retry-After"] == "7"
    assert caught.value.response["error"] == "ratelimited"


async def test_the_official_handler_waits_out_a_rate_limit(client: Client, control: Control):
    client.retry_handlers.append(AsyncRateLimitErrorRetryHandler(max_retry_count=1))
    await control.post(
        "faults", method="chat.postMessage", times=1, kind="rate_limited", retry_after=0
    )
    await post(client)
    assert len(await control.messages()) == 1


async def test_a_status_is_answered_without_a_body(client: Client, control: Control):
    await control.post("faults", method="chat.postMessage", times=1, kind="status", status=502)
    with pytest.raises(SlackApiError) as caught:
        await post(client)
    assert caught.value.response.status_code == 502
    assert await control.messages() == []


async def test_a_dropped_call_has_no_effect(client: Client, control: Control):
    await control.post("faults", method="chat.postMessage", times=1, kind="drop")
    with pytest.raises(aiohttp.ClientError):
        await post(client)
    assert await control.messages() == []


async def test_a_call_dropped_after_took_effect(client: Client, control: Control):
    await control.post("faults", method="chat.postMessage", times=1, kind="drop_after")
    with pytest.raises(aiohttp.ClientError):
        await post(client)
    assert len(await control.messages()) == 1


async def test_the_default_connection_retry_posts_twice_after_a_lost_answer(
    client: Client, control: Control
):
    client.retry_handlers.append(AsyncConnectionErrorRetryHandler(max_retry_count=1))
    await control.post("faults", method="chat.postMessage", times=1, kind="drop_after")
    await post(client)
    assert len(await control.messages()) == 2


async def test_a_slow_call_takes_effect_late(client: Client, control: Control):
    for kind in ("slow", "slow_after"):
        await control.post("faults", method="chat.postMessage", times=1, kind=kind, seconds=0.1)
        before = time.monotonic()
        await post(client)
        assert time.monotonic() - before >= 0.1
    assert len(await control.messages()) == 2


@pytest.mark.parametrize(("kind", "effect"), [("slow", 0), ("slow_after", 1)])
async def test_a_client_that_gave_up_on_a_slow_call(
    kind: str, effect: int, ws: Workspace, client: Client, control: Control
):
    await control.post("faults", method="chat.postMessage", times=1, kind=kind, seconds=0.2)
    url = f"{ws.base_url}/api/chat.postMessage"
    headers = {"Authorization": "Bearer xoxb-local"}
    with pytest.raises(TimeoutError):
        async with control.session.post(
            url,
            data={"channel": "C0TUNING", "text": "x"},
            headers=headers,
            timeout=aiohttp.ClientTimeout(total=0.05),
        ):
            pass
    while not ws.calls.list("chat.postMessage"):
        await client.auth_test()
    assert len(await control.messages()) == effect


async def test_a_star_meets_any_method(client: Client, control: Control):
    await control.post("faults", method="*", times=2, kind="error", error="internal_error")
    assert (await refusal(client.auth_test()))["error"] == "internal_error"
    assert (await refusal(client.users_list()))["error"] == "internal_error"
    await client.auth_test()


async def test_downloads_uploads_and_response_urls_can_fail_too(client: Client, control: Control):
    shared = await control.attach({"a.jsonl": b"{}"}, user="U0ALICE", channel="C0TUNING")
    begun = await client.files_getUploadURLExternal(filename="a.png", length=3)
    for name, url in (
        ("url_private", shared["files"][0]["url_private_download"]),
        ("upload_url", begun["upload_url"]),
    ):
        await control.post("faults", method=name, times=1, kind="status", status=500)
        verb = "GET" if name == "url_private" else "POST"
        headers = {"Authorization": "Bearer xoxb-local"}
        for status in (500, 200):
            async with control.session.request(verb, url, headers=headers) as response:
                assert response.status == status


async def test_a_fault_that_makes_no_sense_is_refused(control: Control):
    for body in (
        {"method": "x", "kind": "explode"},
        {"kind": "drop"},
        {"method": "x", "kind": "drop", "times": 0},
    ):
        with pytest.raises(RefusedError) as caught:
            await control.post("faults", **body)
        assert caught.value.code == "invalid_arguments"


async def test_calls_are_logged_with_arguments_time_and_error_but_no_token(
    client: Client, control: Control
):
    before = time.time()
    metadata: dict[str, Any] = {"event_type": "a", "event_payload": {}}
    await client.chat_postMessage(channel="C0TUNING", text="x", metadata=metadata)
    await refusal(client.chat_postMessage(channel="C0NOWHERE", text="x"))
    first, second = (await control.get("calls", method="chat.postMessage"))["calls"]
    assert first["args"] == {"channel": "C0TUNING", "text": "x", "metadata": metadata}
    assert before - 1 <= first["at"] <= time.time() + 1
    assert (first["ok"], first["error"]) == (True, None)
    assert (second["ok"], second["error"]) == (False, "channel_not_found")
    everything = (await control.get("calls"))["calls"]
    assert "xoxb" not in str(everything)


async def test_what_is_left_of_a_fault_ends_with_its_time_or_is_taken_back(
    client: Client, control: Control
):
    await control.post("faults", method="*", times=9, kind="error", lasts=0)
    await post(client)
    await control.post("faults", method="*", times=9, kind="error", lasts=60)
    await refusal(post(client))
    await control.delete("faults")
    await post(client)
    assert len(await control.messages()) == 2
