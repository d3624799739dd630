"""A job that is over a budget waits until somebody else approves it."""

import asyncio
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.datasets.files import chats, look, write
from tests.jobs.conftest import Bench
from tests.support.queues import running
from tests.support.waiting import PATIENCE
from tunesmith.bot.errors import BudgetError, JobError, NotAllowedError
from tunesmith.bot.jobs import JobRequest, Person, approve, decline, request_cancel, start
from tunesmith.bot.jobs.approval import waiting_for
from tunesmith.bot.jobs.end import end_job
from tunesmith.bot.messages import from_stored, text_for
from tunesmith.bot.queue import Queue
from tunesmith.bot.services import Services
from tunesmith.bot.settings import PermissionSettings
from tunesmith.storage import audit, jobs
from tunesmith.storage.jobs import Job, JobStatus
from tunesmith.storage.tables import tasks

ASKER, LEAD, SECOND = Person("U1"), Person("U2", frozenset({"S0LEADS"})), Person("U3")
GUEST = Person("U3", is_guest=True)
MODEL = "tiny-1m-scratch"


def _with(services: Services, approvers: str) -> Services:
    """The services of a team whose training costs more than its budget of a dollar."""
    local = services.catalogue.providers["local"]
    priced = [
        entry.model_copy(update={"train_usd": Decimal(10_000)}) if entry.name == MODEL else entry
        for entry in local.models
    ]
    providers = {
        **services.catalogue.providers,
        "local": local.model_copy(update={"models": priced}),
    }
    update = {
        "monthly_budget_usd": Decimal(1),
        "permissions": PermissionSettings(approve=approvers),
    }
    return replace(
        services,
        catalogue=services.catalogue.model_copy(update={"providers": providers}),
        settings=services.settings.model_copy(update=update),
    )


async def _start(bench: Bench, services: Services, tmp_path: Path, by: Person = ASKER) -> Job:
    path = write(tmp_path / "a.jsonl", chats(20))
    dataset = await bench.reserve(look(path, provider="local"), status=JobStatus.FAILED)
    return await start(
        services,
        JobRequest(
            request_id=dataset,
            dataset_id=f"d{dataset}",
            validation_id=None,
            provider="local",
            base_model=MODEL,
            hyperparameters={"n_epochs": 1},
            suffix=None,
            person=by,
        ),
    )


async def _launches(services: Services) -> int:
    async with services.database.read() as connection:
        found = await connection.execute(select(tasks.c.key).where(tasks.c.kind == "launch"))
        return len(found.all())


async def _log(services: Services) -> list[tuple[str, str | None]]:
    async with services.database.read() as connection:
        return [(entry.action, entry.person) for entry in await audit.page(connection, "T1")]


@pytest.fixture
def services(bench: Bench) -> Services:
    """Those of a team whose leads, and U1 and U3, approve."""
    return _with(bench.services, "S0LEADS,U1,U3")


async def test_a_job_over_the_budget_waits_and_reserves_nothing(
    bench: Bench, services: Services, tmp_path: Path
) -> None:
    job = await _start(bench, services, tmp_path)
    assert job.status is JobStatus.AWAITING_APPROVAL
    assert "$1.00 of this month's $1.00 are left" in text_for("en")(from_stored(job.error or ""))
    assert await _launches(services) == 0
    async with services.database.read() as connection:
        assert await jobs.spending(connection, 0, team="T1") == (0, 0)
        waiting = [
            [one.id for one in await waiting_for(connection, services.settings, person, "T1")]
            for person in (LEAD, SECOND, ASKER, GUEST, Person("U9"))
        ]
    assert waiting == [[job.id], [job.id], [], [], []]


async def test_where_nobody_else_could_approve_it_is_refused(bench: Bench, tmp_path: Path) -> None:
    for nobody in ("", ASKER.id):
        with pytest.raises(BudgetError, match="Choose fewer epochs"):
            await _start(bench, _with(bench.services, nobody), tmp_path)


