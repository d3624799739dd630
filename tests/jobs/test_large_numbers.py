"""Jobs of a size that nobody trains today."""

import pytest

from tests.jobs.conftest import Bench
from tests.support.queues import running, until
from tunesmith.storage import jobs, metrics
from tunesmith.storage.metrics import Metric


@pytest.mark.parametrize("tokens", [5 * 10**9, 2**62])
async def test_a_job_of_more_tokens_than_four_bytes_count_is_watched_to_its_end(
    bench: Bench, tokens: int
) -> None:
    job_id = await bench.running("ftjob-a")
    bench.provider.add_job("ftjob-a", status="succeeded", trained_tokens=tokens)
    await bench.arm("watch", "local", provider="local")
    ended: list[jobs.Job] = []

    async def note(_: object, job: jobs.Job) -> None:
        ended.append(job)

    bench.services.job_events.ended.subscribe(note)
    async with running(bench.services.queue):
        await until(lambda: ended)
    assert (await bench.job(job_id)).trained_tokens == tokens


async def test_steps_beyond_four_bytes_are_kept(bench: Bench) -> None:
    job_id = await bench.running("ftjob-a")
    step = Metric(job_id, 3 * 10**9, 2**40, 0.5, None, None, None)
    async with bench.services.database.write() as connection:
        await metrics.add(connection, [step])
        assert await metrics.of_job(connection, job_id) == [step]
