"""Jobs that several people, or several replicas, start at the same moment."""

import asyncio
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.datasets.files import chats, look, write
from tests.jobs.conftest import Bench
from tests.support.rows import add_rows
from tunesmith.bot.datasets.costs import Offer
from tunesmith.bot.errors import BudgetError
from tunesmith.bot.jobs import JobRequest, Person, start
from tunesmith.bot.jobs.quote import quote
from tunesmith.bot.jobs.start import AlreadyRunningError
from tunesmith.bot.providers.openai_client import OpenAIClient
from tunesmith.bot.services import Services
from tunesmith.storage import clock, datasets, jobs
from tunesmith.storage.jobs import Job

MODEL = "gpt-4.1-mini-2025-04-14"
LAST_MONTH = 40 * 24 * 3600.0


class Team:
    """A team with a valid file, and a budget of one and a half times what its training costs."""

    def __init__(self, bench: Bench, dataset_id: str, price: Decimal) -> None:
        openai = bench.services.catalogue.providers["openai"]
        client = OpenAIClient("openai", openai, base_url="http://127.0.0.1:9/v1", api_key="k")
        settings = bench.services.settings.model_copy(
            update={"monthly_budget_usd": price * Decimal("1.5")}
        )
        self.services: Services = replace(
            bench.services, settings=settings, providers={"openai": client}
        )
        self.dataset_id = dataset_id
        self.price = price

    async def start(self, request: str, suffix: str | None = None) -> Job | BaseException:
        """A job of that suffix, or why there is none."""
        asked = JobRequest(
            request_id=request,
            dataset_id=self.dataset_id,
            validation_id=None,
            provider="openai",
            base_model=MODEL,
            hyperparameters={},
            suffix=suffix,
            person=Person("U1"),
        )
        return (await asyncio.gather(start(self.services, asked), return_exceptions=True))[0]

    async def start_ten(self) -> list[Job | BaseException]:
        """Ten jobs, each with a suffix of its own."""
        return await asyncio.gather(*(self.start(f"r{n}", f"s{n}") for n in range(10)))

    async def active(self) -> list[Job]:
        """Its jobs that have not ended."""
        async with self.services.database.read() as connection:
            return await jobs.active(connection, provider="openai")


@pytest.fixture
async def team(bench: Bench, tmp_path: Path) -> Team:
    report = look(write(tmp_path / "a.jsonl", chats(20)))
    openai = bench.services.catalogue.providers["openai"]
    entry = openai.model(MODEL)
    assert entry
    offer = Offer("openai", openai, entry)
    price = quote(report, offer, epochs=None, questions=0, today=date(2026, 10, 1)).training_usd
    assert price
    return Team(bench, f"d{await bench.reserve(report)}", price)


def _count(outcomes: list[Job | BaseException], kind: type[object]) -> int:
    return sum(isinstance(outcome, kind) for outcome in outcomes)


async def test_of_ten_jobs_as_many_start_as_the_budget_allows(team: Team) -> None:
    outcomes = await team.start_ten()
    assert (_count(outcomes, Job), _count(outcomes, BudgetError)) == (1, 9), outcomes
    assert len(await team.active()) == 1


async def test_jobs_on_files_of_their_own_share_the_teams_budget(team: Team, bench: Bench) -> None:
    async with bench.services.database.read() as connection:
        first = await datasets.get(connection, team.dataset_id)
    assert first
    others = [replace(first, id=f"o{n}", sha256=f"e{n}" * 32) for n in range(9)]
    for each in others:
        await add_rows(bench.services.database, each)
    teams = [Team(bench, each.id, team.price) for each in (first, *others)]
    outcomes = await asyncio.gather(*(each.start(f"r{n}") for n, each in enumerate(teams)))
    assert (_count(outcomes, Job), _count(outcomes, BudgetError)) == (1, 9), outcomes


async def test_a_start_that_fails_takes_nothing_from_the_budget(team: Team) -> None:
    failed: list[str] = []

    async def fail_once(_: AsyncConnection, job: Job) -> None:
        if not failed:
            failed.append(job.id)
            raise ZeroDivisionError

    team.services.job_events.reserved.subscribe(fail_once)
    outcomes = await team.start_ten()
    assert (_count(outcomes, Job), _count(outcomes, BudgetError)) == (1, 8), outcomes
    [job] = await team.active()
    assert job.id not in failed


async def test_last_months_jobs_take_nothing_from_this_months_budget(team: Team) -> None:
    first = await team.start("r", "s")
    assert isinstance(first, Job)
    async with team.services.database.write() as connection:
        then = await clock.read(connection) - LAST_MONTH
        await jobs.change(connection, first.id, created_at=then)
    outcomes = await team.start_ten()
    assert (_count(outcomes, Job), _count(outcomes, BudgetError)) == (1, 9), outcomes


async def test_a_click_that_arrives_ten_times_at_once_is_one_job(team: Team) -> None:
    outcomes = await asyncio.gather(*(team.start("r") for _ in range(10)))
    assert {job.id for job in outcomes if isinstance(job, Job)} == {
        job.id for job in await team.active()
    }
    assert _count(outcomes, Job) == 10, outcomes


async def test_of_like_jobs_that_are_asked_for_at_once_one_starts(team: Team) -> None:
    outcomes = await asyncio.gather(*(team.start(f"r{number}") for number in range(10)))
    assert (_count(outcomes, Job), _count(outcomes, AlreadyRunningError)) == (1, 9), outcomes
