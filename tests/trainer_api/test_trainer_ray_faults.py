"""What a cluster, or what stands in front of it, may answer: no job ends by it, or is two."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.support.ray_server import TOKEN, Fault, Ray
from tests.trainer_api.client import dataset, until
from tests.trainer_api.conftest import StartTrainer
from tunesmith.local.trainer.launchers import ray_api
from tunesmith.local.trainer.launchers.ray_api import (
    RayApi,
    RayAwayError,
    RayRefusalError,
    RayStatus,
)

SLOW = dataset(step_seconds=0.1, epochs=6)
STEPS = [f"Step {n}/12" for n in range(1, 13)]


@pytest.fixture
async def api(ray: Ray) -> AsyncIterator[RayApi]:
    api = RayApi(ray.url, TOKEN)
    yield api
    await api.close()


async def say(events: Callable[[], Awaitable[list[str]]], words: str) -> None:
    """Wait until an event has these words."""

    async def told() -> bool:
        return any(words in event for event in await events())

    await until(told)


def steps(events: list[str]) -> list[str]:
    return [event.split(":")[0] for event in events if event.startswith("Step ")]


async def stop_there(ray: Ray, submission: str) -> None:
    """As `ray job stop` asks, and the button of Ray's dashboard."""
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.post(f"{ray.url}/api/jobs/{submission}/stop") as answer,
    ):
        assert answer.status == 200


async def test_what_is_no_answer_of_the_cluster_says_nothing_of_a_job(
    ray: Ray, api: RayApi, monkeypatch: pytest.MonkeyPatch
):
    ray.full = True
    monkeypatch.setattr(ray_api, "_TIMEOUT", aiohttp.ClientTimeout(total=1))
    await api.upload_package("known", b"zip")
    asked: dict[str, Any] = {"runtime_env": {"working_dir": "gcs://known"}}
    await api.submit("there", **asked)
    calls: list[tuple[str, Callable[[], Awaitable[object]]]] = [
        ("GET", lambda: api.job("there")),
        ("GET", lambda: api.logs("there")),
        ("GET", lambda: api.has_package("known")),
        ("PUT", lambda: api.upload_package("known", b"zip")),
        ("POST", lambda: api.submit("new", **asked)),
        ("POST", lambda: api.stop("there")),
    ]
    for fault in set(Fault) - {Fault.REFUSAL, Fault.ELSEWHERE}:
        for method, call in calls:
            # A connection that was kept and is closed is tried once more, by the HTTP client.
            ray.faults = [(method, "/", fault)] * 2
            with pytest.raises(RayAwayError):
                await call()
            assert len(ray.faults) < 2
    for method, call in (calls[0], calls[1], calls[4]):
        ray.faults = [(method, "/", Fault.ELSEWHERE)]
        with pytest.raises(RayAwayError, match="cannot be read"):
            await call()
    await api.submit("new", **asked)  # It took effect when its answer was lost.
    assert sorted(ray.jobs) == ["new", "there"]
    ray.faults = [("POST", "/", Fault.REFUSAL)]
    with pytest.raises(RayRefusalError, match=r"^ValueError: no such field$"):
        await api.submit("third", **asked)
    job = await api.job("there")
    assert job
    assert job.status is RayStatus.STOPPED
    assert await api.job("nowhere") is None
    assert not await api.has_package("nowhere")


async def test_of_a_long_log_the_end_is_read(ray: Ray, api: RayApi):
    await api.upload_package("known", b"zip")
    ray.full = True
    await api.submit("there", runtime_env={"working_dir": "gcs://known"})
    for noise in ('"', "\\", "\n", "é", '\\"x'):
        ray.jobs["there"].log = noise * 700_000 + "the end"
        log = await api.logs("there")
        assert log.endswith("the end")


async def test_a_job_that_somebody_stops_in_the_cluster_is_paused_and_can_be_resumed(
    ray: Ray, engine: Path, start_trainer: StartTrainer
):
    async with start_trainer(engine) as trainer:
        job = await trainer.start(SLOW)
        await trainer.first_checkpoint(job.id)
        await stop_there(ray, f"{job.id}-1")
        await trainer.wait(job.id, "paused")
        await say(lambda: trainer.events(job.id), "Somebody stopped the job in the Ray cluster.")
        await trainer.lenient.fine_tuning.jobs.resume(job.id)
        assert (await trainer.wait(job.id)).status == "succeeded"
        assert steps(await trainer.events(job.id)) == STEPS
    assert sorted(ray.jobs) == [f"{job.id}-1", f"{job.id}-2"]


async def test_a_job_goes_on_as_another_one_when_the_head_was_restarted(
    ray: Ray, engine: Path, start_trainer: StartTrainer
):
    async with start_trainer(engine) as trainer:
        job = await trainer.start(SLOW)
        await trainer.first_checkpoint(job.id)
        # The old worker may live on for a while: it writes nothing any more.
        del ray.jobs[f"{job.id}-1"]
        ray.packages.clear()
        assert (await trainer.wait(job.id)).status == "succeeded"
        events = await trainer.events(job.id)
    assert steps(events) == STEPS
    assert any("The Ray cluster does not know the job any more." in event for event in events)
    assert list(ray.jobs) == [f"{job.id}-2"]


async def test_a_job_that_waits_in_the_cluster_is_found_again_and_with_the_right_token_begins(
    ray: Ray, engine: Path, start_trainer: StartTrainer
):
    ray.full = True
    async with start_trainer(engine) as trainer:
        job = await trainer.start()
        await say(lambda: trainer.events(job.id), "waiting for resources")
    ray.token = "another"
    async with start_trainer(engine) as trainer:
        await say(lambda: trainer.events(job.id), "it refuses the token")
        ray.token = TOKEN
        ray.release()
        assert (await trainer.wait(job.id)).status == "succeeded"
    assert (ray.posts, list(ray.jobs)) == (1, [f"{job.id}-1"])


async def test_a_cluster_that_does_not_answer_holds_nothing_up(
    ray: Ray, engine: Path, start_trainer: StartTrainer
):
    async with start_trainer(engine) as trainer:
        job = await trainer.start(SLOW)
        await trainer.first_checkpoint(job.id)
        ray.faults = [("GET", "/api/jobs/", Fault.HANG)]

        async def hangs() -> bool:
            return not ray.faults

        await until(hangs)
        assert (await trainer.wait(job.id)).status == "succeeded"


async def test_what_the_cluster_refuses_fails_with_its_reason_and_what_dies_there_too(
    ray: Ray, engine: Path, start_trainer: StartTrainer
):
    async with start_trainer(engine) as trainer:
        ray.faults = [("POST", "/api/jobs/", Fault.REFUSAL)]
        refused = await trainer.train()
        assert refused.error
        assert refused.error.message == "The Ray cluster refuses it: ValueError: no such field"
        assert not ray.jobs

        ray.full = True
        job = await trainer.start()
        for number in range(1, 5):
            submission = f"{job.id}-{number}"

            async def submitted(name: str = submission) -> bool:
                return name in ray.jobs

            await until(submitted)
            found = ray.jobs[submission]
            found.status, found.message = "FAILED", "... last logs:\nImportError: no torch\n"
        lost = await trainer.wait(job.id)
        assert lost.error
        assert lost.error.message.endswith("The Ray cluster says: ImportError: no torch")
        again = [event for event in await trainer.events(job.id) if "(restart" in event]
        assert len(again) == 3
        assert all(event.endswith("ImportError: no torch") for event in again)
