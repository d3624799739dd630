"""A tuned model is measured on rows that were set aside, beside its base model."""

from collections import Counter
from decimal import Decimal

import pytest

from tests.answers.conftest import ALICE, MODEL_NAME, Reply, Shop
from tests.answers.evaluations import (
    BASE,
    asked_with,
    base_answers,
    card,
    knows,
    later_job,
    newest,
    press,
    result,
    set_aside,
    the_job,
    until,
)
from tunesmith.bot.answers.evaluation.asking import AT_ONCE
from tunesmith.bot.answers.evaluation.start import agree
from tunesmith.bot.errors import BudgetError, NotAllowedError
from tunesmith.bot.jobs.end import end_job
from tunesmith.bot.jobs.permissions import Person
from tunesmith.handlers.evaluation.commands import evaluate, replay
from tunesmith.handlers.evaluation.listeners import subscribe
from tunesmith.handlers.evaluation.model_card import model as model_card
from tunesmith.storage import evaluations, jobs
from tunesmith.storage.evaluation_values import EvaluationKind, EvaluationStatus
from tunesmith.storage.jobs import JobStatus

ENDED = (EvaluationStatus.SUCCEEDED, EvaluationStatus.FAILED, EvaluationStatus.CANCELLED)


async def test_a_model_is_measured_beside_its_base_once_somebody_agrees_to_the_price(
    shop: Shop,
) -> None:
    held = await set_aside(shop)
    base_answers(shop)
    knows(shop, held, right=12)
    knows(shop, held, right=2, model_name=BASE)
    shop.model.replies = [Reply([], status=503), Reply([], status=503)]
    async with shop.listening():
        await evaluate(asked_with(shop))
        offer = await card(shop, "evaluation_start")
        assert shop.model.asked == []
        await press(shop, offer, "evaluation_start")
        told = await card(shop, "Accuracy")
    found = result(await newest(shop))
    assert [column.label for column in found.columns] == ["tuned", "base", "few_shot"]
    assert found.tuned.summary is not None
    assert found.tuned.summary.accuracy is not None
    assert found.tuned.summary.accuracy.value == 1
    assert len(shop.model.asked) == 3 * len(held) + 2, "two were refused for a moment"
    better = "Better than the base model (tiny-1m-scratch) by *83.3 percentage points*"
    assert better in str(told)


@pytest.mark.databases("sqlite")
async def test_where_tuning_does_not_clearly_win_the_report_says_so(shop: Shop) -> None:
    held = await set_aside(shop)
    base_answers(shop)
    knows(shop, held, right=7)
    knows(shop, held, right=6, model_name=BASE)
    async with shop.listening():
        await evaluate(asked_with(shop))
        await press(shop, await card(shop, "evaluation_start"), "evaluation_start")
        told = await card(shop, "Accuracy")
    assert "tuning does not clearly win" in str(told)
    interval = "(95% interval 32%\u2060–\u206081%)"
    assert interval in told["blocks"][0]["text"]["text"], "as exact as in the table"


@pytest.mark.databases("sqlite")
async def test_free_text_is_measured_in_points_of_chrf_not_in_percentages(shop: Shop) -> None:
    def answer(number: int) -> str:
        return f"We have sent letter {number} back to you on day {number} of this month."

    held = await set_aside(shop, answer=answer)
    base_answers(shop)
    for number, question in enumerate(held):
        shop.model.known[MODEL_NAME, question] = answer(number)
        shop.model.known[BASE, question] = "I do not know."
    async with shop.listening():
        await evaluate(asked_with(shop))
        await press(shop, await card(shop, "evaluation_start"), "evaluation_start")
        told = await card(shop, "slack_file")
    [picture] = [block for block in told["blocks"] if block["type"] == "image"]
    assert picture["alt_text"].startswith("Bars: how alike the answers of")
    assert "*100.0* of 100" in str(told)
    assert " chrF points* (" in str(told)
    assert "percentage points" not in str(told)
    assert "Free text has no right and wrong" in str(told)
    assert "generated databases" not in str(told), "nothing was called right"


@pytest.mark.databases("sqlite")
async def test_a_cancelled_evaluation_asks_nothing_more_and_keeps_what_it_has(shop: Shop) -> None:
    held = await set_aside(shop)
    knows(shop, held, right=12)
    shop.model.replies = [Reply(["refund"], pause=0.5) for _ in range(AT_ONCE)]
    async with shop.listening():
        await evaluate(asked_with(shop))
        await press(shop, await card(shop, "evaluation_start"), "evaluation_start")
        await press(shop, await card(shop, "evaluation_cancel"), "evaluation_cancel")
        await card(shop, "was stopped by")
    found = await newest(shop)
    assert found.status is EvaluationStatus.CANCELLED
    async with shop.context.services.database.read() as connection:
        kept = await evaluations.answers_of(connection, found.id)
    assert len(kept) <= len(shop.model.asked) <= AT_ONCE


