"""What a job needs is measured once by the engine, kept, and told with what would need less."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.ray_server import Fault, Ray, send_to
from tests.trainer_api import BASE, FAKE
from tests.trainer_api.client import Trainer, dataset, until
from tests.trainer_api.conftest import StartTrainer
from tests.trainer_api.measuring import measuring_engine
from tunesmith.local.trainer.launchers.node.driver import JOB


@pytest.fixture
def measuring(tmp_path: Path) -> Path:
    return measuring_engine(tmp_path / "measuring")


async def ask(trainer: Trainer, model: str = "ours-1b", **asked: Any) -> dict[str, Any]:
    body = {"model": model, "tokens": 60_000, "hyperparameters": asked}
    status, said, _ = await trainer.raw("POST", "/v1/fine_tuning/estimates", json=body)
    assert status == 200, said
    return said


async def measured(trainer: Trainer, **asked: Any) -> dict[str, Any]:
    async def known() -> dict[str, Any] | None:
        said = await ask(trainer, **asked)
        return None if said["status"] == "measuring" else said

    return await until(known)


async def test_a_base_model_is_measured_once_for_its_settings_and_by_nobody_twice(
    start_trainer: StartTrainer, measuring: Path
):
    async with start_trainer(FAKE, measuring) as trainer:
        assert (await ask(trainer))["status"] == "measuring"
        auto = await measured(trainer)
        assert (auto["fits"], auto["seconds"], auto["seconds_per_epoch"]) == (True, None, 1200)
        assert (auto["memory_bytes"], auto["memory_total_bytes"]) == (14 * 10**9, 24 * 10**9)
        # Three epochs, and the file once more for the losses of its rows, a third as long.
        assert (await ask(trainer, n_epochs=3))["seconds"] == 10 + 3 * 1200 + 400
        large = await measured(trainer, context_length=8192)
        assert (large["fits"], large["seconds_per_epoch"]) == (False, None)
        assert large["instead"] == {"context_length": 4096, "quantization": "4bit"}
        assert (await measured(trainer, context_length=13))["status"] == "unknown"
        assert (await ask(trainer, BASE))["status"] == "unknown"
    async with start_trainer(FAKE, measuring) as trainer:
        assert (await ask(trainer))["status"] == "measured"
    assert (measuring / "asked").read_text() == "xxx"


async def test_nothing_is_measured_while_a_job_trains(start_trainer: StartTrainer, measuring: Path):
    async with start_trainer(FAKE, measuring) as trainer:
        job = await trainer.start(dataset(step_seconds=0.1, epochs=200))
        await trainer.first_checkpoint(job.id)
        assert (await ask(trainer))["status"] == "measuring"
        await trainer.first_checkpoint(job.id)
        assert not (measuring / "asked").exists()
        await trainer.client.fine_tuning.jobs.cancel(job.id)
        assert (await measured(trainer))["status"] == "measured"


async def test_what_cannot_be_trained_is_refused_as_a_job_is(
    start_trainer: StartTrainer, measuring: Path
):
    async with start_trainer(FAKE, measuring) as trainer:
        for body, code in (
            ({"model": "gpt-4o", "tokens": 1}, "model_not_available"),
            ({"model": "ours-1b"}, "missing_required_parameter"),
            (
                {"model": "ours-1b", "tokens": 1, "hyperparameters": {"colour": 1}},
                "unknown_parameter",
            ),
            ({"model": "ours-1b", "tokens": 1, "method": {"type": "dpo"}}, "invalid_value"),
        ):
            status, said, _ = await trainer.raw("POST", "/v1/fine_tuning/estimates", json=body)
            assert (status, said["error"]["code"]) == (400, code), said


async def test_in_a_cluster_its_workers_measure_and_what_it_never_holds_is_refused(
    ray: Ray, start_trainer: StartTrainer, measuring: Path
):
    send_to(ray, measuring, workers=2, gpus=1)
    ray.nodes = [{"CPU": 8.0, "GPU": 2.0}, {"CPU": 64.0}]
    async with start_trainer(FAKE, measuring) as trainer:
        there = await measured(trainer, n_epochs=3)
        assert (there["fits"], there["seconds"]) == (True, 10 + 3 * 1200 + 400)
        assert (await measured(trainer, context_length=8192))["fits"] is False
        assert (await measured(trainer, context_length=13))["status"] == "unknown"
        assert [job.split("-")[0] for job in ray.jobs] == ["measure"] * 3
        carried = json.loads(next(iter(ray.jobs.values())).asked["runtime_env"]["env_vars"][JOB])
        assert (carried["workers"], carried["gpus"]) == (2, 1)
        assert "token" not in carried

        # Each machine has a part of what a worker needs.
        ray.nodes = [{"CPU": 0.5, "GPU": 2.0}, {"CPU": 64.0, "GPU": 1.0}]
        refused = await ask(trainer)
        assert (refused["fits"], refused["workers"], refused["workers_most"]) == (False, 2, 1)
        ray.kinds = {"0a": "head", "1a": "gpu-group"}
        assert (await ask(trainer))["status"] == "unknown", "an autoscaler may add machines"
        ray.kinds, ray.nodes = None, [{"CPU": 8.0, "GPU": 2.0}]
        ray.faults = [("GET", "/api/v0/nodes", Fault.ERROR)]
        assert (await ask(trainer))["status"] == "measured"
    assert len(ray.jobs) == 3
