"""Jobs that are watched while their provider is away, odd, or tells late."""

import asyncio
import importlib

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.jobs.conftest import Bench
from tests.support.provider_server import PASS, UNKNOWN, Fault
from tests.support.queues import running
from tests.support.waiting import PATIENCE
from tunesmith.bot.jobs import observe, outage
from tunesmith.bot.messages import from_stored, text_for
from tunesmith.storage import jobs, outages
from tunesmith.storage.jobs import Job
from tunesmith.storage.outages import Outage

cancel = importlib.import_module("tunesmith.bot.jobs.cancel")
sweep = importlib.import_module("tunesmith.bot.jobs.sweep")
watch = importlib.import_module("tunesmith.bot.jobs.watch")

pytestmark = pytest.mark.databases("sqlite")

JOBS = "/fine_tuning/jobs"


class _Told:
    """What the job events told, in order."""

    def __init__(self, bench: Bench) -> None:
        self.lines: list[str] = []
        events = bench.services.job_events
        events.ended.subscribe(self._ended)
        events.reopened.subscribe(self._reopened)
        events.outage.subscribe(self._outage)
        events.answers_again.subscribe(self._answers)

    async def _ended(self, _: AsyncConnection, job: Job) -> None:
        self.lines.append(f"{job.told_as} {job.status}")

    async def _reopened(self, _: AsyncConnection, job: Job) -> None:
        self.lines.append(f"{job.told_as} reopened")

    async def _outage(self, _: AsyncConnection, told: Outage) -> None:
        self.lines.append(f"{told.provider} away")

    async def _answers(self, _: AsyncConnection, told: Outage) -> None:
        self.lines.append(f"{told.provider} back")


async def test_a_job_that_had_ended_when_its_launch_found_it_is_told_to_have_ended(
    bench: Bench,
) -> None:
    told = _Told(bench)
    job_id = await bench.running("ftjob-a")
    bench.provider.jobs["ftjob-a"] |= {"status": "succeeded", "fine_tuned_model": "ft:m"}
    async with bench.services.database.write() as connection:
        await jobs.change(connection, job_id, status="succeeded")
    await bench.arm("watch", "local", provider="local")
    async with running(bench.services.queue):
        await bench.until_job(job_id, fine_tuned_model="ft:m")
    assert told.lines == [f"{job_id} succeeded"]


