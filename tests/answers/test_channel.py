"""Questions asked by command: question and answer are one message, in the channel itself."""

import asyncio
import time

import pytest

from tests.answers.conftest import CHANNEL, Messages, Reply, Shop, echo, is_whole, written
from tests.support.world import key
from tunesmith.handlers.answer import talk
from tunesmith.handlers.answer.question import question_of
from tunesmith.handlers.slack.thread import ThreadRef

pytestmark = pytest.mark.databases("sqlite")


async def test_question_and_answer_are_one_message_of_the_channel_that_pings_nobody(
    shop: Shop,
) -> None:
    held = asyncio.Event()
    shop.model.replies = [Reply(["At seven, ", "every day."], held=held)]
    async with shop.listening():
        await shop.person.command("/ask When do you open?")
        [streaming] = await shop.until(None, lambda found: found)
        assert streaming["streaming"]
        assert "When do you open?" in str(streaming["blocks"][0])
        held.set()
        [message] = await shop.answers(None)
    assert message["ts"] == streaming["ts"]
    assert "Alice Meyer" in str(message["blocks"][0])
    assert written(message) == "At seven, every day."
    assert not message.get("reply_count")
    assert "<@" not in str(message)


async def test_a_stream_in_the_channel_whose_start_got_lost_is_found_and_completed(
    shop: Shop,
) -> None:
    shop.fault("chat.startStream", "drop_after", times=2)
    async with shop.bot():
        await _ask_by_command(shop, "One?", "Two?")
        found = await shop.answers(None, 2)
    assert sorted(map(written, found)) == sorted("".join(echo(q).pieces) for q in ("One?", "Two?"))
    for message in found:
        assert written(message)[:4] in str(message["blocks"][0]), "each under its own question"


async def test_twenty_questions_at_once_leave_the_channel_readable_and_are_all_answered(
    shop: Shop,
) -> None:
    shop.workspace.limits.switch(on=True)
    questions = [f"Question {number:02}" for number in range(20)]
    shop.model.replies = [Reply([f"Answer {number}."]) for number in range(20)]
    async with shop.listening():
        began = time.monotonic()
        for question in questions:
            await shop.person.command(f"/ask {question}")
        seconds = time.monotonic() - began
        async with asyncio.timeout(200):
            while len(await _told(shop)) < 20:
                await asyncio.sleep(0.2)
        found = [message for message in await shop.in_channel() if is_whole(message)]
    # Five at once, and one more each twelve seconds that the typing took.
    assert len(found) <= 5 + int(seconds / 12) + 1
    assert sorted(shop.model.asked) == questions
    assert [call["error"] for call in shop.calls("*") if call["error"] == "ratelimited"] == []


async def _told(shop: Shop) -> Messages:
    """The whole answers of the channel, and of the threads that gather many."""
    roots = await shop.in_channel()
    threads = [m["ts"] for m in roots if key(m).startswith("questions:")]
    said = [*roots, *[m for ts in threads for m in await shop.said(ts)]]
    return [message for message in said if is_whole(message)]


async def _ask_by_command(shop: Shop, *questions: str) -> None:
    async with shop.context.services.database.write() as connection:
        for question in questions:
            ref = ThreadRef(CHANNEL, None, "U0ALICE")
            asked = question_of(ref, "T0LOCAL", time.time(), question=question, typed=True)
            await talk.ask(connection, asked, source=question)
