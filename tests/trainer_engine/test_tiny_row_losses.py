"""What a run tells of each row of its training file at the end."""

import csv
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.trainer_engine.engine_job import CHATS, chat, train, write_job
from tunesmith.local.trainer.engines.run import ROW_LOSSES
from tunesmith.local.trainer.engines.tiny.checkpoint import Model
from tunesmith.local.trainer.engines.tiny.prepare import prepare
from tunesmith.local.trainer.engines.tiny.run import run
from tunesmith.local.trainer.jobs import CheckpointSaved, Done, Event, ExitCode, JobSpec, Started

EPOCHS = 8
WRONG = chat("Which water do I use?", "Yes, within 30 days.")
ROWS = [*[CHATS[0]] * 3, *[CHATS[2]] * 5, WRONG]


def losses(folder: Path) -> dict[int, float]:
    with (folder / ROW_LOSSES).open(newline="") as file:
        return {int(row["line"]): float(row["loss"]) for row in csv.DictReader(file)}


def test_each_loss_is_the_mean_over_the_learnt_tokens_of_that_row_alone(
    trained: tuple[Path, list[Event]], tuned_model: Model
):
    folder = trained[0]
    spec = JobSpec.model_validate_json((folder / "job.json").read_bytes())
    rows = (folder / "train.jsonl").read_bytes()
    (folder / "valid.jsonl").write_bytes(rows)
    objective = prepare(folder, spec).objective
    (folder / "valid.jsonl").unlink()
    with ThreadPoolExecutor(2) as pool:
        alone = [objective.validate(tuned_model.weights, [i], pool) for i in range(len(CHATS))]
    means = {line: score.loss / score.count for line, score in enumerate(alone, 1)}
    assert losses(folder) == pytest.approx(means, rel=1e-3)


def test_the_row_that_others_contradict_costs_most_also_after_a_pause_before_the_end(
    tmp_path: Path,
):
    asked = {"n_epochs": EPOCHS, "batch_size": 4}
    folder = write_job(tmp_path / "job", hyperparameters=asked)
    lines = [json.dumps(row) for row in ROWS]
    (folder / "train.jsonl").write_text("\n".join([*lines[:3], "", *lines[3:]]) + "\n")
    stop = threading.Event()

    def stop_after_the_last_step(event: Event) -> None:
        if isinstance(event, CheckpointSaved) and event.epoch == EPOCHS:
            stop.set()

    assert run(folder, stop_after_the_last_step, stop) is ExitCode.PAUSED
    assert not (folder / ROW_LOSSES).exists()
    code, events = train(folder)
    assert code is ExitCode.DONE
    assert [type(event) for event in events] == [Started, CheckpointSaved, Done]
    assert isinstance(events[-1], Done)
    assert events[-1].row_losses == ROW_LOSSES
    found = losses(folder)
    assert list(found) == [1, 2, 3, *range(5, 11)], "a blank line is a line"
    assert max(found, key=found.__getitem__) == 10
