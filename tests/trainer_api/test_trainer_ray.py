"""Jobs in a Ray cluster: queued there, found again, whole whatever is lost on the way."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.support.ray_server import Fault, Ray
from tests.trainer_api import BASE, KEY
from tests.trainer_api.client import Trainer, dataset, until
from tests.trainer_api.conftest import StartTrainer
from tunesmith.local.trainer.descriptor import EngineError, read_engines
from tunesmith.local.trainer.server import running
from tunesmith.local.trainer.training.backoff import LOST_ONCE

SLOW = dataset(step_seconds=0.1, epochs=6)


def steps(events: list[str]) -> list[int]:
    return [int(e.removeprefix("Step ").split("/")[0]) for e in events if e.startswith("Step ")]


async def test_a_job_waits_in_the_cluster_and_is_one_however_often_the_submission_is_lost(
    ray: Ray, engine: Path, start_trainer: StartTrainer
):
    ray.full = True
    ray.faults = [
        ("GET", "/api/jobs/", Fault.ERROR),
        ("PUT", "/api/packages/", Fault.DROP),
        ("POST", "/api/jobs/", Fault.LOGIN),
        ("POST", "/api/jobs/", Fault.LOST),
        ("GET", "/api/jobs/", Fault.NOWHERE),
    ]
    async with start_trainer(engine) as trainer:
        job = await trainer.start()

        async def waits() -> bool:
            return any("waiting for resources" in event for event in await trainer.events(job.id))

        await until(waits)
        waiting = await trainer.wait(job.id, "queued")
        assert "waiting for resources" in (waiting.model_extra or {})["waiting_for"]
        assert len(ray.jobs) == 1
        # Jobs that queue there take no place here, and do not hold each other up.
        other = await trainer.start()
        ray.release()
        assert (await trainer.wait(other.id)).status == "succeeded"
        done = await trainer.wait(job.id)
        assert done.status == "succeeded", done.error
        assert "waiting_for" not in (done.model_extra or {})
        assert await trainer.ask(done.fine_tuned_model or "", "question 3") == "answer 3 of many"
        events = await trainer.events(job.id)
    assert "The job waits for the Ray cluster: it answers with status 500" in "".join(events)
    assert steps(events) == list(range(1, 7))
    assert not ray.faults
    assert sorted(ray.jobs) == sorted((f"{job.id}-1", f"{other.id}-1"))
    [content] = ray.packages.values()
    names = zipfile.ZipFile(io.BytesIO(content)).namelist()
    assert {"tunesmith/local/trainer/launchers/guard.py", "engine/own.py"} <= set(names)


async def test_a_job_goes_on_while_the_server_is_away_and_after_a_machine_was_lost(
    ray: Ray, engine: Path, start_trainer: StartTrainer
):
    async with start_trainer(engine) as trainer:
        job = await trainer.start(SLOW)
        await trainer.first_checkpoint(job.id)
    [submission] = ray.jobs.values()
    assert submission.status == "RUNNING"
    async with start_trainer(engine) as trainer:
        await ray.lose_worker(submission)
        done = await trainer.wait(job.id)
        assert done.status == "succeeded", done.error
        events = await trainer.events(job.id)
        checkpoints = (await trainer.client.fine_tuning.jobs.checkpoints.list(job.id)).data
        assert await trainer.ask(done.fine_tuned_model or "", "question 3") == "answer 3 of many"
    assert steps(events) == list(range(1, 13))
    assert [one.step_number for one in checkpoints] == [12, 10, 8]
    assert [event for event in events if event.startswith("Training goes on after step")]
    assert ray.posts == 1


async def test_a_job_is_paused_resumed_and_cancelled_in_the_cluster(
    ray: Ray, engine: Path, start_trainer: StartTrainer
):
    async with start_trainer(engine) as trainer:
        jobs = trainer.lenient.fine_tuning.jobs
        job = await trainer.start(SLOW)
        await trainer.first_checkpoint(job.id)
        await jobs.pause(job.id)
        await trainer.wait(job.id, "paused")
        ray.full = True
        await jobs.resume(job.id)

        async def submitted() -> bool:
            return len(ray.jobs) == 2

        await until(submitted)
        await jobs.pause(job.id)
        second = ray.jobs[f"{job.id}-2"]

        async def stopped() -> bool:
            return second.status == "STOPPED"

        await until(stopped)
        assert (await jobs.retrieve(job.id)).status == "paused"
        ray.full = False
        await jobs.resume(job.id)
        assert (await trainer.wait(job.id)).status == "succeeded"
        assert steps(await trainer.events(job.id)) == list(range(1, 13))

        other = await trainer.start(dataset(step_seconds=0.1, epochs=400))
        await trainer.first_checkpoint(other.id)
        await jobs.cancel(other.id)

        async def left() -> bool:
            return ray.jobs[f"{other.id}-1"].status == "SUCCEEDED"

        await until(left)
        assert (await jobs.retrieve(other.id)).status == "cancelled"


async def test_a_job_that_fails_says_so_and_one_that_the_cluster_forgets_is_submitted_again(
    ray: Ray, engine: Path, start_trainer: StartTrainer
):
    async with start_trainer(engine) as trainer:
        failed = await trainer.train(dataset(fail_at=2))
        assert failed.error
        assert failed.error.code != "server_error"
        ray.full = True
        job = await trainer.start()

        async def waits() -> bool:
            return any("waiting for resources" in event for event in await trainer.events(job.id))

        await until(waits)
        del ray.jobs[f"{job.id}-1"]
        ray.full = False
        assert (await trainer.wait(job.id)).status == "succeeded"
        assert LOST_ONCE in "".join(await trainer.events(job.id))
    assert f"{job.id}-2" in ray.jobs


async def _ask(url: str, token: str, method: str = "GET", **options: Any) -> int:
    headers = {"Authorization": f"Bearer {token}", **options.pop("headers", {})}
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, url, headers=headers, **options) as answer,
    ):
        return answer.status


async def test_a_worker_has_its_own_job_alone_and_writes_only_where_it_may(
    ray: Ray, engine: Path, tmp_path: Path
):
    ray.full = True
    async with running(tmp_path / "data", KEY, engines=[engine]) as url:
        trainer = Trainer(url)
        async with trainer.client, trainer.lenient:
            one, two = await trainer.start(), await trainer.start()

            async def submitted() -> bool:
                return len(ray.jobs) == 2

            await until(submitted)
        mine, theirs = (
            json.loads(ray.jobs[f"{job.id}-1"].asked["runtime_env"]["env_vars"]["TUNESMITH_JOB"])
            for job in (one, two)
        )
        assert await _ask(mine["url"], mine["token"]) == 200
        assert await _ask(mine["url"] + "/files/train.jsonl", mine["token"]) == 200
        assert await _ask(theirs["url"], mine["token"]) == 401
        assert await _ask(mine["url"], KEY) == 401
        for name in ("launch.json", "..%2f..%2ftrainer.db", "events.jsonl"):
            assert await _ask(f"{mine['url']}/files/{name}", mine["token"]) == 404
        stay = {"submission": mine["submission"], "stay": "a"}
        assert await _ask(mine["url"] + "/stays", mine["token"], "POST", json=stay) == 200
        for name in (
            "../train.jsonl",
            "job.json",
            "launch.json",
            "/etc/x",
            "a/../../b",
            ".x",
            "a//b",
        ):
            status = await _send(mine, {**stay, "files": [{"name": name, "size": 1}]}, b"x")
            assert status == 400, name
        assert await _send(mine, {**stay, "files": [{"name": "a/b.txt", "size": 1}]}, b"x") == 200
        assert (tmp_path / f"data/jobs/{one.id}/a/b.txt").read_bytes() == b"x"
        assert await _send(mine, {**stay, "stay": "b"}, b"") == 409
        assert await _send(mine, {**stay, "submission": f"{one.id}-2"}, b"") == 409


async def _send(job: dict[str, Any], about: dict[str, Any], body: bytes) -> int:
    header = json.dumps({"at": 0, "events": 0, **about}).encode()
    headers = {"X-Header-Bytes": str(len(header))}
    return await _ask(
        job["url"] + "/updates", job["token"], "POST", data=header + body, headers=headers
    )


async def test_a_cluster_without_a_token_is_refused(
    engine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv("RAY_AUTH_TOKEN")
    with pytest.raises(EngineError, match="RAY_AUTH_TOKEN is not set"):
        async with running(tmp_path / "data", KEY, engines=[engine]):
            pass


@pytest.mark.parametrize(
    ("said", "instead", "sentence"),
    [
        ("[ray]\n", "[ray]\nworkers = 2\n", "without data-parallel has one worker"),
        ("[[models]]", 'interpreter = "python3"\n[[models]]', "the cluster's own Python"),
        ("reached_at", "reached", "Missing required parameter: 'ray.reached_at'"),
        ('listen = "127.0.0.1:', 'listen = "', "ray.listen"),
    ],
)
def test_what_a_descriptor_says_wrongly_of_a_cluster_ends_in_a_sentence(
    engine: Path, said: str, instead: str, sentence: str
):
    file = engine / "engine.toml"
    assert said in file.read_text()
    file.write_text(file.read_text().replace(said, instead, 1))
    with pytest.raises(EngineError) as caught:
        read_engines([engine])
    assert sentence in str(caught.value)


def test_the_engine_of_a_cluster_may_need_what_only_the_cluster_has(engine: Path):
    file = engine / "engine.toml"
    file.write_text(file.read_text().replace("[[models]]", 'requires = ["nowhere"]\n[[models]]'))
    assert not read_engines([engine])[BASE].engine.answers_here