async def test_only_another_approver_decides(
    bench: Bench, services: Services, tmp_path: Path
) -> None:
    job = await _start(bench, services, tmp_path)
    for person, said in (
        (ASKER, "Nobody approves their own"),
        (Person("U9"), "may not approve"),
        (GUEST, "Guests"),
        (Person("U2", frozenset({"S0LEADS"}), is_outsider=True), "other organisations"),
    ):
        for decide in (approve, decline):
            with pytest.raises(NotAllowedError, match=said):
                await decide(services, job.id, person)
    with pytest.raises(JobError, match="not known"):
        await approve(services, "another", LEAD)
    assert (await bench.job(job.id)).status is JobStatus.AWAITING_APPROVAL
    assert await _launches(services) == 0


async def test_two_approvers_at_once_launch_one_job_that_is_logged_as_over_budget(
    bench: Bench, services: Services, tmp_path: Path
) -> None:
    job = await _start(bench, services, tmp_path)
    decisions = [approve(services, job.id, person) for person in (LEAD, SECOND) for _ in range(4)]
    outcomes = await asyncio.gather(*decisions, return_exceptions=True)
    assert outcomes.count(None) == 1
    assert all("no longer waits" in str(error) for error in outcomes if error)
    assert await _launches(services) == 1
    approved = await bench.job(job.id)
    assert (approved.status, approved.error) == (JobStatus.RESERVED, None)
    async with services.database.read() as connection:
        last, first = await audit.page(connection, "T1", subject=job.id)
        assert await jobs.spending(connection, 0, team="T1") == (0, approved.estimated_usd)
    assert (first.action, first.person) == ("ask_approval", "U1")
    assert (last.action, last.person) == ("approve", approved.approved_by)
    assert last.details["over"] == "budget.over_team"
    assert last.details["usd"] == f"{approved.estimated_usd}"


async def test_after_a_restart_it_still_waits_and_is_launched_once_approved(
    bench: Bench, services: Services, tmp_path: Path
) -> None:
    job = await _start(bench, services, tmp_path)
    again = replace(services, queue=Queue(services.database))  # the one before never ran
    await approve(again, job.id, LEAD)
    async with running(bench.services.queue):
        await bench.until(lambda: bench.provider.jobs)
        provider_job = next(iter(bench.provider.jobs.values()))
        provider_job |= {
            "status": "succeeded",
            "trained_tokens": 1_000_000,
            "fine_tuned_model": "m",
        }
        async with asyncio.timeout(PATIENCE):
            while not (await bench.job(job.id)).finished_at:
                await asyncio.sleep(0.02)
    assert len(bench.provider.created) == 1


async def test_the_asker_takes_a_waiting_job_back(
    bench: Bench, services: Services, tmp_path: Path
) -> None:
    job = await _start(bench, services, tmp_path)
    with pytest.raises(NotAllowedError):
        await request_cancel(services, job.id, Person("U9"))
    await request_cancel(services, job.id, ASKER)
    ended = await bench.job(job.id)
    assert (ended.status, ended.cancelled_by) == (JobStatus.CANCELLED, "U1")
    with pytest.raises(JobError, match="no longer waits"):
        await approve(services, job.id, LEAD)
    async with running(bench.services.queue):
        await asyncio.sleep(0.3)
    assert await _launches(services) == 0
    assert bench.provider.created == []


async def test_a_declined_job_ends_and_says_by_whom(
    bench: Bench, services: Services, tmp_path: Path
) -> None:
    job = await _start(bench, services, tmp_path)
    await decline(services, job.id, LEAD)
    ended = await bench.job(job.id)
    assert ended.status is JobStatus.CANCELLED
    assert "Declined by <@U2>" in text_for("en")(from_stored(ended.error or ""))
    assert await _log(services) == [("cancelled", None), ("decline", "U2"), ("ask_approval", "U1")]
    assert (await _start(bench, services, tmp_path)).status is JobStatus.AWAITING_APPROVAL


async def test_a_job_that_ends_is_billed_by_its_tokens(bench: Bench, services: Services) -> None:
    job_id = await bench.reserve(estimated_usd=Decimal(30))
    async with services.database.write() as connection:
        await end_job(services, connection, job_id, JobStatus.CANCELLED, trained_tokens=2_000)
    assert (await bench.job(job_id)).billed_usd == Decimal(20)
