"""The direct messages with the bot: what to ask stands there, from the data of the newest model."""

import asyncio
from typing import Any

import pytest

from tests.answers.conftest import ALICE, CHANNEL, Reply, Shop, written
from tests.support.waiting import PATIENCE

pytestmark = pytest.mark.databases("sqlite")


async def test_who_opens_the_direct_messages_is_offered_questions_of_the_data_set(
    shop: Shop,
) -> None:
    async with shop.listening():
        await _open(shop)
        async with asyncio.timeout(PATIENCE):
            while not (suggested := await _suggested(shop)):
                await asyncio.sleep(0.05)
    [prompt] = suggested["prompts"]
    assert prompt == {"title": "When do you open?", "message": "When do you open?"}


async def test_an_app_without_an_agent_view_is_used_as_before(shop: Shop) -> None:
    shop.fault("assistant.threads.setSuggestedPrompts", "error", error="missing_scope")
    async with shop.listening():
        await _open(shop)
        async with asyncio.timeout(PATIENCE):
            while not shop.calls("assistant.threads.setSuggestedPrompts", "missing_scope"):
                await asyncio.sleep(0.05)
    assert await _suggested(shop) is None


async def test_the_thread_says_which_model_is_asked_until_the_answer_stands_there(
    shop: Shop,
) -> None:
    held = asyncio.Event()
    shop.model.replies = [Reply(["At seven."], held=held)]
    async with shop.bot():
        thread = await shop.ask("When do you open?")
        async with asyncio.timeout(PATIENCE):
            while not (said := (await _state(shop, CHANNEL))["statuses"]):
                await asyncio.sleep(0.05)
        assert said == {thread: "is asking ft:tiny-1m-scratch:shop…"}
        held.set()
        await shop.answers(thread)
    assert (await _state(shop, CHANNEL))["statuses"] == {}


async def test_a_workspace_without_such_words_gets_its_answer(shop: Shop) -> None:
    held = asyncio.Event()
    shop.model.replies = [Reply(["At seven."], held=held)]
    shop.fault("assistant.threads.setStatus", "error", error="missing_scope")
    async with shop.bot():
        thread = await shop.ask("When do you open?")
        async with asyncio.timeout(PATIENCE):
            while not shop.calls("assistant.threads.setStatus", "missing_scope"):
                await asyncio.sleep(0.05)
        held.set()
        [message] = await shop.answers(thread)
    assert written(message) == "At seven."


async def _open(shop: Shop) -> None:
    body = {"user": ALICE, "tab": "messages"}
    async with shop.person.session.post(f"{shop.person.url}/control/home", json=body) as response:
        assert (await response.json())["ok"]


async def _suggested(shop: Shop) -> dict[str, Any] | None:
    return (await _state(shop, f"D{ALICE[1:]}"))["suggested"]


async def _state(shop: Shop, channel: str) -> dict[str, Any]:
    async with shop.person.session.get(f"{shop.person.url}/control/state") as response:
        channels = (await response.json())["channels"]
    [found] = [one for one in channels if one["id"] == channel]
    return found
