"""A run that is paused or killed ends with the same bits as one that nobody disturbed."""

import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.trainer_engine.engine_job import CHATS, COMMAND, made, of_type, run_process, write_job
from tunesmith.local.trainer.engines.run import ROW_LOSSES
from tunesmith.local.trainer.engines.tiny.checkpoint import read_state
from tunesmith.local.trainer.jobs import (
    CheckpointSaved,
    Done,
    Event,
    ExitCode,
    Failed,
    Metrics,
    Started,
    parse_event,
)

# Enough epochs for noisy prompts, few enough steps to be quick; validation takes part.
ASKED = {"n_epochs": 12, "batch_size": 5}
STEPS_AN_EPOCH = 2
KEPT = {"step-20", "step-22", "step-24"}

# Disturbs itself, so that it happens at the very same point whatever else the machine does.
DISTURBED = """
import os, signal, sys
from pathlib import Path

from tunesmith.local.trainer.engines.tiny import __main__ as engine

folder, kind, point = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
write, met = os.write, 0

def act():
    if kind == "pause":
        (folder / "control").write_text("pause")
    elif kind == "terminate":
        os.kill(os.getpid(), signal.SIGTERM)
    else:
        os.kill(os.getpid(), signal.SIGKILL)

def acting_write(number, data):
    written = write(number, data[: len(data) // 2 + 1] if kind == "short writes" else data)
    if b'"event":"metrics","step":%d,' % point in data and kind in ("pause", "terminate", "kill"):
        act()
    return written

def on_audit(event, arguments):
    global met
    if event == kind and str(folder) in str(arguments[0]):
        met += 1
        if met == point:
            act()

os.write = acting_write
sys.addaudithook(on_audit)
sys.exit(engine.main(folder))
"""


def job(folder: Path) -> Path:
    return write_job(folder, valid=CHATS[:2], hyperparameters=ASKED)


def run_disturbed(folder: Path, kind: str, point: int) -> tuple[int, list[Event]]:
    command = [sys.executable, "-c", DISTURBED, str(folder), kind, str(point)]
    ended = subprocess.run(command, stdout=subprocess.PIPE, check=False)
    return ended.returncode, [parse_event(line) for line in ended.stdout.splitlines()]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Event]]:
    return made(tmp_path_factory, "undisturbed", lambda folder: run_process(job(folder)))


@pytest.mark.parametrize(
    ("kind", "point", "code", "goes_on_from"),
    [
        # In the middle of an epoch with noisy prompts, and of one without.
        ("pause", 5, ExitCode.PAUSED, 5),
        ("terminate", 21, ExitCode.PAUSED, 21),
        ("kill", 5, -signal.SIGKILL, 4),
        # Before a model's folder and before the state are moved into place; each epoch has both.
        ("os.rename", 9, -signal.SIGKILL, 8),
        ("os.rename", 10, -signal.SIGKILL, 8),
        # Before an old checkpoint is removed.
        ("shutil.rmtree", 7, -signal.SIGKILL, 10),
    ],
)
def test_a_disturbed_run_goes_on_to_the_same_bits(
    tmp_path: Path,
    undisturbed: tuple[Path, list[Event]],
    kind: str,
    point: int,
    code: int,
    goes_on_from: int,
):
    calm_folder, calm = undisturbed
    folder = job(tmp_path / "job")
    disturbed_code, told = run_disturbed(folder, kind, point)
    assert disturbed_code == code
    (folder / "control").unlink(missing_ok=True)
    exit_code, events = run_process(folder)
    assert exit_code == ExitCode.DONE

    started = events[0]
    assert isinstance(started, Started)
    assert started.resumed_from == goes_on_from
    # The latest checkpoint up to there is told again, then every later one.
    saved = list(of_type(events, CheckpointSaved))
    calm_saved = list(of_type(calm, CheckpointSaved))
    assert saved == [
        one for one in calm_saved if one.step >= goes_on_from // STEPS_AN_EPOCH * STEPS_AN_EPOCH
    ]
    calm_metrics = list(of_type(calm, Metrics))
    assert list(of_type(events, Metrics)) == calm_metrics[goes_on_from:]
    # Nothing was done up to the state that had not been told before it was written.
    assert list(of_type(told, Metrics))[:goes_on_from] == calm_metrics[:goes_on_from]
    together = {one.step: one for one in of_type([*told, *events], CheckpointSaved)}
    assert list(together.values()) == calm_saved
    assert events[-1] == calm[-1]
    assert (folder / ROW_LOSSES).read_bytes() == (calm_folder / ROW_LOSSES).read_bytes()
    assert {path.name for path in (folder / "checkpoints").iterdir()} == KEPT
    for name in KEPT:
        for path in (calm_folder / "checkpoints" / name).iterdir():
            assert (folder / "checkpoints" / name / path.name).read_bytes() == path.read_bytes()


