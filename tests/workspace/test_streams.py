"""chat.startStream, appendStream, stopStream."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from tests.support.waiting import eventually
from tests.workspace.conftest import Client, Control, refusal
from tunesmith.local.workspace.settings import Settings
from tunesmith.local.workspace.workspace import Workspace

TO_ALICE = {"recipient_user_id": "U0ALICE", "recipient_team_id": "T0LOCAL"}


async def started(client: Client, control: Control, **args: Any) -> str:
    root = await control.say("question")
    answer = await client.chat_startStream(
        channel="C0TUNING", thread_ts=root, **{**TO_ALICE, **args}
    )
    return answer["ts"]


async def streamed(control: Control) -> dict[str, Any]:
    (root,) = await control.messages()
    return (await control.messages(thread_ts=root["ts"]))[-1]


async def test_the_official_helper_streams_an_answer(client: Client, control: Control):
    root = await control.say("question")
    stream = await client.chat_stream(channel="C0TUNING", thread_ts=root, buffer_size=1, **TO_ALICE)
    await stream.append(markdown_text="Hello ")
    assert (await streamed(control))["streaming"] is True
    await stream.append(markdown_text="**world**")
    final = await stream.stop(
        markdown_text="!",
        blocks=[{"type": "context_actions", "elements": [FEEDBACK]}],
        metadata={"event_type": "answer", "event_payload": {"n": 1}},
    )
    assert final["message"]["text"] == "Hello **world**!"
    message = await streamed(control)
    assert message["streaming"] is False
    assert [block["type"] for block in message["blocks"]] == ["markdown", "context_actions"]
    assert message["blocks"][0]["text"] == "Hello **world**!"
    assert message["metadata"]["event_payload"] == {"n": 1}


FEEDBACK = {
    "type": "feedback_buttons",
    "action_id": "rate",
    "positive_button": {"text": {"type": "plain_text", "text": "Good"}, "value": "up"},
    "negative_button": {"text": {"type": "plain_text", "text": "Bad"}, "value": "down"},
}


@pytest.mark.parametrize(
    ("missing", "error"),
    [
        ("recipient_user_id", "missing_recipient_user_id"),
        ("recipient_team_id", "missing_recipient_team_id"),
    ],
)
async def test_a_stream_in_a_channel_needs_its_recipient(
    missing: str, error: str, client: Client, control: Control
):
    args = {"channel": "C0TUNING", "thread_ts": await control.say(), **TO_ALICE}
    del args[missing]
    assert (await refusal(client.api_call("chat.startStream", json=args)))["error"] == error


async def test_a_stream_without_a_thread_is_a_message_of_the_channel(
    client: Client, control: Control
):
    args = {"channel": "C0TUNING", "markdown_text": "Hi", **TO_ALICE}
    ts = (await client.api_call("chat.startStream", json=args))["ts"]
    (message,) = await control.messages()
    assert (message["ts"], message["text"], message.get("thread_ts")) == (ts, "Hi", None)
    nowhere = client.api_call("chat.startStream", json={"channel": "D0ALICE"})
    assert (await refusal(nowhere))["error"] == "invalid_arguments"


async def test_a_stream_in_a_dm_needs_no_recipient(client: Client, control: Control):
    root = await control.say(channel="D0ALICE")
    assert (await client.chat_startStream(channel="D0ALICE", thread_ts=root))["ok"]


async def test_a_stream_is_refused_where_slack_refuses_it(client: Client, control: Control):
    root = await control.say()
    elsewhere = client.chat_startStream(channel="C0RANDOM", thread_ts=root, **TO_ALICE)
    assert (await refusal(elsewhere))["error"] == "not_in_channel"
    nowhere = client.chat_startStream(channel="C0TUNING", thread_ts="1.000000", **TO_ALICE)
    assert (await refusal(nowhere))["error"] == "message_not_found"
    stranger = {**TO_ALICE, "recipient_user_id": "U0NOBODY"}
    unknown = client.chat_startStream(channel="C0TUNING", thread_ts=root, **stranger)
    assert (await refusal(unknown))["error"] == "user_not_found"


async def test_one_call_takes_at_most_12000_characters(client: Client, control: Control):
    ts = await started(client, control, markdown_text="x" * 12_000)
    long = {"channel": "C0TUNING", "ts": ts}
    over = client.chat_appendStream(**long, markdown_text="x" * 12_001)
    assert (await refusal(over))["error"] == "msg_too_long"
    chunks = [{"type": "markdown_text", "text": "x" * 6_001}] * 2
    assert (await refusal(client.chat_appendStream(**long, chunks=chunks)))["error"] == (
        "msg_too_long"
    )
    await client.chat_appendStream(**long, markdown_text="y" * 12_000)
    assert len((await streamed(control))["text"]) == 24_000


async def test_an_append_needs_text(client: Client, control: Control):
    ts = await started(client, control)
    empty = client.api_call("chat.appendStream", json={"channel": "C0TUNING", "ts": ts})
    assert (await refusal(empty))["error"] == "no_text"


async def test_chunks_show_tasks_plans_and_blocks(client: Client, control: Control):
    ts = await started(client, control)
    task = {"type": "task_update", "id": "1", "title": "Look", "status": "in_progress"}
    await client.chat_appendStream(
        channel="C0TUNING",
        ts=ts,
        chunks=[
            {"type": "markdown_text", "text": "a"},
            task,
            {"type": "markdown_text", "text": "b"},
        ],
    )
    done = {**task, "status": "complete", "details": "found it"}
    divider = {"type": "blocks", "blocks": [{"type": "divider"}]}
    await client.chat_appendStream(channel="C0TUNING", ts=ts, chunks=[done, divider])
    blocks = (await streamed(control))["blocks"]
    assert [block["type"] for block in blocks] == ["markdown", "task_card", "markdown", "divider"]
    assert blocks[1]["status"] == "complete"
    assert blocks[1]["details"]["type"] == "rich_text"


async def test_tasks_of_a_plan_stand_inside_it(client: Client, control: Control):
    ts = await started(client, control, task_display_mode="plan")
    task = {"type": "task_update", "id": "1", "title": "Look", "status": "pending"}
    plan = {"type": "plan_update", "title": "The plan"}
    await client.chat_appendStream(channel="C0TUNING", ts=ts, chunks=[task, plan])
    await client.chat_appendStream(
        channel="C0TUNING", ts=ts, chunks=[{**task, "status": "complete"}]
    )
    (block,) = (await streamed(control))["blocks"]
    assert (block["type"], block["title"]) == ("plan", "The plan")
    assert [task["status"] for task in block["tasks"]] == ["complete"]


TASK = {"type": "task_update", "id": "1", "title": "Look", "status": "pending"}


@pytest.mark.parametrize(
    "chunks",
    [
        "x",
        [1],
        [{"type": "unknown"}],
        [{"type": "markdown_text"}],
        [{"type": "markdown_text", "text": "x", "colour": "red"}],
        [{"type": "plan_update", "title": "x" * 257}],
        [{"type": "blocks"}],
        [{**TASK, "status": "done"}],
        [{"type": "task_update", "title": "Look", "status": "pending"}],
        [{**TASK, "details": "x" * 257}],
        [{**TASK, "output": "x" * 257}],
    ],
    ids=lambda chunks: str(chunks)[:70],
)
async def test_a_chunk_that_slack_does_not_know_is_refused(
    chunks: Any, client: Client, control: Control
):
    ts = await started(client, control)
    args = {"channel": "C0TUNING", "ts": ts, "chunks": chunks}
    assert (await refusal(client.api_call("chat.appendStream", json=args)))["error"] == (
        "invalid_chunks"
    )


async def test_a_task_takes_256_characters_of_details_and_output(client: Client, control: Control):
    ts = await started(client, control)
    chunks = [{**TASK, "details": "x" * 256, "output": "x" * 256}]
    await client.chat_appendStream(channel="C0TUNING", ts=ts, chunks=chunks)
    (block,) = (await streamed(control))["blocks"]
    assert block["type"] == "task_card"


async def test_a_chunk_that_is_refused_leaves_the_message_as_it_was(
    client: Client, control: Control
):
    ts = await started(client, control, markdown_text="kept")
    chunks = [
        {"type": "markdown_text", "text": "lost"},
        {"type": "blocks", "blocks": [{"type": "nope"}]},
    ]
    answer = await refusal(client.chat_appendStream(channel="C0TUNING", ts=ts, chunks=chunks))
    assert answer["error"] == "invalid_blocks"
    assert (await streamed(control))["text"] == "kept"


async def test_a_stopped_stream_takes_no_more_text(client: Client, control: Control):
    ts = await started(client, control, markdown_text="a")
    await client.chat_stopStream(channel="C0TUNING", ts=ts)
    append = client.chat_appendStream(channel="C0TUNING", ts=ts, markdown_text="b")
    assert (await refusal(append))["error"] == "message_not_in_streaming_state"
    stop = client.chat_stopStream(channel="C0TUNING", ts=ts)
    assert (await refusal(stop))["error"] == "message_not_in_streaming_state"


async def test_a_message_that_was_never_streamed_is_not_streaming(client: Client, control: Control):
    posted = await client.chat_postMessage(channel="C0TUNING", text="x")
    append = client.chat_appendStream(channel="C0TUNING", ts=posted["ts"], markdown_text="b")
    assert (await refusal(append))["error"] == "message_not_in_streaming_state"


async def test_update_waits_until_the_stream_ended_and_then_replaces_its_text(
    client: Client, control: Control
):
    ts = await started(client, control, markdown_text="half an answ")
    early = client.chat_update(channel="C0TUNING", ts=ts, text="whole answer")
    assert (await refusal(early))["error"] == "streaming_state_conflict"
    await client.chat_stopStream(channel="C0TUNING", ts=ts)
    await client.chat_update(channel="C0TUNING", ts=ts, text="whole answer")
    message = await streamed(control)
    assert message["text"] == "whole answer"
    assert "blocks" not in message


class TestTimeout:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return replace(settings, stream_seconds=0.05)

    async def test_slack_closes_a_stream_after_a_while_and_keeps_what_came(
        self, ws: Workspace, client: Client, control: Control
    ):
        ts = await started(client, control, markdown_text="half")
        message = ws.state.messages.find("C0TUNING", ts)
        assert message is not None
        assert message.stream is not None
        await eventually(lambda: message.stream is not None and not message.stream.open)
        append = client.chat_appendStream(channel="C0TUNING", ts=ts, markdown_text="b")
        assert (await refusal(append))["error"] == "message_not_in_streaming_state"
        await client.chat_update(channel="C0TUNING", ts=ts, text="the full text")
        assert (await streamed(control))["text"] == "the full text"

    async def test_a_stream_of_before_a_reset_does_not_come_back(
        self, ws: Workspace, client: Client, control: Control
    ):
        await started(client, control, markdown_text="old")
        await control.post("reset")
        await asyncio.sleep(0.1)
        assert await control.messages() == []


@pytest.mark.parametrize("error", ["channel_type_not_supported", "unknown_method"])
async def test_a_stream_can_be_refused_on_demand(error: str, client: Client, control: Control):
    await control.post("faults", method="chat.startStream", kind="error", error=error)
    root = await control.say("question")
    refused = client.chat_startStream(channel="C0TUNING", thread_ts=root, **TO_ALICE)
    assert (await refusal(refused))["error"] == error
    assert len(await control.messages(thread_ts=root)) == 1
    await client.chat_startStream(channel="C0TUNING", thread_ts=root, **TO_ALICE)


@pytest.mark.parametrize("method", ["chat.appendStream", "chat.stopStream"])
async def test_a_stream_can_be_ended_on_demand_and_its_message_then_be_updated(
    method: str, client: Client, control: Control
):
    ts = await started(client, control, markdown_text="so far")
    await control.post("faults", method=method, kind="stream_closed")
    late: dict[str, Any] = {"channel": "C0TUNING", "ts": ts, "markdown_text": " and more"}
    for _ in range(2):
        answer = await refusal(client.api_call(method, json=late))
        assert answer["error"] == "message_not_in_streaming_state"
    message = await streamed(control)
    assert (message["text"], message["streaming"]) == ("so far", False)
    await client.chat_update(channel="C0TUNING", ts=ts, text="so far and more")
    assert (await streamed(control))["text"] == "so far and more"
