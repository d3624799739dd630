"""The file that keeps what a job's engines tell: appended by one process at a time, read once."""

import asyncio
import json
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from pathlib import Path

from tests.trainer_api import BASE, FAKE
from tests.trainer_api.client import dataset, until
from tunesmith.local.trainer.jobs import ExitCode, JobSpec, Message, Metrics, Started
from tunesmith.local.trainer.launchers import guard
from tunesmith.local.trainer.launchers.event_log import read_events

LOG = "events.jsonl"


def line(text: str) -> bytes:
    return Message(level="info", text=text).model_dump_json().encode() + b"\n"


def texts(folder: Path, start: int) -> tuple[list[str], int]:
    events, end = read_events(folder, start)
    return [event.text for event in events if isinstance(event, Message)], end


def test_a_line_is_read_once_and_only_when_it_is_whole(tmp_path: Path):
    one, two = line("one"), line("두 번째")
    assert texts(tmp_path, 0) == ([], 0)
    for cut in range(len(two)):
        (tmp_path / LOG).write_bytes(one + two[:cut])
        assert texts(tmp_path, 0) == (["one"], len(one))
        assert texts(tmp_path, len(one)) == ([], len(one))
    (tmp_path / LOG).write_bytes(one + two)
    assert texts(tmp_path, len(one)) == (["두 번째"], len(one + two))


def test_a_line_that_is_no_event_is_passed_over(tmp_path: Path):
    content = line("one") + b"\xff no event\n\n" + line("two")
    (tmp_path / LOG).write_bytes(content)
    assert texts(tmp_path, 0) == (["one", "two"], len(content))


def test_a_loss_that_is_no_number_any_more_is_told_as_such(tmp_path: Path):
    told = Metrics(step=1, total_steps=2, train_loss=float("nan"), valid_loss=float("inf"))
    (tmp_path / LOG).write_text(told.model_dump_json(exclude_none=True) + "\n")
    [read], _end = read_events(tmp_path, 0)
    assert repr(read) == repr(told)


async def engine(folder: Path) -> Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, guard.__file__, FAKE, "tests.trainer_api.fake_engine", folder),
        stdin=PIPE,
        stdout=DEVNULL,
    )


def job(folder: Path, step_seconds: float = 0.0) -> Path:
    folder.mkdir()
    (folder / "train.jsonl").write_bytes(dataset(step_seconds=step_seconds, epochs=4))
    (folder / "job.json").write_text(JobSpec(id="ftjob-1", base_model=BASE).model_dump_json())
    return folder


async def test_what_a_killed_engine_left_of_a_line_does_not_spoil_the_next(tmp_path: Path):
    folder = job(tmp_path / "job")
    (folder / LOG).write_bytes(line("one") + line("two")[:-1])
    assert await (await engine(folder)).wait() == ExitCode.DONE
    lines = (folder / LOG).read_bytes().splitlines(keepends=True)
    assert lines[0] == line("one")
    assert [json.loads(one)["event"] for one in lines[1:3]] == ["started", "metrics"]
    assert len(read_events(folder, 0)[0]) == len(lines)


async def test_an_engine_waits_until_the_one_before_has_left_the_job(tmp_path: Path):
    folder = job(tmp_path / "job", step_seconds=0.1)

    async def saved() -> bool:
        return (folder / "state.json").exists()

    first = await engine(folder)
    await until(saved)
    second = await engine(folder)
    assert await first.wait() == ExitCode.DONE
    assert await second.wait() == ExitCode.DONE
    events, _ = read_events(folder, 0)
    assert [event.step for event in events if isinstance(event, Metrics)] == list(range(1, 9))
    started = [event.resumed_from for event in events if isinstance(event, Started)]
    assert started == [None, 8]
