"""A team's monthly budget."""

from decimal import Decimal

import pytest

from tunesmith.bot.errors import BudgetError
from tunesmith.bot.jobs.budget import check_budget, left
from tunesmith.bot.settings import Settings
from tunesmith.storage import datasets, jobs
from tunesmith.storage.database import Database
from tunesmith.storage.datasets import Dataset
from tunesmith.storage.jobs import Job, JobStatus

TEAM = "T1"


async def _spend(database: Database, usd: str, status: JobStatus = JobStatus.SUCCEEDED) -> None:
    dataset = Dataset(usd + status, TEAM, "C1", "1.0", "F1", "a.jsonl", "0" * 64, {}, "U1")
    job = Job(
        id=f"job{usd}{status}",
        team=TEAM,
        channel="C1",
        thread="1.0",
        dataset_id=dataset.id,
        provider="openai",
        base_model="m",
        hyperparameters={},
        suffix=None,
        fingerprint=usd + status,
        status=status,
        created_by="U1",
        estimated_usd=Decimal(usd),
    )
    async with database.write() as connection:
        await datasets.add(connection, dataset)
        await jobs.add(connection, job)


async def _check(database: Database, price: str | None, budget: str | None) -> None:
    settings = Settings(monthly_budget_usd=Decimal(budget) if budget else None)
    async with database.read() as connection:
        await check_budget(connection, settings, TEAM, Decimal(price) if price else None)


async def test_a_job_within_the_months_budget_may_start(database: Database) -> None:
    await _spend(database, "6")
    await _check(database, "4", "10")


async def test_a_job_over_the_budget_is_refused_with_what_is_left(database: Database) -> None:
    await _spend(database, "6")
    with pytest.raises(BudgetError, match=r"\$4.00 of this month's \$10.00 are left"):
        await _check(database, "4.01", "10")


async def test_failed_and_cancelled_jobs_do_not_count(database: Database) -> None:
    await _spend(database, "6", JobStatus.FAILED)
    await _spend(database, "7", JobStatus.CANCELLED)
    await _check(database, "10", "10")


async def test_an_unknown_price_passes_only_without_a_budget(database: Database) -> None:
    await _check(database, None, None)
    with pytest.raises(BudgetError, match="not known"):
        await _check(database, None, "10")


async def test_a_job_that_costs_nothing_needs_no_budget(database: Database) -> None:
    await _spend(database, "20")
    await _check(database, "0", "10")


async def test_what_is_left_is_never_less_than_nothing(database: Database) -> None:
    await _spend(database, "6")
    async with database.read() as connection:
        for budget, expected in (("10", Decimal(4)), ("5", Decimal(0))):
            settings = Settings(monthly_budget_usd=Decimal(budget))
            assert await left(connection, settings, TEAM) == expected
        assert await left(connection, Settings(), TEAM) is None