@pytest.mark.databases("sqlite")
async def test_nobody_starts_an_evaluation_who_may_not_or_over_a_budget(shop: Shop) -> None:
    await set_aside(shop)
    services = shop.context.services
    async with shop.bot():
        await evaluate(asked_with(shop))
        offered = await until(shop, EvaluationStatus.OFFERED)
    async with services.database.write() as connection:
        guest = Person("U0GUEST", is_guest=True)
        with pytest.raises(NotAllowedError):
            await agree(services, connection, offered.id, guest)
        dear = [{**row, "usd": "5"} for row in offered.contestants]
        await evaluations.change(connection, offered.id, contestants=dear)
        services.settings.monthly_budget_usd = Decimal(4)
        with pytest.raises(BudgetError):
            await agree(services, connection, offered.id, Person(ALICE))
    assert (await newest(shop)).status is EvaluationStatus.OFFERED
    assert shop.model.asked == []


@pytest.mark.databases("sqlite")
async def test_golden_answers_of_a_new_model_measure_the_one_that_is_moved(shop: Shop) -> None:
    held = await set_aside(shop)
    knows(shop, held, right=12)
    knows(shop, held, right=3, model_name="ft:moved")
    subscribe(shop.context)
    services = shop.context.services
    async with shop.bot():
        async with services.database.write() as connection:
            await jobs.change(connection, "job", status=JobStatus.RUNNING, finished_at=None)
            await end_job(services, connection, "job", JobStatus.SUCCEEDED)
        golden = await until(shop, *ENDED)
        assert golden.kind is EvaluationKind.GOLDEN
        assert sorted(shop.model.asked) == sorted(held)
        moved = await later_job(shop, "moved", "ft:moved", moved_from="job")
        async with services.database.write() as connection:
            await end_job(services, connection, moved.id, JobStatus.SUCCEEDED)
        told = await card(shop, "recorded answers of")
    replayed = result(await newest(shop))
    assert [column.label for column in replayed.columns] == ["tuned", "golden"]
    assert len(replayed.lost) == 9
    assert Counter(shop.model.asked) == dict.fromkeys(held, 2)
    assert "Worse than the recorded answers" in str(told)
    _, blocks = await model_card(asked_with(shop, "moved"))
    assert "Moved here from" in str(blocks)
    assert "Replayed" in str(blocks)


@pytest.mark.databases("sqlite")
async def test_golden_answers_above_the_setting_are_not_asked_for(shop: Shop) -> None:
    await set_aside(shop)
    base_answers(shop)
    services = shop.context.services
    local = services.catalogue.providers["local"]
    dear = local.models[0].model_copy(update={"input_usd": 900})
    object.__setattr__(local, "models", (dear,))
    subscribe(shop.context)
    async with shop.bot():
        async with services.database.write() as connection:
            await jobs.change(connection, "job", status=JobStatus.RUNNING, finished_at=None)
            await end_job(services, connection, "job", JobStatus.SUCCEEDED)
        golden = await until(shop, *ENDED)
    assert golden.status is EvaluationStatus.CANCELLED
    assert "golden_too_dear" in (golden.error or "")
    assert shop.model.asked == []


async def test_a_replay_asks_the_rows_of_the_recorded_answers(shop: Shop) -> None:
    held = await set_aside(shop)
    knows(shop, held, right=12)
    async with shop.listening():
        await evaluate(asked_with(shop))
        await press(shop, await card(shop, "evaluation_start"), "evaluation_start")
        await until(shop, EvaluationStatus.SUCCEEDED)
        await later_job(shop, "later", "ft:later")
        knows(shop, held, right=12, model_name="ft:later")
        shop.model.bodies.clear()
        await replay(asked_with(shop, "later"))
        await until(shop, EvaluationStatus.OFFERED)
        await press(shop, await card(shop, "whose answers by"), "evaluation_start")
        await until(shop, EvaluationStatus.SUCCEEDED)
    assert sorted(shop.model.asked) == sorted(held)
    assert result(await newest(shop)).same == len(held)
    assert MODEL_NAME in str((await the_job(shop)).fine_tuned_model)
