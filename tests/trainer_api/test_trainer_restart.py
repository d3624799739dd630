"""The real server process: started, stopped, killed, and started again on the same folder."""

import asyncio
import json
import os
import random
import shutil
import signal
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import openai
import psutil
import pytest

from tests.support.programs import Program, start_program
from tests.support.waiting import PATIENCE
from tests.trainer_api import KEY, ROOT
from tests.trainer_api.client import Trainer, dataset
from tests.trainer_api.conftest import StartTrainer
from tests.trainer_api.fake_engine import STEPS_PER_EPOCH, Kill, Moment

SLOW = dataset(step_seconds=0.05, epochs=10)


@asynccontextmanager
async def server(data: Path, *options: str) -> AsyncGenerator[tuple[Trainer, Program]]:
    """The server with the fake engine, and its process; killed at the end if it still runs."""
    told, log = (data.with_name(f"{data.name}.{kind}") for kind in ("ready", "log"))
    with told.open("wb") as output, log.open("ab") as errors:
        process = await start_program(
            "tests.trainer_api.server_process",
            ["--port", "0", "--data", str(data), "--api-key", KEY, *options],
            environment=os.environ | {"PYTHONPATH": str(ROOT)},
            folder=ROOT,
            output=output,
            errors=errors,
        )
    try:
        async with asyncio.timeout(PATIENCE):
            while not told.read_bytes().endswith(b"\n"):
                await asyncio.sleep(0.01)
        ready = json.loads(told.read_bytes())
        assert ready["ready"] is True
        trainer = Trainer(ready["url"])
        async with trainer.client, trainer.lenient:
            yield trainer, process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def engines_of(process: Program) -> list[psutil.Process]:
    children = await asyncio.to_thread(psutil.Process(process.pid).children, recursive=True)
    assert children
    return children


async def gone(processes: Sequence[psutil.Process]) -> bool:
    _gone, alive = await asyncio.to_thread(psutil.wait_procs, processes, timeout=60)
    return not alive


def steps(events: list[str]) -> list[int]:
    return [int(e.removeprefix("Step ").split("/")[0]) for e in events if e.startswith("Step ")]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_clean_stop_pauses_the_job_and_the_next_server_goes_on(
    tmp_path: Path, number: signal.Signals
):
    async with server(tmp_path) as (trainer, process):
        job = await trainer.start(SLOW)
        await trainer.first_checkpoint(job.id)
        engines = await engines_of(process)
        process.send_signal(number)
        assert await process.wait() == 0
        assert await gone(engines)
    async with server(tmp_path) as (trainer, process):
        assert (await trainer.client.fine_tuning.jobs.retrieve(job.id)).status == "running"
        assert (await trainer.wait(job.id)).status == "succeeded"
        events = await trainer.events(job.id)
    assert steps(events) == list(range(1, 21))
    assert events.count("Fine-tuning job started") == 1
    assert len(events) == len(set(events))
    [resumed] = [event for event in events if event.startswith("Training goes on")]
    assert resumed != "Training goes on after step 0"


async def test_a_killed_server_leaves_no_orphan_and_its_job_goes_on(tmp_path: Path):
    async with server(tmp_path) as (trainer, process):
        job = await trainer.start(SLOW, metadata={"key": "1"})
        queued = await trainer.start(dataset())
        await trainer.first_checkpoint(job.id)
        await trainer.wait(queued.id, "queued")
        engines = await engines_of(process)
        process.kill()
        await process.wait()
        assert await gone(engines)
    async with server(tmp_path) as (trainer, process):
        assert (await trainer.wait(job.id)).status == "succeeded"
        assert (await trainer.wait(queued.id)).status == "succeeded"
        events = await trainer.events(job.id)
        jobs = (await trainer.client.fine_tuning.jobs.list()).data
        checkpoints = (await trainer.client.fine_tuning.jobs.checkpoints.list(job.id)).data
        tuned = jobs[-1].fine_tuned_model
        assert tuned
        assert await trainer.ask(tuned, "question 3") == "answer 3 of many"
    assert [j.id for j in jobs] == [queued.id, job.id]
    assert jobs[-1].metadata == {"key": "1"}
    assert steps(events) == list(range(1, 21))
    assert len(events) == len(set(events))
    assert [checkpoint.step_number for checkpoint in checkpoints] == [20, 18, 16]


MOMENTS: tuple[Moment, ...] = ("begun", "half told", "told")
CHECKPOINT_MOMENTS: tuple[Moment, ...] = ("model saved", "state saved", "checkpoint told")


def some_kills(seed: int) -> list[Kill]:
    """Four kills at different steps."""
    rng = random.Random(seed)
    return [
        Kill(
            step=step,
            moment=rng.choice(MOMENTS if step % STEPS_PER_EPOCH else MOMENTS + CHECKPOINT_MOMENTS),
            engine=rng.random() < 0.5,
            unread=rng.choice((0, 1, 3)),
        )
        for step in sorted(rng.sample(range(1, 21), 4))
    ]


async def killed(trainer: Trainer, process: Program, job_id: str) -> bool:
    """Whether the server is killed before the job has ended well."""
    while process.returncode is None:
        with suppress(openai.APIConnectionError):
            if (await trainer.client.fine_tuning.jobs.retrieve(job_id)).status == "succeeded":
                return False
        await asyncio.sleep(0.02)
    return True


async def goes_on_to_its_end(data: Path, job_id: str) -> tuple[list[str], list[int]]:
    """Start a server whenever there is none; the job's events and its result file's steps."""
    while True:
        async with server(data) as (trainer, process):
            if await killed(trainer, process, job_id):
                continue
            job = await trainer.client.fine_tuning.jobs.retrieve(job_id)
            rows = (await trainer.client.files.content(job.result_files[0])).text.splitlines()
            return await trainer.events(job_id), [int(row.split(",")[0]) for row in rows[1:]]


