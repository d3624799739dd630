"""Private channels exist only for their members, the bot included."""

from typing import Any

import aiohttp
import pytest

from tests.workspace.conftest import Client, Control, RefusedError, refusal
from tests.workspace.socket_app import SocketApp

LAB = "C0LAB"
BOT = {"Authorization": "Bearer xoxb-local"}


async def invite(control: Control) -> None:
    await control.post("members", user="U0ALICE", channel=LAB)


@pytest.mark.parametrize(
    ("method", "args"),
    [
        ("chat.postMessage", {"text": "x"}),
        ("chat.postEphemeral", {"text": "x", "user": "U0ALICE"}),
        ("chat.update", {"text": "x", "ts": "1.0"}),
        ("chat.delete", {"ts": "1.0"}),
        ("chat.getPermalink", {"message_ts": "1.0"}),
        ("chat.startStream", {"thread_ts": "1.0"}),
        ("conversations.info", {}),
        ("conversations.members", {}),
        ("conversations.history", {}),
        ("conversations.replies", {"ts": "1.0"}),
        ("conversations.join", {}),
        ("reactions.add", {"timestamp": "1.0", "name": "eyes"}),
        ("files.list", {}),
    ],
)
async def test_a_private_channel_without_the_bot_is_not_found(
    method: str, args: dict[str, Any], client: Client
):
    answer = await refusal(client.api_call(method, params={"channel": LAB, **args}))
    assert answer["error"] == "channel_not_found"


async def test_the_bot_lists_only_the_private_channels_it_is_in(client: Client, control: Control):
    kinds = "public_channel,private_channel"
    before = (await client.conversations_list(types=kinds))["channels"]
    assert LAB not in {channel["id"] for channel in before}
    await invite(control)
    [lab] = (await client.conversations_list(types="private_channel"))["channels"]
    assert (lab["id"], lab["is_private"], lab["is_channel"], lab["is_group"]) == (
        (LAB, True, True, False)
    )
    public = (await client.conversations_list(types="public_channel"))["channels"]
    assert LAB not in {channel["id"] for channel in public}


async def test_an_invited_bot_reads_and_writes_there(client: Client, control: Control):
    before = await control.say("before the bot came", channel=LAB)
    await invite(control)
    posted = await client.chat_postMessage(channel=LAB, text="hello", thread_ts=before)
    thread = await client.conversations_replies(channel=LAB, ts=before)
    assert [m["ts"] for m in thread["messages"]] == [before, posted["ts"]]
    again = await refusal(client.conversations_join(channel=LAB))
    assert again["error"] == "method_not_supported_for_channel_type"


async def test_its_events_are_those_of_a_group(control: Control, app: SocketApp):
    await control.say("<@U0TUNESMITH> nobody hears this", channel=LAB)
    await invite(control)
    await control.say("<@U0TUNESMITH> heard", channel=LAB)
    mention = (await app.next("app_mention"))["event"]
    assert (mention["text"], mention["channel"]) == ("<@U0TUNESMITH> heard", LAB)
    joined = (await app.next("member_joined_channel"))["event"]
    assert (joined["channel_type"], joined["inviter"]) == ("G", "U0ALICE")
    [message] = app.of("message")
    assert message["event"]["channel_type"] == "group"
    listed = (await control.get("deliveries"))["deliveries"]
    assert [one["type"] for one in listed] == [
        "member_joined_channel",
        "message.groups",
        "app_mention",
    ]


async def test_files_are_hidden_with_the_channel(
    client: Client, control: Control, session: aiohttp.ClientSession
):
    shared = await control.attach({"a.jsonl": b"{}"}, user="U0ALICE", channel=LAB)
    file_id = shared["files"][0]["id"]
    url = shared["files"][0]["url_private"]
    assert (await refusal(client.files_info(file=file_id)))["error"] == "file_not_found"
    assert (await client.files_list())["files"] == []
    async with session.get(url, headers=BOT) as response:
        assert response.status == 404
    await invite(control)
    file = (await client.files_info(file=file_id))["file"]
    assert (file["is_public"], file["channels"], file["groups"]) == (False, [], [LAB])
    assert list(file["shares"]) == ["private"]
    async with session.get(url, headers=BOT) as response:
        assert await response.read() == b"{}"


async def test_a_file_shared_in_public_too_is_seen(client: Client, control: Control):
    shared = await control.attach({"a.jsonl": b"{}"}, user="U0ALICE", channel="C0RANDOM")
    assert (await client.files_info(file=shared["files"][0]["id"]))["file"]["is_public"] is True


async def test_commands_work_there_without_the_bot_and_name_no_channel(
    control: Control, app: SocketApp
):
    app.answer = lambda _: {"text": "here"}
    answer = await control.post("commands", user="U0ALICE", channel=LAB, text="/tune")
    assert answer["response"] == {"text": "here"}
    payload = await app.next("slash_commands")
    assert (payload["channel_id"], payload["channel_name"]) == (LAB, "privategroup")


async def test_people_outside_find_nothing(control: Control):
    await control.say("secret", channel=LAB)
    for call in (
        control.say("x", user="U0BEN", channel=LAB),
        control.messages(LAB, user="U0BEN"),
        control.post("members", user="U0BEN", channel=LAB),
    ):
        with pytest.raises(RefusedError) as refused:
            await call
        assert (refused.value.status, refused.value.code) == (404, "channel_not_found")
    await control.post("members", user="U0ALICE", channel=LAB, member="U0BEN")
    assert [m["text"] for m in await control.messages(LAB, user="U0BEN")] == ["secret"]
