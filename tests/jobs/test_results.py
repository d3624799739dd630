"""What a job's result file tells when the job has ended."""

import asyncio
import base64

import pytest

from tests.jobs.conftest import Bench
from tests.support.provider_server import Fault
from tests.support.queues import running
from tests.support.waiting import PATIENCE
from tunesmith.bot.jobs import observe
from tunesmith.storage import metrics
from tunesmith.storage.jobs import Job
from tunesmith.storage.metrics import Metric

pytestmark = pytest.mark.databases("sqlite")

TABLE = (
    b"step,train_loss,train_accuracy,valid_loss,valid_mean_token_accuracy,classification/accuracy\n"
    b"1,9,0.1,,,\n2,2,0.5,2.5,0.4,\n3,1,0.6,2,0.5,0.75\n"
)


async def _end(bench: Bench, content: bytes, *faults: Fault) -> tuple[Job, list[Metric]]:
    """A job with one step told by its events, that has succeeded with this result file."""
    job_id = await bench.running("ftjob-a")
    told = {"step": 1, "total_steps": 3, "train_loss": 3.0}
    bench.provider.events["ftjob-a"] = [{"id": "e", "type": "metrics", "data": told}]
    bench.provider.contents["file-r"] = content
    bench.provider.jobs["ftjob-a"] |= {"status": "succeeded", "result_files": ["file-r"]}
    bench.provider.meet("GET /files/file-r/content", *faults)
    await bench.arm("watch", "local", provider="local")
    async with running(bench.services.queue), asyncio.timeout(PATIENCE):
        while (job := await bench.job(job_id)).finished_at is None:
            await asyncio.sleep(0.02)
    async with bench.services.database.read() as connection:
        return job, await metrics.of_job(connection, job_id)


@pytest.mark.parametrize("content", [TABLE, base64.b64encode(TABLE)])
async def test_steps_that_events_lacked_come_from_the_result_file_before_the_end_is_told(
    bench: Bench, content: bytes
) -> None:
    job, steps = await _end(bench, content)
    assert steps == [
        Metric(job.id, 1, 3, 3.0, None, None, None),
        Metric(job.id, 2, 3, 2.0, 0.5, 2.5, 0.4),
        Metric(job.id, 3, 3, 1.0, 0.6, 2.0, 0.5),
    ]
    assert job.scores == {"accuracy": 0.75}


async def test_a_result_file_that_comes_late_is_waited_for(bench: Bench) -> None:
    _, steps = await _end(bench, TABLE, Fault(503), Fault(503))
    assert [step.step for step in steps] == [1, 2, 3]


@pytest.mark.parametrize("fault", [Fault(404, {"error": {"message": "gone"}}), Fault(503)])
async def test_a_result_file_that_can_not_be_had_holds_no_job_up(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, fault: Fault
) -> None:
    for name in ("_METRICS_SECONDS", "_REFUSED_METRICS_SECONDS"):
        monkeypatch.setattr(observe, name, 0)
    job, steps = await _end(bench, TABLE, fault)
    assert (job.status, job.scores, [step.step for step in steps]) == ("succeeded", None, [1])


async def test_a_result_file_that_is_no_table_changes_nothing(bench: Bench) -> None:
    job, steps = await _end(bench, b"\xff\x00{}")
    assert (job.status, job.scores, [step.step for step in steps]) == ("succeeded", None, [1])
