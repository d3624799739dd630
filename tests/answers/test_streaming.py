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
        found = await shop.answers(thread, 12, seconds=90)
    assert sorted(shop.model.asked) == sorted(questions)
    assert shop.calls("chat.startStream", "ratelimited") == []
    assert shop.calls("chat.appendStream", "ratelimited") == []
    assert shop.calls("chat.stopStream", "ratelimited") == []
    told = sorted(written(message) for message in found)
    assert told == sorted("".join(echo(question).pieces) for question in questions)


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
    assert "it reached 1,000 tokens" in str(found[0]["blocks"])
    assert shop.workspace.files.path(file["id"]).read_text() == said
