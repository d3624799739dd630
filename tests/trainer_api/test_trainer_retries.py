"""What a job does that cannot go on at the moment: it is started again, or waits for space."""

from pathlib import Path

import openai
import pytest

from tests.trainer_api import BASE, FAKE
from tests.trainer_api.client import Trainer, dataset, until
from tunesmith.local.trainer.api import incoming, jobs
from tunesmith.local.trainer.api.store import Store, StoredJob
from tunesmith.local.trainer.descriptor import read_engines
from tunesmith.local.trainer.folders import Folders
from tunesmith.local.trainer.launchers.process import ProcessLauncher
from tunesmith.local.trainer.training.backoff import Backoff
from tunesmith.local.trainer.training.lifecycle import Lifecycle
from tunesmith.local.trainer.training.runs import Run

FULL = Path("/dev/full")
"""Whatever is written there fails as on a full disk."""
needs_a_full_disk = pytest.mark.skipif(not FULL.exists(), reason="this system has no /dev/full")


def steps(events: list[str]) -> list[str]:
    return [event.split("/")[0] for event in events if event.startswith("Step ")]


async def test_an_engine_that_dies_is_started_again_three_times_for_each_checkpoint(
    trainer: Trainer,
):
    job = await trainer.train(dataset(die_at=[3, 5], deaths=2))
    assert job.status == "succeeded"
    events = await trainer.events(job.id)
    assert steps(events) == [f"Step {number}" for number in range(1, 7)]
    told = [event for event in events if event.startswith("The training process ended")]
    assert [event.split(" (")[1] for event in told] == [
        f"restart {number} of 3)." for number in (1, 2, 1, 2)
    ]
    assert events.count("Training goes on after step 2") == 2
    assert events.count("Training goes on after step 4") == 2


async def test_an_engine_without_space_waits_and_goes_on_where_it_was(trainer: Trainer):
    job = await trainer.train(dataset(full_at=3))
    assert job.status == "succeeded"
    events = await trainer.events(job.id)
    assert sum(event.startswith("No space is left on the disk") for event in events) == 1
    assert steps(events) == [f"Step {number}" for number in range(1, 7)]


@needs_a_full_disk
async def test_a_job_whose_files_find_no_space_waits_for_it(
    trainer: Trainer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    copy = tmp_path / "data/jobs/ftjob-full/train.jsonl"
    copy.parent.mkdir(parents=True)
    copy.symlink_to(FULL)
    monkeypatch.setattr(jobs, "new_id", lambda _prefix: "ftjob-full")  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType]
    job = await trainer.start()

    async def told() -> bool:
        return "No space is left" in "".join(await trainer.events(job.id))

    await until(told)
    assert (await trainer.client.fine_tuning.jobs.retrieve(job.id)).status == "validating_files"
    copy.unlink()
    assert (await trainer.wait(job.id)).status == "succeeded"


@needs_a_full_disk
async def test_a_file_that_finds_no_space_is_a_named_error_and_leaves_nothing(
    trainer: Trainer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    arriving = tmp_path / "data/arriving/full"
    arriving.symlink_to(FULL)
    monkeypatch.setattr(incoming, "new_id", lambda _prefix: "full")  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType]
    with pytest.raises(openai.InternalServerError) as caught:
        await trainer.upload(dataset())
    assert caught.value.status_code == 507
    assert caught.value.code == "insufficient_storage"
    assert not arriving.is_symlink()
    assert (await trainer.client.files.list()).data == []


@pytest.mark.parametrize("step", ["cancelled", "paused"])
async def test_a_job_that_is_called_off_before_its_turn_has_no_engine(tmp_path: Path, step: str):
    folders = Folders.create(tmp_path)
    store = Store(folders.database)
    lifecycle = Lifecycle(store, folders, lambda _job: None)
    job = StoredJob(
        id="ftjob-1",
        created_at=0,
        model=BASE,
        training_file="file-1",
        seed=0,
        base_model=BASE,
        tuned_name="ft",
        status="running",
    )
    await store.run(lambda: store.jobs.add(job, "local"))
    call_off = lifecycle.cancel if step == "cancelled" else lifecycle.pause
    await store.run(lambda: call_off(job.id))
    run = Run(
        job,
        folders.job(job.id),
        ProcessLauncher(),
        store=store,
        lifecycle=lifecycle,
        backoff=Backoff(lambda: None),
    )
    await run.train(read_engines([FAKE])[BASE].engine)
    ended = await store.run(lambda: store.jobs.get(job.id))
    assert ended
    assert (ended.status, ended.deaths) == (step, 0)
    assert not folders.job(job.id).exists()
    store.close()