@pytest.mark.parametrize(
    "kills",
    [
        # The state is four steps ahead of what the server has read.
        [Kill(step=6, moment="state saved", unread=3)],
        # Half of a line is left by both.
        [Kill(step=5, moment="half told", engine=True), Kill(step=6, moment="half told")],
        *map(some_kills, range(3)),
    ],
    ids=["unread checkpoint", "half lines", "seed 0", "seed 1", "seed 2"],
)
async def test_no_event_is_lost_or_doubled_wherever_the_server_and_the_engine_are_killed(
    tmp_path: Path, kills: list[Kill]
):
    said = "3 epochs are few."
    content = dataset(
        step_seconds=0.02, epochs=10, say=said, kills=[kill.model_dump() for kill in kills]
    )
    async with server(tmp_path) as (trainer, process):
        job = await trainer.start(content)
        assert await killed(trainer, process, job.id)
    events, rows = await goes_on_to_its_end(tmp_path, job.id)
    expected = [
        f"Created fine-tuning job: {job.id}",
        f"Validating training file: {job.training_file}",
        "Files validated, moving job to queued state",
        "Fine-tuning job started",
        said,
    ]
    for step in range(1, 21):
        expected.append(f"Step {step}/20: training loss={4 / step:.2f}")
        if step % STEPS_PER_EPOCH == 0:
            expected.append(f"Checkpoint created at step {step}")
    expected += ["New fine-tuned model created", "The job has successfully completed"]
    assert [event for event in events if not event.startswith("Training goes on")] == expected
    assert rows == list(range(1, 21))


async def test_a_job_that_was_pausing_when_the_server_died_is_paused(tmp_path: Path):
    async with server(tmp_path) as (trainer, process):
        job = await trainer.start(dataset(step_seconds=0.05, epochs=10, deaf=True))
        await trainer.first_checkpoint(job.id)
        assert (await trainer.lenient.fine_tuning.jobs.pause(job.id)).status == "pausing"
        process.kill()
        await process.wait()
    async with server(tmp_path) as (trainer, process):
        assert (await trainer.lenient.fine_tuning.jobs.retrieve(job.id)).status == "paused"
        await trainer.lenient.fine_tuning.jobs.resume(job.id)
        assert (await trainer.wait(job.id)).status == "succeeded"
        assert steps(await trainer.events(job.id)) == list(range(1, 21))


async def test_what_an_engine_told_before_its_job_was_paused_is_recorded_by_the_next_server(
    tmp_path: Path,
):
    kill = Kill(step=10, moment="told", unread=2)
    content = dataset(step_seconds=0.1, epochs=10, deaf=True, kills=[kill.model_dump()])
    async with server(tmp_path) as (trainer, process):
        job = await trainer.start(content)
        await trainer.first_checkpoint(job.id)
        await trainer.lenient.fine_tuning.jobs.pause(job.id)
        await process.wait()
    async with server(tmp_path) as (trainer, process):
        assert (await trainer.lenient.fine_tuning.jobs.retrieve(job.id)).status == "paused"
        events = await trainer.events(job.id)
    assert steps(events)[:10] == list(range(1, 11))
    assert events[-1] == "Fine-tuning job paused"


async def test_what_a_killed_server_left_half_done_is_swept(tmp_path: Path):
    async with server(tmp_path) as (trainer, process):
        kept = await trainer.upload(b"kept")
        process.kill()
        await process.wait()
    half, orphan = tmp_path / "arriving/half", tmp_path / "files/file-orphan"
    half.write_bytes(b"half")
    orphan.write_bytes(b"orphan")
    async with server(tmp_path) as (trainer, process):
        assert (await trainer.client.files.content(kept)).content == b"kept"
        assert not half.exists()
        assert not orphan.exists()


async def test_of_a_job_that_has_ended_its_models_stay_and_its_data_goes(
    start_trainer: StartTrainer, trained: tuple[Path, str], tmp_path: Path
):
    data, name = trained
    shutil.copytree(data, tmp_path / "data")
    [folder] = (tmp_path / "data/jobs").iterdir()
    assert (folder / "train.jsonl").exists()
    async with start_trainer() as trainer:
        assert await trainer.ask(name, "question 3") == "answer 3 of many"
    left = {path.name for path in folder.iterdir() if path.is_file()}
    assert left <= {"job.json", "events.jsonl", "engine.log"}


async def test_two_servers_never_share_a_folder(tmp_path: Path):
    async with server(tmp_path):
        second = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tunesmith.local.trainer"),
            *("--port", "0", "--data", str(tmp_path), "--api-key", KEY),
            stdout=PIPE,
            stderr=PIPE,
        )
        out, err = await second.communicate()
        assert (second.returncode, out) == (1, b"")
        assert b"is used by another trainer" in err


async def test_a_taken_port_is_told_in_one_line(tmp_path: Path):
    async with server(tmp_path) as (trainer, _process):
        second = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tunesmith.local.trainer"),
            *("--port", trainer.url.rsplit(":", 1)[1]),
            *("--data", str(tmp_path / "other"), "--api-key", KEY),
            stdout=PIPE,
            stderr=PIPE,
        )
        _out, err = await second.communicate()
        assert second.returncode == 1
        assert err.startswith(b"The trainer cannot start: ")
        assert err.count(b"\n") == 1


async def test_the_server_listens_on_loopback_alone(tmp_path: Path):
    async with server(tmp_path) as (_trainer, process):
        connections = await asyncio.to_thread(psutil.Process(process.pid).net_connections, "inet")
        listening = {c.laddr.ip for c in connections if c.status == psutil.CONN_LISTEN}
        assert listening == {"127.0.0.1"}
