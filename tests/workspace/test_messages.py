"""chat.postMessage, update, delete, postEphemeral, getPermalink."""

import asyncio
from typing import Any

import pytest

from tests.workspace.conftest import Client, Control, refusal
from tunesmith.local.workspace.workspace import Workspace

METADATA = {"event_type": "job", "event_payload": {"key": "job-1"}}


async def test_a_posted_message_has_the_app_as_author(client: Client):
    answer = await client.chat_postMessage(channel="C0TUNING", text="hello")
    message = answer["message"]
    assert answer["channel"] == "C0TUNING"
    assert message["ts"] == answer["ts"]
    assert (message["user"], message["bot_id"]) == ("U0TUNESMITH", "B0TUNESMITH")
    assert message["bot_profile"]["name"] == "tunesmith"


async def test_a_channel_may_be_given_by_name_and_a_dm_by_user(client: Client):
    assert (await client.chat_postMessage(channel="#general", text="x"))["channel"] == "C0GENERAL"
    assert (await client.chat_postMessage(channel="U0WEI", text="x"))["channel"] == "D0WEI"


async def test_timestamps_are_unique_and_grow_even_under_load(client: Client):
    answers = await asyncio.gather(
        *(client.chat_postMessage(channel="C0TUNING", text=str(n)) for n in range(40))
    )
    stamps = [answer["ts"] for answer in answers]
    assert len(set(stamps)) == 40
    history = await client.conversations_history(channel="C0TUNING")
    listed = [message["ts"] for message in history["messages"]]
    assert listed == sorted(stamps, reverse=True)
    assert all(len(ts.split(".")[1]) == 6 for ts in stamps)


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"channel": "C0NOWHERE", "text": "x"}, "channel_not_found"),
    ({"channel": "C0RANDOM", "text": "x"}, "not_in_channel"),
    ({"channel": "C0TUNING"}, "no_text"),
    ({"channel": "C0TUNING", "text": ""}, "no_text"),
    ({"channel": "C0TUNING", "text": "x" * 40_001}, "msg_too_long"),
    ({"channel": "C0TUNING", "text": "x", "thread_ts": "1.000000"}, "thread_not_found"),
    ({"channel": "C0TUNING", "markdown_text": "x" * 12_001}, "msg_too_long"),
    ({"channel": "C0TUNING", "markdown_text": "x", "text": "y"}, "markdown_text_conflict"),
    (
        {"channel": "C0TUNING", "text": "x", "blocks": {"type": "divider"}},
        "invalid_blocks_format",
    ),
    ({"channel": "C0TUNING", "text": "x", "attachments": [1]}, "invalid_attachments"),
    ({"channel": "C0TUNING", "text": "x", "attachments": [{}] * 101}, "too_many_attachments"),
    ({"channel": "C0TUNING", "text": "x", "metadata": [1]}, "invalid_metadata_format"),
    ({"channel": "C0TUNING", "text": "x", "metadata": {"a": 1}}, "invalid_metadata_schema"),
    (
        {
            "channel": "C0TUNING",
            "text": "x",
            "metadata": {"event_type": "a", "event_payload": {"k": "v" * 16_500}},
        },
        "metadata_too_large",
    ),
]


@pytest.mark.parametrize(("args", "error"), REFUSED)
async def test_a_message_slack_refuses_is_refused_with_its_code(
    args: dict[str, Any], error: str, client: Client
):
    assert (await refusal(client.api_call("chat.postMessage", json=args)))["error"] == error


async def test_the_longest_text_is_taken(client: Client):
    await client.chat_postMessage(channel="C0TUNING", text="x" * 40_000)
    await client.chat_postMessage(channel="C0TUNING", markdown_text="x" * 12_000)


async def test_markdown_text_becomes_a_markdown_block(client: Client):
    answer = await client.chat_postMessage(channel="C0TUNING", markdown_text="**bold**")
    assert answer["message"]["text"] == "**bold**"
    (block,) = answer["message"]["blocks"]
    assert (block["type"], block["text"]) == ("markdown", "**bold**")


async def test_a_reply_goes_to_its_thread_and_the_root_counts_it(client: Client, control: Control):
    root = await control.say()
    reply = await client.chat_postMessage(channel="C0TUNING", text="re", thread_ts=root)
    assert reply["message"]["thread_ts"] == root
    assert reply["message"]["parent_user_id"] == "U0ALICE"
    nested = await client.chat_postMessage(channel="C0TUNING", text="re2", thread_ts=reply["ts"])
    assert nested["message"]["thread_ts"] == root
    (listed,) = await control.messages()
    assert listed["reply_count"] == 2
    assert listed["reply_users"] == ["U0TUNESMITH"]
    assert listed["latest_reply"] == nested["ts"]


async def test_a_broadcast_reply_shows_in_the_channel_too(client: Client, control: Control):
    root = await control.say()
    reply = await client.chat_postMessage(
        channel="C0TUNING", text="done", thread_ts=root, reply_broadcast=True
    )
    assert reply["message"]["subtype"] == "thread_broadcast"
    assert [m["ts"] for m in await control.messages()] == [root, reply["ts"]]
    assert [m["ts"] for m in await control.messages(thread_ts=root)] == [root, reply["ts"]]


async def test_name_icon_and_unfurling_are_taken(client: Client):
    answer = await client.chat_postMessage(
        channel="C0TUNING",
        text="x",
        username="Trainer",
        icon_emoji=":robot_face:",
        unfurl_links=False,
        unfurl_media=False,
    )
    assert answer["message"]["username"] == "Trainer"
    assert answer["message"]["icons"]["emoji"] == ":robot_face:"