def test_a_finished_run_started_again_only_tells_its_end(
    tmp_path: Path, undisturbed: tuple[Path, list[Event]]
):
    calm_folder, calm = undisturbed
    folder = shutil.copytree(calm_folder, tmp_path / "job")
    code, events = run_process(folder)
    assert code == ExitCode.DONE
    *_, saved = of_type(calm, CheckpointSaved)
    assert [type(event) for event in events] == [Started, CheckpointSaved, Done]
    assert events[1:] == [saved, calm[-1]]


def test_a_line_is_written_whole_however_little_is_taken_at_once(tmp_path: Path):
    folder = write_job(tmp_path / "job", hyperparameters={"n_epochs": 1, "batch_size": 4})
    code, told = run_disturbed(folder, "short writes", 0)
    assert code == ExitCode.DONE
    assert [event.step for event in of_type(told, Metrics)] == [1, 2, 3]


def test_cancel_ends_the_run_and_keeps_its_checkpoints(tmp_path: Path):
    folder = write_job(tmp_path / "job", hyperparameters=ASKED)

    def cancel(_process: subprocess.Popen[bytes], event: Event) -> None:
        if isinstance(event, CheckpointSaved) and event.epoch == 2:
            (folder / "control").write_text("cancel\n")

    code, events = run_process(folder, cancel)
    assert code == ExitCode.CANCELLED
    *_, saved = of_type(events, CheckpointSaved)
    assert (folder / saved.folder / "model.safetensors").exists()
    assert not list(of_type(events, Done))


def test_a_control_file_that_is_still_empty_changes_nothing(tmp_path: Path):
    folder = write_job(tmp_path / "job", hyperparameters={"n_epochs": 1})
    (folder / "control").write_text("")
    code, _ = run_process(folder)
    assert code == ExitCode.DONE


def test_a_listener_that_goes_away_pauses_the_run(tmp_path: Path):
    folder = write_job(tmp_path / "job", hyperparameters={"n_epochs": 50})
    with subprocess.Popen([*COMMAND, str(folder)], stdout=subprocess.PIPE) as process:
        assert process.stdout
        process.stdout.readline()
        process.stdout.close()
    assert process.returncode == ExitCode.PAUSED
    assert read_state(folder) is not None


@pytest.mark.parametrize("content", ["", "{", '{"id": "a"}', '{"id": 1, "base_model": "x"}'])
def test_a_malformed_job_fails_with_one_event_and_exit_code_1(tmp_path: Path, content: str):
    folder = write_job(tmp_path / "job")
    (folder / "job.json").write_text(content)
    code, (failed,) = run_process(folder)
    assert code == ExitCode.FAILED
    assert isinstance(failed, Failed)
    assert failed.code == "invalid_job"


def test_an_unexpected_error_is_no_end_of_the_job_and_its_traceback_goes_to_stderr(tmp_path: Path):
    folder = write_job(tmp_path / "job")
    (folder / "state.npz").write_bytes(b"not a state")
    done = subprocess.run(
        [sys.executable, "-m", "tunesmith.local.trainer.engines.tiny", str(folder)],
        capture_output=True,
        check=False,
    )
    assert done.returncode == ExitCode.FAILED
    assert b"Traceback" in done.stderr
    assert done.stdout == b"", "it is started again"
