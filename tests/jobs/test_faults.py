"""Jobs whose provider, or whose bot, fails at a bad moment."""

import asyncio
import importlib
import json
from pathlib import Path

import pytest

from tests.jobs.conftest import Bench
from tests.support.provider_server import DROP, LOST_ANSWER, UNKNOWN, Fault
from tests.support.queues import running
from tests.support.waiting import PATIENCE
from tunesmith.bot.datasets import Report, Selection, inspect_sync
from tunesmith.bot.jobs import Person, collect_metrics, observe, request_cancel
from tunesmith.bot.providers.catalogue import load_catalogue
from tunesmith.storage import jobs, metrics
from tunesmith.storage.jobs import JobStatus

cancel = importlib.import_module("tunesmith.bot.jobs.cancel")
watch = importlib.import_module("tunesmith.bot.jobs.watch")

pytestmark = pytest.mark.databases("sqlite")

JOBS = "/fine_tuning/jobs"
QUESTION = {"role": "user", "content": "When do you open?"}
ANSWER = {"role": "assistant", "content": "At seven."}
OTHER = {"role": "assistant", "content": "Never."}


def _report(folder: Path, example: dict[str, object]) -> Report:
    file = folder / "train.jsonl"
    file.write_text((json.dumps(example) + "\n") * 10)
    return inspect_sync(file, name=file.name, selection=Selection(load_catalogue()))


async def _ended(bench: Bench, job_id: str) -> str:
    async with asyncio.timeout(PATIENCE):
        while not (await bench.job(job_id)).finished_at:
            await asyncio.sleep(0.02)
    return (await bench.job(job_id)).status


async def test_a_key_that_is_refused_for_a_while_does_not_end_the_watch(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "_REFUSED_SECONDS", 0.2)
    job_id = await bench.running("ftjob-a")
    bench.provider.meet(f"GET {JOBS}", Fault(401, {"error": {"message": "Key expired"}}))
    await bench.arm("watch", "local", provider="local")
    async with running(bench.services.queue):
        await bench.until(lambda: not bench.provider.faults_left())
        bench.provider.jobs["ftjob-a"]["status"] = "succeeded"
        assert await _ended(bench, job_id) == "succeeded"


@pytest.mark.parametrize(
    "odd",
    [
        {"status": None},
        {"status": 7},
        {"status": "warming_up"},
        {"trained_tokens": "n/a", "estimated_finish": "soon", "error": "late"},
        {"trained_tokens": 2**70, "error": [1], "fine_tuned_model": {"id": 1}, "created_at": "?"},
    ],
    ids=str,
)
async def test_an_odd_job_hides_no_other(bench: Bench, odd: dict[str, object]) -> None:
    first, second = await bench.running("ftjob-a"), await bench.running("ftjob-b")
    third = await bench.running("ftjob-c")
    bench.provider.jobs["ftjob-b"] |= odd
    bench.provider.jobs["ftjob-a"]["status"] = bench.provider.jobs["ftjob-c"]["status"] = "failed"
    await bench.arm("watch", "local", provider="local")
    async with running(bench.services.queue):
        assert await _ended(bench, first) == await _ended(bench, third) == "failed"
    assert not (await bench.job(second)).finished_at


async def test_a_job_that_the_provider_will_not_tell_of_hides_no_other(bench: Bench) -> None:
    first, second = await bench.running("ftjob-a"), await bench.running("ftjob-b")
    del bench.provider.jobs["ftjob-a"]
    bench.provider.meet(f"GET {JOBS}/ftjob-a", *[Fault(501), Fault(403), DROP] * 30)
    bench.provider.jobs["ftjob-b"]["status"] = "succeeded"
    await bench.arm("watch", "local", provider="local")
    async with running(bench.services.queue):
        assert await _ended(bench, second) == "succeeded"
    assert (await bench.job(first)).status == "running"