async def test_attachments_are_numbered_and_their_blocks_checked(client: Client):
    answer = await client.chat_postMessage(
        channel="C0TUNING", text="x", attachments=[{"text": "a"}, {"blocks": [{"type": "divider"}]}]
    )
    first, second = answer["message"]["attachments"]
    assert (first["id"], second["id"]) == (1, 2)
    assert second["blocks"][0]["block_id"]
    bad = client.chat_postMessage(
        channel="C0TUNING", text="x", attachments=[{"blocks": [{"type": "no"}]}]
    )
    assert (await refusal(bad))["error"] == "invalid_blocks"


async def test_update_changes_text_and_blocks_and_keeps_what_is_not_given(
    client: Client, control: Control
):
    posted = await client.chat_postMessage(
        channel="C0TUNING", text="one", blocks=[{"type": "divider"}], metadata=METADATA
    )
    changed = await client.chat_update(channel="C0TUNING", ts=posted["ts"], text="two")
    assert changed["text"] == "two"
    assert changed["message"]["blocks"][0]["type"] == "divider"
    assert changed["message"]["metadata"] == METADATA
    assert changed["message"]["edited"]["user"] == "B0TUNESMITH"
    emptied = await client.chat_update(
        channel="C0TUNING", ts=posted["ts"], text="three", blocks=[], metadata={}
    )
    assert "blocks" not in emptied["message"]
    assert "metadata" not in emptied["message"]
    assert [m["text"] for m in await control.messages()] == ["three"]


async def test_update_replaces_markdown_by_text(client: Client):
    posted = await client.chat_postMessage(channel="C0TUNING", markdown_text="*one*")
    changed = await client.chat_update(channel="C0TUNING", ts=posted["ts"], text="two")
    assert "blocks" not in changed["message"]


@pytest.mark.parametrize(
    ("args", "error"),
    [
        ({"ts": "1.000000", "text": "x"}, "message_not_found"),
        ({"text": "x" * 4_001}, "msg_too_long"),
        ({}, "no_text"),
        ({"text": "x", "blocks": [{"type": "nope"}]}, "invalid_blocks"),
    ],
)
async def test_an_update_slack_refuses_is_refused_and_changes_nothing(
    args: dict[str, Any], error: str, client: Client, control: Control
):
    posted = await client.chat_postMessage(channel="C0TUNING", text="kept")
    call = client.api_call("chat.update", json={"channel": "C0TUNING", "ts": posted["ts"], **args})
    assert (await refusal(call))["error"] == error
    assert [m["text"] for m in await control.messages()] == ["kept"]


async def test_the_app_touches_only_its_own_messages(client: Client, control: Control):
    ts = await control.say()
    update = client.chat_update(channel="C0TUNING", ts=ts, text="mine")
    assert (await refusal(update))["error"] == "cant_update_message"
    deletion = client.chat_delete(channel="C0TUNING", ts=ts)
    assert (await refusal(deletion))["error"] == "cant_delete_message"


async def test_a_deleted_message_is_gone(client: Client, control: Control):
    posted = await client.chat_postMessage(channel="C0TUNING", text="x")
    await client.chat_delete(channel="C0TUNING", ts=posted["ts"])
    assert await control.messages() == []
    again = client.chat_delete(channel="C0TUNING", ts=posted["ts"])
    assert (await refusal(again))["error"] == "message_not_found"


async def test_a_deleted_root_with_replies_leaves_a_tombstone(client: Client, control: Control):
    root = (await client.chat_postMessage(channel="C0TUNING", text="x"))["ts"]
    await client.chat_postMessage(channel="C0TUNING", text="re", thread_ts=root)
    await client.chat_delete(channel="C0TUNING", ts=root)
    (left,) = await control.messages()
    assert (left["subtype"], left["reply_count"], left["hidden"]) == ("tombstone", 1, True)


async def test_a_tombstone_goes_with_its_last_reply(client: Client, control: Control):
    root = (await client.chat_postMessage(channel="C0TUNING", text="x"))["ts"]
    reply = await client.chat_postMessage(channel="C0TUNING", text="re", thread_ts=root)
    await client.chat_delete(channel="C0TUNING", ts=root)
    await client.chat_delete(channel="C0TUNING", ts=reply["ts"])
    assert await control.messages() == []


async def test_an_ephemeral_message_is_seen_by_one_person_only(client: Client, control: Control):
    answer = await client.chat_postEphemeral(channel="C0TUNING", user="U0ALICE", text="psst")
    assert [m["ts"] for m in await control.messages(user="U0ALICE")] == [answer["message_ts"]]
    assert await control.messages(user="U0BEN") == []
    assert (await client.conversations_history(channel="C0TUNING"))["messages"] == []
    nobody = client.chat_postEphemeral(channel="D0ALICE", user="U0BEN", text="x")
    assert (await refusal(nobody))["error"] == "user_not_in_channel"


async def test_a_permalink_names_channel_message_and_thread(
    ws: Workspace, client: Client, control: Control
):
    root = await control.say()
    reply = (await client.chat_postMessage(channel="C0TUNING", text="x", thread_ts=root))["ts"]
    link = await client.chat_getPermalink(channel="C0TUNING", message_ts=reply)
    assert link["permalink"] == (
        f"{ws.base_url}/archives/C0TUNING/p{reply.replace('.', '')}?thread_ts={root}&cid=C0TUNING"
    )
    missing = client.chat_getPermalink(channel="C0TUNING", message_ts="1.000000")
    assert (await refusal(missing))["error"] == "message_not_found"
