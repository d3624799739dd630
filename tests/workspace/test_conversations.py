"""conversations.* and users.*, team.info, bots.info."""

from typing import Any

import pytest

from tests.workspace.conftest import Client, Control, refusal


async def test_the_list_holds_the_kinds_asked_for(client: Client):
    public = await client.conversations_list()
    assert {c["name"] for c in public["channels"]} == {"general", "tuning", "random", "partners"}
    direct = await client.conversations_list(types="im")
    people = {"U0ALICE", "U0MINJI", "U0WEI", "U0BEN", "U0GITA", "U0SAM"}
    assert {c["user"] for c in direct["channels"]} == people
    both = await client.conversations_list(types="public_channel,im")
    assert len(both["channels"]) == 10
    assert (await refusal(client.conversations_list(types="secret")))["error"] == "invalid_types"


async def test_lists_come_in_pages(client: Client):
    names: list[str] = []
    async for page in await client.conversations_list(limit=2):
        names += [channel["name"] for channel in page["channels"]]
    assert names == ["general", "tuning", "random", "partners"]
    bad = client.conversations_list(cursor="not a cursor")
    assert (await refusal(bad))["error"] == "invalid_cursor"


async def test_info_tells_whether_the_bot_is_a_member(client: Client):
    tuning = await client.conversations_info(channel="C0TUNING", include_num_members=True)
    assert tuning["channel"]["is_member"] is True
    assert tuning["channel"]["num_members"] == 7
    random = await client.conversations_info(channel="C0RANDOM")
    assert random["channel"]["is_member"] is False
    direct = await client.conversations_info(channel="D0WEI")
    assert (direct["channel"]["is_im"], direct["channel"]["user"]) == (True, "U0WEI")
    missing = client.conversations_info(channel="C0NOWHERE")
    assert (await refusal(missing))["error"] == "channel_not_found"


async def test_members_lists_who_is_in_a_channel(client: Client):
    answer = await client.conversations_members(channel="C0RANDOM")
    assert answer["members"] == ["U0ALICE", "U0MINJI", "U0WEI", "U0BEN"]


async def test_open_finds_a_persons_dm(client: Client):
    answer = await client.conversations_open(users="U0ALICE")
    assert answer["channel"] == {"id": "D0ALICE"}
    whole = await client.conversations_open(users=["U0ALICE"], return_im=True)
    assert whole["channel"]["is_im"] is True
    assert (await refusal(client.conversations_open(users="U0NOBODY")))["error"] == "user_not_found"
    assert (await refusal(client.api_call("conversations.open")))[
        "error"
    ] == "users_list_not_supplied"


async def test_the_bot_can_join_a_channel_and_then_post(client: Client):
    joined = await client.conversations_join(channel="C0RANDOM")
    assert joined["channel"]["is_member"] is True
    await client.chat_postMessage(channel="C0RANDOM", text="hello")
    again = await client.conversations_join(channel="C0RANDOM")
    assert again["warning"] == "already_in_channel"


async def test_history_needs_membership(client: Client):
    assert (await refusal(client.conversations_history(channel="C0RANDOM")))["error"] == (
        "not_in_channel"
    )


async def test_history_is_newest_first_without_replies(client: Client, control: Control):
    first, second = await control.say("1"), await control.say("2")
    await client.chat_postMessage(channel="C0TUNING", text="reply", thread_ts=first)
    history = await client.conversations_history(channel="C0TUNING")
    assert [m["ts"] for m in history["messages"]] == [second, first]
    assert history["has_more"] is False


@pytest.mark.parametrize(
    ("window", "expected"),
    [
        ({"oldest": 1}, [3, 2]),
        ({"oldest": 1, "inclusive": True}, [3, 2, 1]),
        ({"latest": 2}, [1, 0]),
        ({"latest": 2, "inclusive": True}, [2, 1, 0]),
        ({"oldest": 0, "latest": 3}, [2, 1]),
    ],
)
async def test_history_takes_a_window(
    window: dict[str, Any], expected: list[int], client: Client, control: Control
):
    stamps = [await control.say(str(n)) for n in range(4)]
    args: dict[str, Any] = {k: stamps[v] if k != "inclusive" else v for k, v in window.items()}
    history = await client.conversations_history(channel="C0TUNING", **args)
    assert [stamps.index(m["ts"]) for m in history["messages"]] == expected


