"""Slack fails while an answer comes: the model is asked once, and its answer stands there whole."""

import asyncio

import pytest

from tests.answers.conftest import Reply, Shop, echo, is_whole, written

pytestmark = pytest.mark.databases("sqlite")


@pytest.mark.databases("sqlite", "postgresql")
async def test_twelve_answers_at_once_are_read_once_each_within_slacks_limits(shop: Shop) -> None:
    shop.workspace.limits.switch(on=True)
    questions = [f"Question {number}" for number in range(12)]
    async with shop.bot():
        thread = await shop.ask(*questions)
        found = await shop.answers(thread, 12)
    assert sorted(shop.model.asked) == sorted(questions)
    assert shop.calls("chat.startStream", "ratelimited") == []
    assert shop.calls("chat.appendStream", "ratelimited") == []
    assert shop.calls("chat.stopStream", "ratelimited") == []
    told = sorted(written(message) for message in found)
    assert told == sorted("".join(echo(question).pieces) for question in questions)
    assert all("knows only its training file" in str(message["blocks"]) for message in found)


async def test_what_a_model_of_bytes_writes_reaches_slack_without_what_nobody_can_see(
    shop: Shop,
) -> None:
    pieces = ["\x00\x1b[31m ", "admin\u202e", "nimda\u2028", "\ud83d \x7f\r", "\n끝 完 \t."]
    shop.model.replies = [Reply(pieces)]
    async with shop.bot():
        thread = await shop.ask("Who \u202eare you?")
        [message] = await shop.answers(thread)
    assert written(message) == "��[31m admin�nimda\n� �\r\n끝 完 \t."


@pytest.mark.parametrize("method", ["chat.startStream", "chat.appendStream", "chat.stopStream"])
async def test_calls_that_fail_cost_no_answer_and_make_no_second_message(
    shop: Shop, method: str
) -> None:
    for kind in ("drop", "drop_after", "odd", "status", "rate_limited"):
        shop.fault(method, kind)
    shop.fault(method, "error", error="channel_type_not_supported")
    questions = [f"Question {number}" for number in range(6)]
    async with shop.bot():
        thread = await shop.ask(*questions)
        found = await shop.answers(thread, 6)
    told = sorted(written(message) for message in found)
    assert told == sorted("".join(echo(question).pieces) for question in questions)
    assert sorted(shop.model.asked) == questions
    assert not shop.workspace.faults.waiting()


async def test_an_outage_of_slack_in_the_middle_ends_in_the_whole_answer(shop: Shop) -> None:
    held = asyncio.Event()
    shop.model.replies = [Reply(["The first half, ", "and the second."], held=held)]
    async with shop.bot():
        thread = await shop.ask("What?")
        await shop.until(thread, lambda found: found)
        shop.fault("*", "status", times=1_000)
        held.set()
        await shop.kept()
        await asyncio.sleep(1)
        shop.workspace.faults.clear()
        [message] = await shop.answers(thread)
    assert written(message) == "The first half, and the second."
    assert shop.model.asked == ["What?"]


async def test_a_stream_that_slack_closes_early_is_completed_by_an_edit(shop: Shop) -> None:
    held = asyncio.Event()
    shop.model.replies = [Reply(["The first half, ", "and the second."], held=held)]
    async with shop.bot():
        thread = await shop.ask("What?")
        await shop.until(thread, lambda found: found)
        shop.fault("chat.stopStream", "stream_closed")
        held.set()
        [message] = await shop.answers(thread)
    assert written(message) == "The first half, and the second."


async def test_what_a_message_cannot_hold_is_attached_and_said(shop: Shop) -> None:
    said = "".join(f"<{number:05}>" for number in range(2_000))
    shop.model.replies = [Reply([said[:7_000], said[7_000:]], finish="length")]
    async with shop.bot():
        thread = await shop.ask("What?")
        found = await shop.until(
            thread, lambda found: [m for m in found if m.get("files")] and is_whole(found[0])
        )
    assert len(found) == 2
    assert written(found[0]).startswith("&lt;00000&gt;&lt;00001&gt;")
    assert len(written(found[0])) <= 12_000
    [file] = found[1]["files"]
    assert f"`{file['name']}`" in str(found[0]["blocks"])
    assert "it reached its limit of tokens" in str(found[0]["blocks"])
    assert shop.workspace.files.path(file["id"]).read_text() == said


@pytest.mark.parametrize(
    "refusal",
    ["channel_type_not_supported", "unknown_method", "missing_scope", "invalid_arguments"],
)
async def test_where_streaming_is_refused_the_answer_is_posted_and_edited_as_it_comes(
    shop: Shop, refusal: str
) -> None:
    held = asyncio.Event()
    shop.model.replies = [Reply(["The first half, ", "and the second."], held=held)]
    shop.fault("chat.startStream", "error", error=refusal)
    async with shop.bot():
        thread = await shop.ask("What?")
        [first] = await shop.until(thread, lambda found: found)
        assert written(first) == "The first half, "
        held.set()
        [message] = await shop.answers(thread)
    assert message["ts"] == first["ts"]
    assert written(message) == "The first half, and the second."
    assert refusal not in str(message)


@pytest.mark.parametrize("refusal", ["edit_window_closed", "cant_update_message"])
async def test_an_answer_whose_message_may_not_be_edited_is_posted_anew(
    shop: Shop, refusal: str
) -> None:
    held = asyncio.Event()
    shop.model.replies = [Reply(["The first half, ", "and the second."], held=held)]
    shop.fault("chat.stopStream", "stream_closed")
    shop.fault("chat.update", "error", error=refusal)
    async with shop.bot():
        thread = await shop.ask("What?")
        await shop.until(thread, lambda found: found)
        held.set()
        found = await shop.until(thread, lambda found: len(found) == 2 and is_whole(found[1]))
    assert written(found[1]) == "The first half, and the second."


async def test_an_answer_whose_blocks_a_workspace_does_not_know_is_told_as_text(shop: Shop) -> None:
    shop.model.replies = [Reply(["At seven."])]
    shop.fault("chat.startStream", "error", error="unknown_method")
    shop.fault("chat.postMessage", "error", error="invalid_blocks", times=1)
    async with shop.bot():
        thread = await shop.ask("When?")
        [message] = await shop.until(
            thread, lambda found: found and "At seven." in found[0]["text"]
        )
    assert message["text"].startswith("At seven.")
