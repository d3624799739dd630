"""A run that is killed or paused ends with the same losses and weights as an undisturbed one."""

import os
import random
import signal
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.trainer_engine.engine_job import CHATS, of_type, write_job
from tests.trainer_lora.small_model import make_base
from tunesmith.local.trainer.engines.lora.checkpoint import read_state
from tunesmith.local.trainer.engines.lora.libraries import torch
from tunesmith.local.trainer.engines.lora.run import run
from tunesmith.local.trainer.engines.run import ROW_LOSSES
from tunesmith.local.trainer.jobs import (
    CheckpointSaved,
    Done,
    Event,
    ExitCode,
    Metrics,
    Started,
    parse_event,
)

pytestmark = [
    pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning"),
    pytest.mark.timeout(1200),
]

EPOCHS, STEPS_AN_EPOCH = 10, 3
TOTAL = EPOCHS * STEPS_AN_EPOCH


@pytest.fixture(scope="module", autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


def job(folder: Path, base: Path) -> Path:
    return write_job(
        folder,
        CHATS,
        CHATS[:2],
        base_model="small",
        source={"path": str(base)},
        hyperparameters={"n_epochs": EPOCHS, "batch_size": 4, "learning_rate_multiplier": 10.0},
        # Dropout draws chance numbers: those of a step must not depend on the process.
        extra={"lora_dropout": 0.1},
    )


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, list[Event]]:
    folder = tmp_path_factory.mktemp("runs")
    base = make_base(folder / "base")
    events: list[Event] = []
    assert run(job(folder / "job", base), events.append, threading.Event()) is ExitCode.DONE
    return base, folder / "job", events


def run_apart(folder: Path, log: Path, act: Callable[[Event], None]) -> int:
    """Run the job in a process of its own, which `act` sees the events of; the process's status.

    The process is forked: a new one would import the libraries for seconds.
    """
    pid = os.fork()
    if pid:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    with log.open("ab", buffering=0) as file:

        def emit(event: Event) -> None:
            file.write(event.model_dump_json(exclude_none=True).encode() + b"\n")
            act(event)

        try:
            os._exit(run(folder, emit, threading.Event()))
        finally:
            os._exit(99)  # It raised.


def told(log: Path) -> list[Event]:
    return [parse_event(line) for line in log.read_bytes().splitlines()]


def die(event: Event, step: int, kind: type[Metrics | CheckpointSaved]) -> None:
    if isinstance(event, kind) and event.step == step:
        os.kill(os.getpid(), signal.SIGKILL)


def require_same(folder: Path, events: list[Event], calm: tuple[Path, Path, list[Event]]) -> None:
    """Whatever was told of a step, and in the end of the rows, is what a calm run told."""
    _, calm_folder, calm_events = calm
    expected = {one.step: one for one in of_type(calm_events, Metrics)}
    found = list(of_type(events, Metrics))
    assert {one.step for one in found} == set(range(1, TOTAL + 1))
    assert all(one == expected[one.step] for one in found)
    assert isinstance(events[-1], Done)
    assert (folder / ROW_LOSSES).read_bytes() == (calm_folder / ROW_LOSSES).read_bytes()
    last = f"checkpoints/step-{TOTAL}/adapter_model.safetensors"
    assert (folder / last).read_bytes() == (calm_folder / last).read_bytes()
    kept = {path.name for path in (folder / "checkpoints").iterdir()}
    assert kept == {f"step-{TOTAL - 6}", f"step-{TOTAL - 3}", f"step-{TOTAL}"}


def test_a_run_killed_at_ten_random_steps_has_the_same_losses(
    tmp_path: Path, undisturbed: tuple[Path, Path, list[Event]]
):
    folder, log = job(tmp_path / "job", undisturbed[0]), tmp_path / "log"
    steps = sorted(random.Random(13).sample(range(1, TOTAL + 1), 10))
    for step in steps:
        assert run_apart(folder, log, lambda one, step=step: die(one, step, Metrics)) == -9
    assert run_apart(folder, log, lambda _: None) == ExitCode.DONE
    events = told(log)
    require_same(folder, events, undisturbed)
    resumed = [one.resumed_from for one in of_type(events, Started)][1:]
    # A step that ends an epoch is told before its state is written.
    before = [(step - 1) // STEPS_AN_EPOCH * STEPS_AN_EPOCH for step in steps]
    assert resumed == [step or None for step in before]


def test_a_run_killed_once_its_checkpoint_is_told_goes_on_after_it(
    tmp_path: Path, undisturbed: tuple[Path, Path, list[Event]]
):
    folder, log = job(tmp_path / "job", undisturbed[0]), tmp_path / "log"
    assert run_apart(folder, log, lambda one: die(one, 6, CheckpointSaved)) == -9
    assert run_apart(folder, log, lambda _: None) == ExitCode.DONE
    events = told(log)
    require_same(folder, events, undisturbed)
    assert [one.resumed_from for one in of_type(events, Started)] == [None, 6]
    assert [one.step for one in of_type(events, CheckpointSaved)][:3] == [3, 6, 6]


def test_a_run_paused_in_the_middle_of_an_epoch_goes_on_with_the_next_step(
    tmp_path: Path, undisturbed: tuple[Path, Path, list[Event]]
):
    folder = job(tmp_path / "job", undisturbed[0])
    events: list[Event] = []

    def emit(event: Event) -> None:
        events.append(event)
        if isinstance(event, Metrics) and event.step == 8:
            (folder / "control").write_text("pause")

    assert run(folder, emit, threading.Event()) is ExitCode.PAUSED
    (folder / "control").unlink()
    assert run(folder, emit, threading.Event()) is ExitCode.DONE
    require_same(folder, events, undisturbed)
    assert [one.step for one in of_type(events, Metrics)] == list(range(1, TOTAL + 1))
    assert [one.resumed_from for one in of_type(events, Started)] == [None, 8]


def test_cancel_ends_the_run_and_keeps_its_checkpoints(
    tmp_path: Path, undisturbed: tuple[Path, Path, list[Event]]
):
    folder = job(tmp_path / "job", undisturbed[0])

    def emit(event: Event) -> None:
        if isinstance(event, CheckpointSaved):
            (folder / "control").write_text("cancel")

    assert run(folder, emit, threading.Event()) is ExitCode.CANCELLED
    assert (folder / "checkpoints/step-3/adapter_config.json").exists()


def test_a_signal_to_stop_saves_the_state_at_once(
    tmp_path: Path, undisturbed: tuple[Path, Path, list[Event]]
):
    folder, stop = job(tmp_path / "job", undisturbed[0]), threading.Event()

    def emit(event: Event) -> None:
        if isinstance(event, Metrics) and event.step == 2:
            stop.set()

    assert run(folder, emit, stop) is ExitCode.PAUSED
    state = read_state(folder)
    assert state
    assert state.step == 2