@pytest.mark.parametrize("bound", ["oldest", "latest"])
async def test_a_window_that_is_no_time_is_refused(bound: str, client: Client, control: Control):
    root = await control.say("root")
    history = client.conversations_history(channel="C0TUNING", **{bound: "yesterday"})
    assert (await refusal(history))["error"] == f"invalid_ts_{bound}"
    replies = client.conversations_replies(channel="C0TUNING", ts=root, **{bound: "yesterday"})
    assert (await refusal(replies))["error"] == f"invalid_ts_{bound}"


async def test_history_and_replies_come_in_pages(client: Client, control: Control):
    root = await control.say("root")
    for number in range(5):
        await client.chat_postMessage(channel="C0TUNING", text=str(number), thread_ts=root)
        await control.say(f"other {number}")
    texts: list[str] = []
    async for page in await client.conversations_history(channel="C0TUNING", limit=4):
        texts += [m["text"] for m in page["messages"]]
    assert texts == [f"other {n}" for n in (4, 3, 2, 1, 0)] + ["root"]
    replies: list[str] = []
    async for page in await client.conversations_replies(channel="C0TUNING", ts=root, limit=4):
        replies += [m["text"] for m in page["messages"]]
    assert replies == ["root", "0", "1", "2", "3", "4"]


async def test_metadata_is_shown_only_where_asked_for(client: Client, control: Control):
    root = await control.say("root")
    metadata = {"event_type": "job", "event_payload": {"key": "k"}}
    await client.chat_postMessage(channel="C0TUNING", text="x", thread_ts=root, metadata=metadata)
    plain = await client.conversations_replies(channel="C0TUNING", ts=root)
    assert "metadata" not in plain["messages"][1]
    full = await client.conversations_replies(
        channel="C0TUNING", ts=root, include_all_metadata=True
    )
    assert full["messages"][1]["metadata"] == metadata


async def test_replies_of_a_reply_are_its_whole_thread(client: Client, control: Control):
    root = await control.say("root")
    reply = await client.chat_postMessage(channel="C0TUNING", text="x", thread_ts=root)
    thread = await client.conversations_replies(channel="C0TUNING", ts=reply["ts"])
    assert [m["ts"] for m in thread["messages"]] == [root, reply["ts"]]
    missing = client.conversations_replies(channel="C0TUNING", ts="1.000000")
    assert (await refusal(missing))["error"] == "thread_not_found"


@pytest.mark.parametrize(
    ("user", "locale"),
    [("U0ALICE", "en-US"), ("U0MINJI", "ko-KR"), ("U0WEI", "zh-CN"), ("U0BEN", "en-GB")],
)
async def test_users_info_tells_the_locale_where_asked_for(user: str, locale: str, client: Client):
    with_locale = await client.users_info(user=user, include_locale=True)
    assert with_locale["user"]["locale"] == locale
    assert "locale" not in (await client.users_info(user=user))["user"]


async def test_an_unknown_user_is_not_found(client: Client):
    assert (await refusal(client.users_info(user="U0NOBODY")))["error"] == "user_not_found"


async def test_users_list_holds_people_and_the_bot(client: Client):
    members = (await client.users_list())["members"]
    assert [m["id"] for m in members if m["is_bot"]] == ["U0TUNESMITH"]
    assert len(members) == 7


async def test_team_and_bot_tell_who_they_are(client: Client):
    assert (await client.team_info())["team"]["id"] == "T0LOCAL"
    assert (await client.bots_info(bot="B0TUNESMITH"))["bot"]["user_id"] == "U0TUNESMITH"
    assert (await refusal(client.bots_info(bot="B0OTHER")))["error"] == "bot_not_found"
