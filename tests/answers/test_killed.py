"""The bot is killed while a comparison is answered and voted on, and while an answer is corrected
and its correction withdrawn: nothing is lost, and nothing is done twice.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.answers.comparisons import (
    QUESTION,
    letter_of,
    message,
    newest,
    press,
    whispered,
)
from tests.answers.conftest import MODEL_NAME, TEAM, Reply, Shop
from tests.answers.evaluations import later_job
from tests.answers.killing import bot_beside, kill
from tests.support.waiting import PATIENCE
from tunesmith.bot.answers.comparison.standing import Standing
from tunesmith.handlers.correction.blocks import CORRECT, WITHDRAW
from tunesmith.storage import audit, corrections

OTHER = "ft:tiny-1m-scratch:other"
LOST_SECONDS = 600.0  # Slack's answer comes after the bot was killed

pytestmark = [pytest.mark.databases("sqlite"), pytest.mark.timeout(400)]


async def test_a_comparison_ends_with_whole_answers_and_counts_a_vote_once(
    shop: Shop, database_url: str, tmp_path: Path
) -> None:
    await later_job(shop, "other", OTHER)
    shop.model.known = {(MODEL_NAME, QUESTION): "At seven.", (OTHER, QUESTION): "At eight."}
    held = Reply(["Half of ", "it."], held=asyncio.Event())
    async with bot_beside(shop, database_url, tmp_path) as world:
        shop.model.replies = [held]
        await shop.person.command(f"/tune compare {MODEL_NAME} {OTHER} {QUESTION}")
        kept = await _standing(shop, lambda found: len(found.answers) == 1)
        await kill(world)
        blind = await message(shop, "is best")
        found = await newest(shop)
        _lose_the_next(shop, "chat.update")
        await press(shop, blind, f"comparison_vote_{letter_of(found, OTHER)}")
        await _lost(shop)
        await kill(world)
        await message(shop, "1 person has voted")
        _lose_the_next(shop, "chat.update")
        await press(shop, blind, "comparison_show")
        await _lost(shop)
        await kill(world)
        told = await message(shop, "Names shown by")
    assert {answer.text for answer in found.answers.values()} == {"At seven.", "At eight."}
    [first] = [found.entries[place].shown for place in kept.answers]
    assert Counter(shop.model.models)[first] == 1
    assert len(shop.model.asked) == 3
    assert "won 1 of 1 vote" in str(told)
    assert len([one for one in await shop.in_channel() if "At seven." in str(one)]) == 1


async def test_a_correction_is_stored_told_and_withdrawn_once(
    shop: Shop, database_url: str, tmp_path: Path
) -> None:
    shop.model.known[MODEL_NAME, QUESTION] = "Never."
    async with bot_beside(shop, database_url, tmp_path) as world:
        await shop.person.command(f"/ask {QUESTION}")
        [answered] = await shop.answers(None)
        form = await shop.person.press(answered, CORRECT)
        _lose_the_next(shop, "chat.postMessage")
        await shop.person.submit(form, {"part_0": "At seven.", "consent": ["yes"]})
        await _lost(shop)
        await kill(world)
        await message(shop, "Corrected by", answered["ts"])
        await shop.person.command("/tune corrections")
        listed = await whispered(shop, WITHDRAW)
        _lose_the_next(shop, "chat.update")
        await press(shop, listed, WITHDRAW)
        await _lost(shop)
        await kill(world)
        await message(shop, "has withdrawn", answered["ts"])
        said = await shop.said(answered["ts"])
    assert len(said) == 1
    async with shop.context.services.database.read() as connection:
        entries = await audit.page(connection, TEAM, most=9)
        assert await corrections.standing(connection, TEAM, shop.person.channel) == []
    assert sorted(entry.action for entry in entries) == ["correct", "withdraw"]


def _lose_the_next(shop: Shop, method: str) -> None:
    """The next call takes effect, and its answer does not come."""
    shop.fault(method, "slow_after", seconds=LOST_SECONDS)


async def _lost(shop: Shop) -> None:
    """Wait until the call was made that loses its answer."""
    async with asyncio.timeout(PATIENCE):
        while shop.workspace.faults.waiting():
            await asyncio.sleep(0.02)


async def _standing(shop: Shop, seen: Callable[[Standing], object]) -> Standing:
    """Wait until the comparison stands so."""
    async with asyncio.timeout(PATIENCE):
        while True:
            found = None
            if shop.model.asked:
                found = await newest(shop)
            if found is not None and seen(found):
                return found
            await asyncio.sleep(0.02)