async def test_a_job_that_was_given_up_goes_on_when_it_is_seen_again(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(observe, "_MISSING_SECONDS", 0)
    monkeypatch.setattr(watch, "_LOST_SECONDS", 0.02)
    monkeypatch.setattr(importlib.import_module("tunesmith.storage.watching"), "_LOST_PAUSE", 0)
    told = _Told(bench)
    job_id = await bench.running("ftjob-a")
    row = bench.provider.jobs.pop("ftjob-a")
    await bench.arm("watch", "local", provider="local")
    async with running(bench.services.queue):
        await bench.until_job(job_id, status="failed")
        bench.provider.jobs["ftjob-a"] = row
        reopened = await bench.until_job(job_id, status="running")
        assert (reopened.finished_at, reopened.error, reopened.lost_at) == (None, None, None)
        row |= {"status": "succeeded", "fine_tuned_model": "ft:m"}
        await bench.until_job(job_id, status="succeeded")
    assert told.lines == [
        f"{job_id} failed",
        f"{job_id}.1 reopened",
        f"{job_id}.1 succeeded",
    ]


async def test_a_job_that_is_seen_again_stands_beside_the_one_started_in_its_place(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(observe, "_MISSING_SECONDS", 0)
    job_id = await bench.running("ftjob-a")
    row = bench.provider.jobs.pop("ftjob-a")
    await bench.arm("watch", "local", provider="local")
    async with running(bench.services.queue):
        await bench.until_job(job_id, status="failed")
        bench.provider.add_job("ftjob-b")
        other = await bench.reserve(status="running", provider_job_id="ftjob-b", fingerprint=job_id)
        bench.provider.jobs["ftjob-a"] = row
        await bench.arm("watch", "local", provider="local")
        await bench.arm("look", "a", provider="local", provider_job_id="ftjob-a")
        await bench.until_job(job_id, status="running")
    assert (await bench.job(other)).fingerprint != (await bench.job(job_id)).fingerprint


async def test_an_outage_is_told_once_and_so_is_its_end(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outage, "_TELL_SECONDS", 0)
    monkeypatch.setattr(watch, "_REFUSED_SECONDS", 0.05)
    told = _Told(bench)
    job_id = await bench.running("ftjob-a")
    refused = Fault(401, {"error": {"message": "Key expired"}})
    bench.provider.meet(f"GET {JOBS}", *[refused] * 1_000)
    bench.provider.jobs["ftjob-a"]["status"] = "succeeded"
    await bench.arm("watch", "local", provider="local")
    async with running(bench.services.queue):
        await bench.until(lambda: len(told.lines) == 1)
        async with bench.services.database.read() as connection:
            noted = await outages.get(connection, "local")
        assert noted is not None
        assert "Key expired" in text_for("en")(from_stored(noted.said))
        bench.provider.recover()
        await bench.until_job(job_id, status="succeeded")
        await bench.until(lambda: len(told.lines) == 3)
    assert sorted(told.lines) == sorted(["local away", f"{job_id} succeeded", "local back"])


async def test_each_of_many_jobs_that_no_list_has_gets_its_turn(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "PAGE_SECONDS", 0.01)
    names = [f"ftjob-{number}" for number in range(35)]
    for name in names:
        await bench.running(name)
    bench.provider.meet(f"GET {JOBS}", *[UNKNOWN] * 100)
    bench.provider.meet(f"GET {JOBS}/ftjob-0", *[Fault(500)] * 100)
    await bench.arm("watch", "local", provider="local")
    async with running(bench.services.queue):
        await bench.until(lambda: bench.provider.count(f"GET {JOBS}") >= 5)
    asked = [bench.provider.count(f"GET {JOBS}/{name}") for name in names]
    assert min(asked) >= 1
    assert max(asked) <= 2
    # At most ten between two looks at the list.
    assert sum(asked) <= 10 * bench.provider.count(f"GET {JOBS}")


async def test_a_page_that_is_not_answered_once_is_asked_for_again(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweep, "PAGE_SECONDS", 0.01)
    job_id = await bench.running("ftjob-a")
    for number in range(150):
        bench.provider.add_job(f"ftjob-newer-{number}")
    bench.provider.jobs["ftjob-a"]["status"] = "succeeded"
    bench.provider.meet(f"GET {JOBS}", PASS, Fault(503))
    await bench.arm("watch", "local", provider="local")
    async with running(bench.services.queue):
        await bench.until_job(job_id, status="succeeded")
    assert bench.provider.count(f"GET {JOBS}") == 3


async def test_a_refused_cancel_is_told_on_the_card_until_it_is_taken(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cancel, "_REFUSED_SECONDS", 0.3)
    job_id = await bench.running("ftjob-a")
    refusal = Fault(400, {"error": {"message": "Too late to cancel"}})
    bench.provider.meet(f"POST {JOBS}/ftjob-a/cancel", refusal)
    await bench.arm("cancel", job_id, job_id=job_id)
    async with running(bench.services.queue):
        async with asyncio.timeout(PATIENCE):
            while not (said := (await bench.job(job_id)).cancel_refused):
                await asyncio.sleep(0.02)
        assert "Too late to cancel" in text_for("en")(from_stored(said))
        await bench.until_job(job_id, status="cancelled", cancel_refused=None)


async def test_billed_tokens_of_a_cancelled_job_are_kept(bench: Bench) -> None:
    job_id = await bench.running("ftjob-a")
    bench.provider.jobs["ftjob-a"] |= {"status": "cancelled", "trained_tokens": 1_234}
    await bench.arm("watch", "local", provider="local")
    async with running(bench.services.queue):
        await bench.until_job(job_id, status="cancelled", trained_tokens=1_234)


async def test_a_new_job_is_watched_at_once_where_only_lost_ones_were_looked_for(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(observe, "_MISSING_SECONDS", 0)
    lost = await bench.running("ftjob-a")
    del bench.provider.jobs["ftjob-a"]
    await bench.arm("watch", "local", provider="local")
    async with running(bench.services.queue):
        await bench.until_job(lost, status="failed")
        job_id = await bench.reserve(method="supervised")
        await bench.arm("launch", job_id, job_id=job_id)
        async with asyncio.timeout(PATIENCE):
            while not (name := (await bench.job(job_id)).provider_job_id):
                await asyncio.sleep(0.02)
        bench.provider.jobs[name]["status"] = "succeeded"
        await bench.until_job(job_id, status="succeeded")
