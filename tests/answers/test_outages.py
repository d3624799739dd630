"""The model breaks off, or the bot is killed: one message, and nothing that was said is lost."""

import asyncio

import pytest

from tests.answers.conftest import Reply, Shop, echo, is_whole, written
from tunesmith.handlers.answer import tasks
from tunesmith.storage import answers
from tunesmith.storage import tasks as queued
from tunesmith.storage.answers import Answer

pytestmark = pytest.mark.databases("sqlite")


async def test_a_model_that_breaks_off_is_asked_again_and_the_message_says_so(shop: Shop) -> None:
    held = asyncio.Event()
    shop.model.replies = [
        Reply(["Half of ", "it, ", "lost"], finish=None, held=held),
        Reply(["Half of ", "it, ", "and the rest."]),
    ]
    async with shop.bot():
        thread = await shop.ask("What?")
        [first] = await shop.until(thread, lambda found: found)
        held.set()
        [going_on] = await shop.until(thread, lambda found: "I keep asking" in str(found))
        [message] = await shop.answers(thread)
    assert first["ts"] == going_on["ts"] == message["ts"]
    assert "Half of it, " in written(going_on)
    assert written(message) == "Half of it, and the rest."
    assert len(shop.model.asked) == 2


@pytest.mark.parametrize("status", [429, 503])  # it is still being loaded, or it is down
async def test_a_model_that_does_not_answer_is_said_to_be_asked_again_in_the_same_message(
    shop: Shop, status: int
) -> None:
    shop.model.replies = [Reply([], status=status), Reply([], status=status)]
    async with shop.bot():
        thread = await shop.ask("What?")
        [going_on] = await shop.until(thread, lambda found: found)
        assert f"(HTTP {status})" in str(going_on)
        assert "I keep asking" in str(going_on)
        [message] = await shop.answers(thread)
    assert going_on["ts"] == message["ts"]
    assert written(message) == "".join(echo("What?").pieces)


async def test_a_refusal_after_half_an_answer_keeps_the_half(shop: Shop) -> None:
    shop.model.replies = [
        Reply(["Half of ", "it, ", "lost"], finish=None),
        Reply([], status=400),
    ]
    async with shop.bot():
        thread = await shop.ask("What?")
        [message] = await shop.answers(thread)
    assert written(message).startswith("Half of it, ")
    assert "broke off" in str(message)
    assert "as the test says" in str(message)


async def test_a_model_that_stays_down_is_told_of_once_patience_is_over(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks.answer, "patience", 0.5)
    shop.model.replies = [Reply([], status=503)] * 3
    async with shop.bot():
        thread = await shop.ask("What?")
        [message] = await shop.until(thread, lambda found: "could not answer" in str(found))
    assert "has trouble (HTTP 503)" in str(message)
    assert "I keep asking" not in str(message)


async def test_what_came_of_an_answer_is_kept_once_patience_is_over(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks.answer, "patience", 0.5)
    shop.model.replies = [
        Reply(["Half of ", "it, ", "lost"], finish=None),
        *[Reply([], status=503)] * 3,
    ]
    async with shop.bot():
        thread = await shop.ask("What?")
        [message] = await shop.answers(thread)
    assert written(message).startswith("Half of it, ")
    assert "broke off" in str(message)
    assert "has trouble (HTTP 503)" in str(message)


async def test_a_refusal_is_told_with_its_reason(shop: Shop) -> None:
    shop.model.replies = [Reply([], status=400)]
    async with shop.bot():
        thread = await shop.ask("What?")
        [message] = await shop.until(thread, lambda found: found)
    assert "could not answer" in str(message)
    assert "as the test says" in str(message)


async def test_an_answer_that_is_kept_is_told_after_a_kill_without_asking_again(
    shop: Shop,
) -> None:
    shop.fault("*", "status", times=1_000)
    async with shop.bot():
        thread = await shop.ask("What?")
        kept = await shop.kept()
    assert await shop.said(thread) == []
    shop.workspace.faults.clear()
    async with shop.bot():
        [message] = await shop.answers(thread)
    assert written(message) == kept.text
    assert shop.model.asked == ["What?"]


async def test_killed_as_soon_as_an_answer_is_kept_it_is_told_without_asking(shop: Shop) -> None:
    thread = await shop.ask("What?")
    async with shop.context.services.database.write() as connection:
        claimed = await queued.claim(
            connection, owner="killed", lease=0, kinds=["ask"], places={"ask": 1}
        )
        await answers.keep(connection, Answer(claimed[0].key, "All.", 1.0, "job", "stop"))
    async with shop.bot():
        [message] = await shop.answers(thread)
    assert written(message) == "All."
    assert shop.model.asked == []


async def test_killed_before_the_answer_was_whole_its_message_is_completed(shop: Shop) -> None:
    never = asyncio.Event()
    shop.model.replies = [Reply(["Half of ", "it, ", "lost"], held=never)]
    async with shop.bot():
        thread = await shop.ask("What?")
        [half] = await shop.until(thread, lambda found: found)
    async with shop.bot():
        [message] = await shop.answers(thread)
    assert half["ts"] == message["ts"]
    assert is_whole(message)
    assert len(shop.model.asked) == 2
