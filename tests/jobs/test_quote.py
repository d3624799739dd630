"""The quote: what a job and its model cost; what is unknown stays so."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.datasets.files import chats, look, write
from tests.jobs.conftest import Bench
from tunesmith.bot.datasets import Report
from tunesmith.bot.datasets.costs import Offer
from tunesmith.bot.jobs.quote import Quote, quote
from tunesmith.bot.providers.catalogue import BaseModelEntry, load_catalogue
from tunesmith.storage import answers, jobs, tuned
from tunesmith.storage.answers import Answer
from tunesmith.storage.jobs import JobStatus
from tunesmith.storage.tuned import Tuned

MINI = "gpt-4.1-mini-2025-04-14"
TODAY = date(2026, 11, 20)


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    path = write(tmp_path_factory.mktemp("quote") / "a.jsonl", chats(40))
    return look(path, provider="openai")


def _offer(provider: dict[str, Any] | None = None, **entry: Any) -> Offer:
    """OpenAI's 4.1-mini, but for what is named."""
    openai = load_catalogue().providers["openai"]
    model = openai.model(MINI)
    assert isinstance(model, BaseModelEntry)
    return Offer("openai", openai.model_copy(update=provider or {}), model.model_copy(update=entry))


def _quote(report: Report, offer: Offer, epochs: int | None = None, questions: int = 0) -> Quote:
    return quote(report, offer, epochs=epochs, questions=questions, today=TODAY)


def test_training_is_tokens_times_epochs_times_price(report: Report) -> None:
    asked = _quote(report, _offer(), epochs=4)
    assert asked.training_usd == Decimal(5) * report.tokens.total * 4 / 1_000_000
    assert asked.epoch_usd == Decimal(5) * report.tokens.total / 1_000_000
    assert asked.left is not None
    assert (asked.left.days, asked.as_of) == (55, date(2026, 11, 20))


def test_without_a_number_of_epochs_the_providers_rule_counts(report: Report) -> None:
    assert _quote(report, _offer()).epochs == 3


def test_where_only_the_provider_knows_the_epochs_the_whole_price_is_unknown(
    report: Report,
) -> None:
    asked = _quote(report, _offer({"default_epochs": "auto"}))
    assert (asked.epochs, asked.training_usd) == (None, None)
    assert asked.epoch_usd == Decimal(5) * report.tokens.total / 1_000_000


def test_unknown_prices_and_tokens_stay_unknown(report: Report) -> None:
    assert _quote(report, _offer(train_usd=None), epochs=2).training_usd is None
    other = _quote(report, _offer(encoding="cl100k_base"), epochs=2)
    assert (other.tokens, other.training_usd, other.answers_usd) == (None, None, None)


def test_what_costs_nothing_costs_nothing_whatever_is_unknown(report: Report) -> None:
    free = _offer({"default_epochs": "auto"}, train_usd=Decimal(0), encoding="cl100k_base")
    assert _quote(report, free).training_usd == 0


def test_a_free_allowance_is_taken_off_the_whole_job(report: Report) -> None:
    total = report.tokens.total
    asked = _quote(report, _offer(free_train_tokens=total + 10), epochs=2)
    assert asked.training_usd == Decimal(5) * (total - 10) / 1_000_000
    assert _quote(report, _offer(free_train_tokens=total * 9), epochs=2).training_usd == 0


def test_examples_are_cut_at_the_training_context_where_the_cut_is_known(report: Report) -> None:
    longest = report.tokens.per_example.max
    assert _quote(report, _offer(train_context=longest)).tokens == report.tokens.total
    cut = _offer(train_context=longest - 1)
    costs = [cost.model_copy(update={"lost_tokens": 7}) for cost in report.costs]
    known = report.model_copy(update={"costs": costs})
    assert _quote(known, cut).tokens == report.tokens.total - 7
    assert _quote(report.model_copy(update={"costs": []}), cut).tokens is None


def test_answers_cost_what_the_channel_asks_at_the_files_own_lengths(report: Report) -> None:
    asked = _quote(report, _offer(), questions=300)
    answer = Decimal(str(report.tokens.assistant_per_example.mean))
    question = Decimal(report.tokens.total) / report.examples - answer
    one = (question * Decimal("0.80") + answer * Decimal("3.20")) / 1_000_000
    assert asked.answers_month_usd == pytest.approx(one * 300)
    assert (asked.question_tokens, asked.answer_tokens) == (round(question), round(answer))


def test_hosting_by_the_hour_counts_for_as_long_as_the_model_lives(report: Report) -> None:
    hosted = {"deploy_required": True, "hosting_usd_per_hour": Decimal("1.70")}
    asked = _quote(report, _offer(hosted), epochs=3, questions=30)
    assert asked.hosting_month_usd == Decimal("1224")
    assert asked.training_usd is not None
    assert asked.answers_month_usd is not None
    months = Decimal(55) / 30
    expected = asked.training_usd + (Decimal("1224") + asked.answers_month_usd) * months
    assert asked.life_usd == pytest.approx(expected)
    unknown = _quote(report, _offer({"deploy_required": True}), epochs=3)
    assert (unknown.hosting_month_usd, unknown.life_usd) == (None, None)


def test_without_a_known_end_there_is_no_price_of_a_whole_life(report: Report) -> None:
    asked = _quote(report, _offer(shutdown_date=None), epochs=3)
    assert (asked.left, asked.life_usd) == (None, None)
    assert asked.hosting_month_usd == 0


async def test_only_the_last_months_answers_of_the_channel_are_counted(bench: Bench) -> None:
    here, elsewhere = await bench.reserve(), await bench.reserve(channel="C2")
    async with bench.services.database.write() as connection:
        for number, job_id in enumerate((here, here, elsewhere)):
            await answers.keep(connection, Answer(f"q{number}", "Yes.", 1.0, job_id, "stop"))
    async with bench.services.database.read() as connection:
        assert await answers.asked_in(connection, "T1", "C1", 30) == 2
        assert await answers.asked_in(connection, "T1", "C1", -1) == 0
        assert await answers.asked_in(connection, "T2", "C1", 30) == 0


async def test_training_goes_on_from_what_the_channel_has_and_nobody_deleted(
    bench: Bench,
) -> None:
    ended: dict[str, Any] = {"status": JobStatus.SUCCEEDED, "finished_at": 5.0}
    first = await bench.reserve(**ended, fine_tuned_model="ft:a")
    await bench.reserve(**ended, fine_tuned_model="ft:b", deleted_at=6.0)
    await bench.reserve(**ended, fine_tuned_model="ft:c", channel="C2")
    await bench.reserve(**ended, fine_tuned_model="ft:d", base_model="other")
    await bench.reserve(fine_tuned_model="ft:e")
    found = await _tuned(bench)
    assert [(one.model, one.job_id, one.file) for one in found] == [("ft:a", first, "a.jsonl")]
    async with bench.services.database.write() as connection:
        await jobs.change(connection, first, deleted_at=7.0)
    assert await _tuned(bench) == []


async def _tuned(bench: Bench) -> list[Tuned]:
    async with bench.services.database.read() as connection:
        return await tuned.on(
            connection, team="T1", channel="C1", provider="local", base_model="tiny-1m-scratch"
        )