async def test_an_odd_status_at_the_end_is_believed_only_where_it_stays_so(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(observe, "_MISSING_SECONDS", 0.3)
    first, second = await bench.running("ftjob-a"), await bench.running("ftjob-b")
    odd = {"status": "simmering", "finished_at": 1_800_000_000}
    for name in ("ftjob-a", "ftjob-b"):
        bench.provider.jobs[name] |= odd
    await bench.arm("watch", "local", provider="local")
    async with running(bench.services.queue):
        await bench.until(lambda: bench.provider.count(f"GET {JOBS}") > 2)
        assert not (await bench.job(first)).finished_at
        bench.provider.jobs["ftjob-a"] |= {"status": "cancelled"}
        assert await _ended(bench, first) == "cancelled"
        assert await _ended(bench, second) == "failed"


async def test_a_job_that_is_unknown_a_few_times_goes_on_and_ends_where_it_stays_so(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(observe, "_MISSING_SECONDS", 0.3)
    job_id = await bench.running("ftjob-a")
    row = bench.provider.jobs.pop("ftjob-a")
    await bench.arm("watch", "local", provider="local")
    one = f"GET {JOBS}/ftjob-a"
    async with running(bench.services.queue):
        await bench.until(lambda: bench.provider.count(one) >= 3)
        assert not (await bench.job(job_id)).finished_at
        bench.provider.jobs["ftjob-a"] = row
        listed = bench.provider.count(f"GET {JOBS}")
        await bench.until(lambda: bench.provider.count(f"GET {JOBS}") > listed + 2)
        assert (await bench.job(job_id)).misses == 0
        del bench.provider.jobs["ftjob-a"]
        assert await _ended(bench, job_id) == "failed"
    assert "unknown_to_provider" in ((await bench.job(job_id)).error or "")


async def test_a_provider_without_a_list_of_jobs_is_asked_for_each(bench: Bench) -> None:
    job_id = await bench.running("ftjob-a")
    bench.provider.meet(f"GET {JOBS}", *[UNKNOWN] * 30)
    bench.provider.jobs["ftjob-a"]["status"] = "succeeded"
    await bench.arm("watch", "local", provider="local")
    async with running(bench.services.queue):
        assert await _ended(bench, job_id) == "succeeded"


async def test_a_job_behind_more_than_a_thousand_newer_ones_is_found_in_the_list(
    bench: Bench,
) -> None:
    job_id = await bench.running("ftjob-a")
    for number in range(1_250):
        bench.provider.add_job(f"ftjob-newer-{number}")
    bench.provider.jobs["ftjob-a"]["status"] = "succeeded"
    await bench.arm("watch", "local", provider="local")
    async with running(bench.services.queue):
        assert await _ended(bench, job_id) == "succeeded"
    assert bench.provider.count(f"GET {JOBS}") == 13
    assert bench.provider.count(f"GET {JOBS}/ftjob-a") == 0


async def test_the_list_is_not_read_beyond_the_oldest_job_that_is_looked_for(bench: Bench) -> None:
    for number in range(1_000):
        bench.provider.add_job(f"ftjob-older-{number}", created_at=1_600_000_000 - number)
    job_id = await bench.running("ftjob-a")
    row = bench.provider.jobs.pop("ftjob-a")
    row["status"] = "succeeded"
    bench.provider.jobs["ftjob-a"] = row
    bench.provider.jobs = dict(reversed(bench.provider.jobs.items()))
    bench.provider.jobs["ftjob-b"] = {**row, "id": "ftjob-b"}
    await bench.arm("watch", "local", provider="local")
    async with running(bench.services.queue):
        assert await _ended(bench, job_id) == "succeeded"
    assert bench.provider.count(f"GET {JOBS}") == 1


async def test_a_list_that_begins_anew_for_ever_is_read_once(bench: Bench) -> None:
    job_id = await bench.running("ftjob-a")
    bench.provider.jobs["ftjob-gone"] = bench.provider.jobs.pop("ftjob-a") | {"id": "ftjob-gone"}
    bench.provider.passes_over_after = True
    await bench.arm("watch", "local", provider="local")
    async with running(bench.services.queue):
        await bench.until(lambda: bench.provider.count(f"GET {JOBS}/ftjob-a"))
    assert bench.provider.count(f"GET {JOBS}") <= 4
    assert not (await bench.job(job_id)).finished_at


async def test_what_was_billed_is_kept_however_much_it_is(bench: Bench) -> None:
    job_id = await bench.running("ftjob-a")
    bench.provider.jobs["ftjob-a"] |= {"status": "succeeded", "trained_tokens": 2**62}
    await bench.arm("watch", "local", provider="local")
    async with running(bench.services.queue):
        await _ended(bench, job_id)
    assert (await bench.job(job_id)).trained_tokens == 2**62


@pytest.mark.parametrize("refusal", [Fault(403), Fault(501), DROP], ids=str)
async def test_a_job_ends_also_where_its_metrics_are_refused(
    bench: Bench, refusal: Fault, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("_METRICS_SECONDS", "_REFUSED_METRICS_SECONDS"):
        monkeypatch.setattr(observe, name, 0.2)
    job_id = await bench.running("ftjob-a")
    bench.provider.jobs["ftjob-a"]["status"] = "succeeded"
    bench.provider.meet(f"GET {JOBS}/ftjob-a/events", *[refusal] * 100)
    await bench.arm("watch", "local", provider="local")
    async with running(bench.services.queue):
        assert await _ended(bench, job_id) == "succeeded"


@pytest.mark.parametrize("fault", [UNKNOWN, Fault(503)], ids=str)
async def test_last_metrics_that_are_refused_once_are_not_missing(
    bench: Bench, fault: Fault
) -> None:
    job_id = await bench.running("ftjob-a")
    bench.provider.events["ftjob-a"] = [_step(2), _step(1)]
    bench.provider.jobs["ftjob-a"]["status"] = "succeeded"
    bench.provider.meet(f"GET {JOBS}/ftjob-a/events", fault)
    await bench.arm("watch", "local", provider="local")
    async with running(bench.services.queue):
        assert await _ended(bench, job_id) == "succeeded"
    async with bench.services.database.read() as connection:
        steps = await metrics.of_job(connection, job_id)
    assert [step.step for step in steps] == [1, 2]


async def test_steps_that_come_late_or_odd_lose_no_other(bench: Bench) -> None:
    job_id = await bench.running("ftjob-a")
    events = bench.provider.events["ftjob-a"] = [_step(1), _step(3), "odd", _step("n/a")]
    job = await bench.job(job_id)
    assert [step.step for step in await collect_metrics(bench.services, job)] == [1, 3]
    events += [_step(5, train_loss="n/a"), _step(2), {"id": 7}, _step(4)]
    steps = await collect_metrics(bench.services, job)
    assert [step.step for step in steps] == [1, 2, 3, 4, 5]
    assert [step.train_loss for step in steps] == [0.5, 0.5, 0.5, 0.5, None]
    assert await collect_metrics(bench.services, job) == steps


def _step(step: object, **data: object) -> dict[str, object]:
    return {
        "id": f"event-{step}",
        "type": "metrics",
        "data": {"step": step, "train_loss": 0.5, **data},
    }


async def test_a_cancel_that_is_refused_once_is_asked_for_again(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cancel, "_REFUSED_SECONDS", 0.1)
    job_id = await bench.running("ftjob-a")
    bench.provider.meet(f"POST {JOBS}/ftjob-a/cancel", UNKNOWN)
    await request_cancel(bench.services, job_id, Person("U1"))
    await bench.arm("watch", "local", provider="local")
    async with running(bench.services.queue):
        assert await _ended(bench, job_id) == "cancelled"


@pytest.mark.parametrize("fault", [LOST_ANSWER, Fault(500, take_effect=True)], ids=str)
async def test_a_job_that_appears_late_is_not_created_again(
    bench: Bench, tmp_path: Path, fault: Fault, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = bench.services.providers["local"]
    patient = client.provider.model_copy(update={"settle_seconds": PATIENCE})
    monkeypatch.setattr(client, "provider", patient)
    monkeypatch.setattr("tunesmith.bot.jobs.launch._LOOK_SECONDS", 0.5)
    job_id = await bench.reserve(_report(tmp_path, {"messages": [QUESTION, ANSWER]}))
    bench.provider.hidden = True
    bench.provider.meet(f"POST {JOBS}", fault)
    await bench.arm("launch", job_id, job_id=job_id)
    async with running(bench.services.queue):
        await bench.until(lambda: bench.provider.count(f"GET {JOBS}"))
        for number in range(1_250):
            bench.provider.add_job(f"ftjob-newer-{number}")
        bench.provider.hidden = False
        async with asyncio.timeout(PATIENCE):
            while not (await bench.job(job_id)).provider_job_id:
                await asyncio.sleep(0.02)
    assert len(bench.provider.created) == 1


async def test_a_job_that_was_not_created_is_created_once_it_can_no_longer_appear(
    bench: Bench, tmp_path: Path
) -> None:
    job_id = await bench.reserve(_report(tmp_path, {"messages": [QUESTION, ANSWER]}))
    bench.provider.meet(f"POST {JOBS}", DROP)
    await bench.arm("launch", job_id, job_id=job_id)
    async with running(bench.services.queue):
        await bench.until(lambda: bench.provider.created)
    assert bench.provider.count(f"GET {JOBS}") >= 2


async def test_a_cancel_that_crosses_the_launch_still_reaches_the_provider(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = await bench.reserve(status=JobStatus.CREATING)
    await request_cancel(bench.services, job_id, Person("U1"))
    get, crossed = jobs.get, False

    async def get_then_launch(connection: object, wanted: str) -> object:
        # The launch records the provider's job right after the cancel looked for it.
        nonlocal crossed
        found = await get(connection, wanted)  # pyright: ignore[reportArgumentType]
        if not crossed:
            crossed = True
            bench.provider.add_job("ftjob-a")
            async with bench.services.database.write() as writing:
                await jobs.change(
                    writing, job_id, provider_job_id="ftjob-a", status=JobStatus.RUNNING
                )
        return found

    monkeypatch.setattr(jobs, "get", get_then_launch)
    async with running(bench.services.queue):
        await bench.until(lambda: bench.provider.count(f"POST {JOBS}/ftjob-a/cancel"))


async def test_a_stop_in_the_middle_of_a_create_leads_to_no_second_job(
    bench: Bench, tmp_path: Path
) -> None:
    job_id = await bench.reserve(_report(tmp_path, {"messages": [QUESTION, ANSWER]}))
    bench.provider.may_create.clear()
    await bench.arm("launch", job_id, job_id=job_id)
    async with running(bench.services.queue):
        await bench.until(lambda: bench.provider.created)
    bench.provider.add_job("ftjob-late", training_file=bench.provider.created[0]["training_file"])
    async with running(bench.services.queue):
        async with asyncio.timeout(PATIENCE):
            while (await bench.job(job_id)).provider_job_id != "ftjob-late":
                await asyncio.sleep(0.02)
    assert len(bench.provider.created) == 1


@pytest.mark.parametrize(
    ("example", "method"),
    [
        ({"messages": [QUESTION, ANSWER]}, "supervised"),
        (
            {
                "input": {"messages": [QUESTION]},
                "preferred_output": [ANSWER],
                "non_preferred_output": [OTHER],
            },
            "dpo",
        ),
    ],
)
async def test_a_job_is_created_with_the_method_that_its_file_is_written_for(
    bench: Bench, tmp_path: Path, example: dict[str, object], method: str
) -> None:
    job_id = await bench.reserve(_report(tmp_path, example))
    await bench.arm("launch", job_id, job_id=job_id)
    async with running(bench.services.queue):
        await bench.until(lambda: bench.provider.created)
    assert [asked["method"]["type"] for asked in bench.provider.created] == [method]
