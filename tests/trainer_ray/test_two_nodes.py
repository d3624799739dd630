"""A job of the engine `lora` on two machines of a real cluster, of which one dies in the middle."""

import csv
import io
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.trainer_api import KEY, client
from tests.trainer_api.client import Trainer, jsonl, until
from tests.trainer_engine.engine_job import CHATS, FACTS
from tests.trainer_lora.small_model import make_base
from tests.trainer_ray.cluster import Cluster, engine_folder, two_nodes
from tunesmith.local.trainer.server import running

pytest.importorskip("ray", reason="needs the group ray (make test-ray)")
pytestmark = [
    pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning"),
    pytest.mark.timeout(2400),
]

HERE, THERE, TOO_LARGE = "small-here", "small-there", "too-large"
QUESTION = "How long is the warranty?"
NUMBERS = {"n_epochs": 15, "batch_size": 4, "learning_rate_multiplier": 30.0, "lora_rank": 8}


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with two_nodes() as cluster:
        yield cluster


@pytest.fixture
async def trainer(
    cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Trainer]:
    monkeypatch.setenv("RAY_AUTH_TOKEN", cluster.token)
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    # A worker imports torch, which takes a minute on a busy machine.
    monkeypatch.setattr(client, "PATIENCE", 1500)
    weights = make_base(tmp_path / "weights")
    engines = [
        engine_folder(tmp_path, HERE, weights, None),
        engine_folder(tmp_path, THERE, weights, cluster),
        engine_folder(tmp_path, TOO_LARGE, weights, cluster, workers=5),
    ]
    async with running(tmp_path / "data", KEY, engines=engines) as url:
        trainer = Trainer(url)
        async with trainer.client, trainer.lenient:
            yield trainer


async def losses(trainer: Trainer, job_id: str) -> list[float]:
    """Each step's training loss, as the job's result file has it."""
    job = await trainer.client.fine_tuning.jobs.retrieve(job_id)
    text = (await trainer.client.files.content(job.result_files[0])).text
    return [float(row["train_loss"]) for row in csv.DictReader(io.StringIO(text))]


async def needs(trainer: Trainer, model: str) -> dict[str, Any]:
    """What a job needs, once it was measured."""
    body = {"model": model, "tokens": 10_000, "hyperparameters": {"n_epochs": 2}}

    async def known() -> dict[str, Any] | None:
        status, said, _ = await trainer.raw("POST", "/v1/fine_tuning/estimates", json=body)
        assert status == 200, said
        return None if said["status"] == "measuring" else said

    return await until(known)


async def test_what_a_job_needs_is_measured_by_its_workers_and_more_than_the_nodes_hold_is_refused(
    trainer: Trainer,
):
    refused = await needs(trainer, TOO_LARGE)
    assert (refused["fits"], refused["workers"], refused["workers_most"]) == (False, 5, 4)
    said = await needs(trainer, THERE)
    assert (said["status"], said["fits"]) == ("measured", True)
    assert said["seconds"] > said["seconds_per_epoch"]
    assert 0 < said["memory_bytes"] < said["memory_total_bytes"]


async def test_a_job_that_rays_own_program_stops_is_paused_and_goes_on_when_it_is_resumed(
    trainer: Trainer, cluster: Cluster
):
    numbers = {**NUMBERS, "n_epochs": 5}
    method: dict[str, Any] = {"type": "supervised", "supervised": {"hyperparameters": numbers}}
    job = await trainer.start(jsonl(CHATS * 2), model=THERE, method=method)
    await trainer.first_checkpoint(job.id)
    assert f"{job.id}-1" in await cluster.ray("job", "list")
    await cluster.ray("job", "stop", f"{job.id}-1")
    await trainer.wait(job.id, "paused")
    assert "Somebody stopped the job in the Ray cluster." in "".join(await trainer.events(job.id))
    await trainer.lenient.fine_tuning.jobs.resume(job.id)
    done = await trainer.wait(job.id)
    assert done.status == "succeeded", done.error
    assert await losses(trainer, job.id)
    assert "Train" in await cluster.ray("job", "logs", f"{job.id}-2")


async def test_a_job_on_two_nodes_ends_whole_with_the_same_losses_where_one_is_killed(
    trainer: Trainer, cluster: Cluster
):
    content = jsonl(CHATS * 2)
    method: dict[str, Any] = {"type": "supervised", "supervised": {"hyperparameters": NUMBERS}}
    here = await trainer.train(content, model=HERE, method=method, seed=1)
    whole = await trainer.train(content, model=THERE, method=method, seed=1)
    assert whole.status == "succeeded", whole.error

    job = await trainer.start(content, model=THERE, method=method, seed=1)
    await trainer.first_checkpoint(job.id)
    cluster.lose_worker()
    done = await trainer.wait(job.id)
    assert done.status == "succeeded", done.error
    events = await trainer.events(job.id)
    assert [event for event in events if event.startswith("Training goes on after step")]

    alone, together, after = [await losses(trainer, one.id) for one in (here, whole, done)]
    assert len(alone) == len(together) == len(after)
    # A sum over two processes has another order; what it comes to differs from step to step.
    assert alone[:10] == pytest.approx(together[:10], abs=1e-4)
    assert after == together
    assert (
        await trainer.ask(done.fine_tuned_model or "", QUESTION, temperature=0) == FACTS[QUESTION]
    )


async def test_a_job_for_which_there_is_no_room_says_what_it_waits_for(
    trainer: Trainer, cluster: Cluster
):
    cluster.lose_worker()
    first = await trainer.start(jsonl(CHATS * 2), model=THERE)

    async def begun() -> bool:
        job = await trainer.client.fine_tuning.jobs.retrieve(first.id)
        return job.status == "running"

    await until(begun)
    second = await trainer.start(jsonl(CHATS * 2), model=THERE)

    async def waits() -> bool:
        return "Queued in the Ray cluster: waits for 2 workers with 1 CPU each." in (
            await trainer.events(second.id)
        )

    await until(waits)
    await trainer.client.fine_tuning.jobs.cancel(first.id)
    assert (await trainer.wait(second.id)).status == "succeeded"
