"""Cancelling, pausing and resuming a job."""

import openai
import pytest

from tests.trainer_api.client import Trainer, dataset
from tunesmith.local.trainer.launchers.process import ProcessLauncher


async def test_cancel_ends_a_running_job_at_once_and_keeps_its_checkpoints(trainer: Trainer):
    job = await trainer.start(dataset(step_seconds=0.05, epochs=50))
    checkpoint = await trainer.first_checkpoint(job.id)
    cancelled = await trainer.client.fine_tuning.jobs.cancel(job.id)
    assert cancelled.status == "cancelled"
    assert cancelled.finished_at
    assert (await trainer.train()).status == "succeeded"
    events = await trainer.events(job.id)
    assert events[-1] == "Fine-tuning job cancelled"
    assert await trainer.ask(checkpoint, "question 1") == "answer 1 of many"
    with pytest.raises(openai.BadRequestError, match="cancelled"):
        await trainer.client.fine_tuning.jobs.cancel(job.id)


async def test_a_queued_job_can_be_cancelled(trainer: Trainer):
    first = await trainer.start(dataset(step_seconds=0.05, epochs=50))
    await trainer.wait(first.id, "running")
    second = await trainer.start()
    await trainer.wait(second.id, "queued")
    assert (await trainer.client.fine_tuning.jobs.cancel(second.id)).status == "cancelled"
    await trainer.client.fine_tuning.jobs.cancel(first.id)
    assert (await trainer.wait(second.id)).status == "cancelled"
    assert "Fine-tuning job started" not in await trainer.events(second.id)


async def test_pause_frees_the_place_and_resume_goes_on_where_it_was(trainer: Trainer):
    job = await trainer.start(dataset(step_seconds=0.05, epochs=6))
    await trainer.first_checkpoint(job.id)
    paused = await trainer.lenient.fine_tuning.jobs.pause(job.id)
    assert paused.status == "pausing"
    await trainer.wait(job.id, "paused")
    assert (await trainer.train()).status == "succeeded"
    with pytest.raises(openai.BadRequestError, match="paused"):
        await trainer.lenient.fine_tuning.jobs.pause(job.id)

    resumed = await trainer.lenient.fine_tuning.jobs.resume(job.id)
    assert resumed.status == "queued"
    job = await trainer.wait(job.id)
    assert job.status == "succeeded"
    events = await trainer.events(job.id)
    steps = [event for event in events if event.startswith("Step ")]
    assert len(steps) == len(set(steps)) == 12
    assert sum(event.startswith("Training goes on after step") for event in events) == 1
    assert events.count("Fine-tuning job started") == 1
    assert events.index("Fine-tuning job paused") < events.index("Fine-tuning job resumed")
    with pytest.raises(openai.BadRequestError, match="succeeded"):
        await trainer.lenient.fine_tuning.jobs.resume(job.id)


async def test_a_queued_job_pauses_at_once(trainer: Trainer):
    first = await trainer.start(dataset(step_seconds=0.05, epochs=50))
    await trainer.wait(first.id, "running")
    second = await trainer.start()
    await trainer.wait(second.id, "queued")
    assert (await trainer.lenient.fine_tuning.jobs.pause(second.id)).status == "paused"
    await trainer.client.fine_tuning.jobs.cancel(first.id)
    await trainer.lenient.fine_tuning.jobs.resume(second.id)
    assert (await trainer.wait(second.id)).status == "succeeded"


async def test_an_engine_that_does_not_listen_is_killed(
    trainer: Trainer, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(ProcessLauncher, "grace_seconds", 0.2)
    job = await trainer.start(dataset(step_seconds=0.05, epochs=400, deaf=True))
    await trainer.first_checkpoint(job.id)
    await trainer.lenient.fine_tuning.jobs.pause(job.id)
    await trainer.wait(job.id, "paused")
    await trainer.client.fine_tuning.jobs.cancel(job.id)
