"""The control API: what people see and do, and what it refuses."""

from typing import Any

import pytest

from tests.workspace.conftest import Client, Control, RefusedError
from tests.workspace.socket_app import SocketApp


async def test_state_holds_everything_a_client_needs_at_start(control: Control):
    state = await control.get("state")
    assert state["team"]["id"] == "T0LOCAL"
    assert state["app"]["bot_user_id"] == "U0TUNESMITH"
    assert [user["id"] for user in state["users"]] == [
        "U0ALICE",
        "U0MINJI",
        "U0WEI",
        "U0BEN",
        "U0GITA",
        "U0SAM",
        "U0NORA",
        "U0TUNESMITH",
    ]
    channels = {channel["id"]: channel for channel in state["channels"]}
    assert set(channels) == {
        "C0GENERAL",
        "C0TUNING",
        "C0RANDOM",
        "C0LAB",
        "C0PARTNERS",
        "D0ALICE",
        "D0MINJI",
        "D0WEI",
        "D0BEN",
        "D0GITA",
        "D0SAM",
    }
    assert channels["C0TUNING"]["bot_is_member"] is True
    assert channels["C0RANDOM"]["bot_is_member"] is False
    assert channels["D0WEI"]["is_im"] is True
    assert channels["D0WEI"]["members"] == ["U0WEI", "U0TUNESMITH"]
    assert isinstance(channels["C0TUNING"]["topic"], str)
    assert state["commands"] == [
        {"command": "/tune", "description": "Tune a model", "usage_hint": "[start | jobs]"}
    ]
    assert [shortcut["callback_id"] for shortcut in state["shortcuts"]] == ["ask", "check"]


async def test_state_tells_how_many_sockets_the_app_has(control: Control, app: SocketApp):
    assert (await control.get("state"))["app"]["connections"] == 1


async def test_messages_are_roots_oldest_first_or_one_thread(control: Control, client: Client):
    first, second = await control.say("1"), await control.say("2")
    reply = await client.chat_postMessage(channel="C0TUNING", text="re", thread_ts=first)
    assert [m["ts"] for m in await control.messages()] == [first, second]
    assert [m["ts"] for m in await control.messages(thread_ts=first)] == [first, reply["ts"]]


async def test_a_whisper_in_a_thread_shows_in_that_thread_only(control: Control, client: Client):
    root = await control.say()
    whisper = await client.chat_postEphemeral(
        channel="C0TUNING", user="U0ALICE", text="psst", thread_ts=root
    )
    in_thread = await control.messages(thread_ts=root, user="U0ALICE")
    assert [m["ts"] for m in in_thread] == [root, whisper["message_ts"]]
    assert [m["ts"] for m in await control.messages(user="U0ALICE")] == [root]


async def test_a_person_replies_in_a_thread(control: Control):
    root = await control.say()
    reply = await control.post(
        "messages", user="U0BEN", channel="C0TUNING", text="re", thread_ts=root
    )
    assert [m["ts"] for m in await control.messages(thread_ts=root)] == [root, reply["ts"]]


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        (
            "messages",
            {"user": "U0NOBODY", "channel": "C0TUNING", "text": "x"},
            404,
            "user_not_found",
        ),
        (
            "messages",
            {"user": "U0TUNESMITH", "channel": "C0TUNING", "text": "x"},
            404,
            "user_not_found",
        ),
        (
            "messages",
            {"user": "U0BEN", "channel": "C0NOWHERE", "text": "x"},
            404,
            "channel_not_found",
        ),
        ("messages", {"user": "U0BEN", "channel": "D0ALICE", "text": "x"}, 400, "not_in_channel"),
        ("messages", {"user": "U0BEN", "channel": "C0TUNING", "text": "  "}, 400, "no_text"),
        ("messages", {"user": "U0BEN", "channel": "C0TUNING"}, 400, "invalid_arguments"),
        (
            "messages",
            {"user": "U0BEN", "channel": "C0TUNING", "text": "x", "typo": 1},
            400,
            "invalid_arguments",
        ),
        (
            "messages",
            {"user": "U0BEN", "channel": "C0TUNING", "text": "x", "thread_ts": "1.000000"},
            404,
            "thread_not_found",
        ),
        (
            "reactions",
            {"user": "U0BEN", "channel": "C0TUNING", "ts": "1.0", "name": "x"},
            404,
            "message_not_found",
        ),
        ("actions", {"user": "U0BEN", "action_id": "x"}, 400, "invalid_arguments"),
        ("actions", {"user": "U0BEN", "action_id": "x", "view_id": "V1"}, 404, "view_not_found"),
        ("views/V1/close", {"user": "U0BEN"}, 404, "view_not_found"),
        ("members", {"user": "U0BEN", "channel": "C0TUNING"}, 400, "cant_invite"),
        (
            "members",
            {"user": "U0BEN", "channel": "C0RANDOM", "member": "U1"},
            404,
            "user_not_found",
        ),
    ],
)
async def test_what_cannot_be_done_is_refused_with_a_code(
    path: str, body: dict[str, Any], status: int, code: str, control: Control
):
    with pytest.raises(RefusedError) as caught:
        await control.post(path, **body)
    assert (caught.value.status, caught.value.code) == (status, code)


async def test_asking_for_what_is_not_there_is_refused(control: Control):
    for path, query, code in (
        ("messages", {}, "invalid_arguments"),
        ("messages", {"channel": "C0NOWHERE"}, "channel_not_found"),
        ("messages", {"channel": "C0TUNING", "thread_ts": "1.0"}, "thread_not_found"),
        ("messages", {"channel": "D0ALICE", "user": "U0BEN"}, "not_in_channel"),
        ("views", {}, "user_not_found"),
    ):
        with pytest.raises(RefusedError) as caught:
            await control.get(path, **query)
        assert caught.value.code == code
    async with control.session.get(f"{control.url}/control/files/F0NONE") as response:
        assert response.status == 404
