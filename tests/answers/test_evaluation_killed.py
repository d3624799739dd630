"""A bot that is killed in the middle of an evaluation goes on where it was."""

import asyncio
from collections import Counter
from pathlib import Path

import pytest

from tests.answers.conftest import ALICE, Reply, Shop
from tests.answers.evaluations import asked_with, knows, newest, set_aside, until
from tests.answers.killing import bot_beside
from tests.support.waiting import PATIENCE
from tunesmith.bot.answers.evaluation.asking import AT_ONCE
from tunesmith.bot.answers.evaluation.start import agree
from tunesmith.bot.jobs.permissions import Person
from tunesmith.handlers.evaluation.card import OfEvaluation
from tunesmith.handlers.evaluation.commands import evaluate as ask_for
from tunesmith.handlers.evaluation.tasks import evaluate
from tunesmith.storage import evaluations
from tunesmith.storage.evaluation_values import EvaluationStatus

ROWS = 24


@pytest.mark.databases("sqlite")
@pytest.mark.timeout(240)
async def test_no_row_is_asked_again_whose_answer_was_kept_when_the_bot_was_killed(
    shop: Shop, database_url: str, tmp_path: Path
) -> None:
    held = await set_aside(shop, ROWS)
    knows(shop, held, right=ROWS)
    async with shop.bot():
        await ask_for(asked_with(shop))
        offered = await until(shop, EvaluationStatus.OFFERED)
    await _begin(shop, offered.id)
    # Slow enough to be killed in the middle.
    shop.model.replies = [Reply(["refund"], pause=0.15) for _ in range(ROWS + AT_ONCE)]
    async with bot_beside(shop, database_url, tmp_path) as world:
        await _asked(shop, ROWS // 2)
        await world.kill("bot")
        async with shop.context.services.database.read() as connection:
            kept = await evaluations.answered(connection, offered.id)
        await world.spawn_bot()
        done = await until(shop, EvaluationStatus.SUCCEEDED)
    times = Counter(shop.model.asked)
    assert done.rows == ROWS
    assert 0 < len(kept) < ROWS
    assert {times[held[number - 1]] for number, _ in kept} == {1}
    assert ROWS <= len(shop.model.asked) <= ROWS + AT_ONCE
    assert (await newest(shop)).summary is not None


async def _begin(shop: Shop, evaluation_id: str) -> None:
    async with shop.context.services.database.write() as connection:
        await agree(shop.context.services, connection, evaluation_id, Person(ALICE))
        await evaluate.add(connection, OfEvaluation(evaluation_id=evaluation_id), of=evaluation_id)


async def _asked(shop: Shop, count: int) -> None:
    async with asyncio.timeout(PATIENCE):
        while len(shop.model.asked) < count:
            await asyncio.sleep(0.02)
