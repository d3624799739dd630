"""The month's budgets of a team, of each channel and of each person."""

from decimal import Decimal
from typing import Any

from tests.support.rows import add_rows, dataset_row, job_row
from tunesmith.bot.jobs.budget import Payer, bill, budgets_of, left, over_budget
from tunesmith.bot.messages import text_for
from tunesmith.bot.providers.catalogue import load_catalogue
from tunesmith.bot.settings import Settings
from tunesmith.storage import clock, jobs
from tunesmith.storage.database import Database
from tunesmith.storage.jobs import JobStatus

TEAM = "T1"
PAYER = Payer(TEAM, "C1", "U1")
TEN = {"budget_usd": "10"}


async def _spend(
    database: Database, usd: str, status: JobStatus = JobStatus.SUCCEEDED, **values: Any
) -> str:
    """A job that costs about so much; `values` are other columns of it."""
    name = usd + status + "".join(map(str, values.values()))
    dataset = dataset_row(name)
    ended = 1.0 if status.is_final else None
    job = job_row(dataset, name, status=status, estimated_usd=Decimal(usd), finished_at=ended)
    await add_rows(database, dataset, job, **values)
    return name


async def _against(
    database: Database, price: str | None, limits: dict[str, str], payer: Payer = PAYER
) -> str:
    """What stands against a job of that price, or nothing."""
    settings = Settings.model_validate({f"monthly_{name}": usd for name, usd in limits.items()})
    async with database.read() as connection:
        said = await over_budget(
            connection,
            settings,
            payer,
            None if price is None else Decimal(price),
        )
    return text_for("en")(said) if said else ""


async def test_a_job_within_the_months_budget_may_start(database: Database) -> None:
    await _spend(database, "6")
    assert await _against(database, "4", TEN) == ""


async def test_a_job_over_the_budget_is_told_with_what_is_left(database: Database) -> None:
    await _spend(database, "6")
    said = await _against(database, "4.01", TEN)
    assert "$4.01; $4.00 of this month's $10.00 are left" in said


async def test_channels_and_people_have_budgets_of_their_own(database: Database) -> None:
    await _spend(database, "6")
    limits = {"channel_budget_usd": "8", "person_budget_usd": "7"}
    assert "of this channel's $8.00" in await _against(database, "3", limits)
    assert "of the $7.00 that one person" in await _against(database, "1.50", limits)
    assert await _against(database, "1", limits) == ""
    assert await _against(database, "6", limits, Payer(TEAM, "C2", "U2")) == ""
    elsewhere = await _against(database, "6", limits, Payer(TEAM, "C2", "U1"))
    assert "one person" in elsewhere


async def test_an_unknown_price_passes_only_without_a_budget(database: Database) -> None:
    assert await _against(database, None, {}) == ""
    assert "not known" in await _against(database, None, {"person_budget_usd": "10"})


async def test_a_job_that_costs_nothing_needs_no_budget(database: Database) -> None:
    await _spend(database, "20")
    assert await _against(database, "0", TEN) == ""


async def test_what_is_spent_is_the_bill_and_what_is_reserved_the_estimate(
    database: Database,
) -> None:
    await _spend(database, "6", billed_usd=Decimal("5.25"))
    await _spend(database, "3")
    await _spend(database, "4", JobStatus.FAILED)
    await _spend(database, "7", JobStatus.CANCELLED, billed_usd=Decimal("0.5"))
    await _spend(database, "2", JobStatus.RUNNING)
    await _spend(database, "100", JobStatus.AWAITING_APPROVAL)
    settings = Settings(monthly_budget_usd=Decimal(10))
    async with database.read() as connection:
        team, channel, person = await budgets_of(connection, settings, Payer(TEAM, "C1", "U2"))
        remaining = await left(connection, settings, TEAM)
    assert (team.spent, team.reserved, team.left) == (Decimal("8.75"), Decimal(2), Decimal(0))
    assert (channel.spent, channel.reserved, channel.left) == (team.spent, team.reserved, None)
    assert (person.spent, person.reserved, remaining) == (0, 0, 0)


async def test_a_job_that_waited_counts_in_the_month_in_which_it_was_sent(
    database: Database,
) -> None:
    async with database.read() as connection:
        now = await clock.read(connection)
    waited = await _spend(database, "6", JobStatus.RUNNING, created_at=now - 40 * 86_400)
    assert await _against(database, "5", TEN) == ""
    async with database.write() as connection:
        await jobs.change(connection, waited, asked_at=now)
    assert "$4.00 of this month's $10.00" in await _against(database, "5", TEN)


def test_a_bill_is_the_tokens_that_were_trained_on_at_the_catalogues_price() -> None:
    catalogue = load_catalogue()
    model = "gpt-4.1-mini-2025-04-14"
    assert bill(catalogue, "openai", model, 2_000_000) == Decimal(10)
    assert bill(catalogue, "openai", model, 0) == 0
    assert bill(catalogue, "openai", model, None) is None
    assert bill(catalogue, "openai", "another", 5) is None
    assert bill(catalogue, "another", model, 5) is None
