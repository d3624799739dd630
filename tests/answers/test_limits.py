"""Questions are limited by the hour and by the month's budgets, and who is refused is told when."""

import asyncio
from dataclasses import replace
from decimal import Decimal

import pytest

from tests.answers.conftest import CHANNEL, TEAM, Shop
from tests.support.bot import services_of
from tunesmith.bot.answers import limits
from tunesmith.bot.jobs.budget import Payer
from tunesmith.bot.messages import text_for
from tunesmith.bot.settings import Settings
from tunesmith.storage import answers
from tunesmith.storage.answers import Answer
from tunesmith.storage.database import Database


async def _refused(database: Database, payer: Payer, key: str = "k9", **set_: object) -> str | None:
    settings = Settings.model_validate(set_)
    nowhere = services_of(settings.data_dir, database, "http://127.0.0.1:9/api/")
    services = replace(nowhere, settings=settings)
    said = await limits.take(services, payer, key)
    async with database.write() as connection:
        await limits.give_back(connection, key)
    return text_for("en")(said) if said else None


async def test_who_asked_as_much_as_the_hour_or_the_month_allows_is_told_when_to_ask_again(
    database: Database,
) -> None:
    one, other = Payer("T1", "C1", "U1"), Payer("T1", "C2", "U2")
    said = Answer("k", "Yes.", 1.0, None, "stop", team="T1", channel="C1", asked_by="U1")
    async with database.write() as connection:
        await answers.keep(connection, replace(said, usd=Decimal("0.75")))
        await answers.keep(connection, replace(said, key="k2", usd=None))
    assert await _refused(database, one, person_questions_per_hour=3) is None
    by_person = await _refused(database, one, person_questions_per_hour=2)
    assert by_person is not None
    assert "2 questions an hour" in by_person
    assert "in 60 minutes" in by_person
    assert await _refused(database, other, person_questions_per_hour=2) is None
    by_channel = await _refused(database, one, channel_questions_per_hour=1)
    assert by_channel is not None
    assert "in this channel" in by_channel
    by_budget = await _refused(database, one, monthly_person_budget_usd="0.75")
    assert by_budget is not None
    assert "$0.75" in by_budget
    assert await _refused(database, one, monthly_person_budget_usd="0.76") is None
    assert await _refused(database, other, monthly_person_budget_usd="0.75") is None
    assert await _refused(database, other, monthly_budget_usd="0.75") is not None


@pytest.mark.databases("sqlite")
async def test_a_question_over_the_limit_is_refused_in_the_thread_and_asks_no_model(
    shop: Shop,
) -> None:
    shop.context.services.settings.person_questions_per_hour = 1
    thread = await shop.ask("When do you open?")
    async with shop.bot():
        await shop.answers(thread)
        await shop.ask("And on Sundays?", thread=thread)
        found = await shop.until(thread, lambda said: "questions an hour" in str(said))
    assert shop.model.asked == ["When do you open?"]
    assert len(found) == 2
    assert await limits.take(shop.context.services, Payer(TEAM, CHANNEL, "U0BOB"), "k") is None


async def test_questions_that_wait_for_their_answer_count_however_many_come_at_once(
    database: Database,
) -> None:
    settings = Settings.model_validate({"person_questions_per_hour": 10})
    nowhere = services_of(settings.data_dir, database, "http://127.0.0.1:9/api/")
    services, payer = replace(nowhere, settings=settings), Payer("T1", "C1", "U1")
    turns = [limits.take(services, payer, f"k{number}") for number in range(20)]
    taken = [f"k{number}" for number, said in enumerate(await asyncio.gather(*turns)) if not said]
    assert len(taken) == 10
    assert await limits.take(services, payer, taken[0]) is None  # a second try of the same
    async with database.write() as connection:
        await limits.give_back(connection, taken[0])  # it got no answer
        answer = Answer(taken[1], "Yes.", 1.0, None, "stop", team="T1", asked_by="U1")
        await answers.keep(connection, answer)
        await limits.give_back(connection, taken[1])
    assert await limits.take(services, payer, "k20") is None
    assert await limits.take(services, payer, "k21") is not None
    assert await limits.take(services, Payer("T1", "C1", "U2"), "k22") is None
