"""A job's life: go on where it stood, train, tell, save, and leave when asked to."""

import csv
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np

from tunesmith.local.trainer.engines.process import Emit, asked, run_job
from tunesmith.local.trainer.jobs import (
    CheckpointSaved,
    Control,
    Done,
    Event,
    ExitCode,
    JobSpec,
    Metrics,
    Started,
)

from .checkpoint import CHECKPOINTS, State, read_state, write_adapter, write_state
from .examples import Examples, Item
from .group import Group
from .libraries import torch
from .optimizer import Optimizer
from .passes import Passes, Score
from .prepare import Prepared, prepare

ROW_LOSSES = "row_losses.csv"
_VALIDATIONS_A_RUN = 50
_STATE_SECONDS = 600.0
"""A kill loses no more work than this: an epoch of a large model may take hours."""
_ROWS_AT_ONCE = 64


def run(folder: Path, emit: Emit, stop: threading.Event) -> ExitCode:
    """Train the job in this folder. `stop`, set from outside, means pause.

    A job that cannot be trained ends with Failed; anything else that goes wrong is raised.
    """

    def train(spec: JobSpec) -> ExitCode:
        started = _Run(folder, spec, prepare(folder, spec), emit=emit, stop=stop)
        try:
            return started.train()
        finally:
            started.close()

    return run_job(folder, emit, train)


class _Run:
    """One process's stretch of a run."""

    def __init__(
        self,
        folder: Path,
        spec: JobSpec,
        prepared: Prepared,
        *,
        emit: Emit,
        stop: threading.Event,
    ) -> None:
        self._folder = folder
        self._spec = spec
        self._prepared = prepared
        self._plan = prepared.plan
        self._group = Group(prepared.model.device)
        self._emit = emit if self._group.leads else _tell_nobody
        self._stop = stop
        self._optimizer = Optimizer(prepared.model)
        settings = prepared.settings
        self._passes = Passes(
            prepared.objective,
            settings.micro_batch_tokens,
            self._group,
            packing=settings.packing,
        )
        self._step = 0
        self._saved: CheckpointSaved | None = None
        self._written = time.monotonic()
        state = read_state(folder)
        self._resumed_from = state.step if state else None
        if state:
            self._step, self._saved = state.step, state.saved
            self._passes.budget = state.budget
            self._optimizer.restore(state.tensors, state.step)

    def train(self) -> ExitCode:
        """Take every step that is left, unless asked to leave."""
        trained_tokens = self._plan.n_epochs * self._prepared.training.tokens
        self._tell_start(trained_tokens)
        while self._step < self._plan.total_steps:
            match self._asked():
                case Control.CANCEL:
                    return ExitCode.CANCELLED
                case Control.PAUSE:
                    self._write_state()
                    return ExitCode.PAUSED
                case None:
                    self._step += 1
                    self._take_step()
        assert self._saved is not None
        if not self._write_row_losses():  # What is left is done again.
            return ExitCode.CANCELLED if self._asked() is Control.CANCEL else ExitCode.PAUSED
        self._emit(
            Done(folder=self._saved.folder, trained_tokens=trained_tokens, row_losses=ROW_LOSSES)
        )
        return ExitCode.DONE

    def close(self) -> None:
        """Leave the processes that share the run."""
        self._group.close()

    def _asked(self) -> Control | None:
        return self._group.decide(asked(self._folder, self._stop))

    def _tell_start(self, trained_tokens: int) -> None:
        plan = self._plan
        self._emit(
            Started(
                total_steps=plan.total_steps,
                n_epochs=plan.n_epochs,
                batch_size=plan.batch_size,
                learning_rate_multiplier=plan.learning_rate_multiplier,
                beta=plan.beta if self._spec.method == "dpo" else None,
                trained_tokens=trained_tokens,
                resumed_from=self._resumed_from,
            )
        )
        if self._resumed_from is None:
            for message in self._prepared.messages:
                self._emit(message)
        if self._saved is not None:
            self._emit(self._saved)

    def _take_step(self) -> None:
        plan, step, model = self._plan, self._step, self._prepared.model
        # Dropout is of the step, not of the process: a run that goes on draws the same.
        torch.manual_seed(self._spec.seed * 2**32 + self._group.rank * 2**24 + step)
        model.train()
        score = self._passes.learn(_items(self._prepared.training, plan.batch(step)), model)
        self._optimizer.step(plan.rate(step))
        model.eval()
        measures = self._measures("train", score)
        epoch_ends = step % plan.steps_an_epoch == 0
        if self._prepared.validation:
            measures |= self._validate(self._prepared.validation, full=epoch_ends)
        self._emit(Metrics(step=step, total_steps=plan.total_steps, **measures))
        if epoch_ends:
            self._save(
                CheckpointSaved(
                    step=step,
                    epoch=step // plan.steps_an_epoch,
                    folder=f"{CHECKPOINTS}/step-{step}",
                    **measures,
                )
            )
        elif time.monotonic() - self._written > _STATE_SECONDS:
            self._write_state()

    def _validate(self, examples: Examples, *, full: bool) -> dict[str, Any]:
        """Now and then a batch of the validation file, at an epoch's end all of it as well."""
        count = len(examples.items)
        measures: dict[str, Any] = {}
        if full:
            score = self._passes.validate(_items(examples, list(range(count))))
            measures = self._measures("full_valid", score)
        if full or self._step % max(1, self._plan.total_steps // _VALIDATIONS_A_RUN) == 0:
            rng = np.random.default_rng([self._spec.seed, self._step])
            some = rng.permutation(count)[: self._plan.batch_size].tolist()
            measures |= self._measures("valid", self._passes.validate(_items(examples, some)))
        return measures

    def _measures(self, kind: str, score: Score) -> dict[str, Any]:
        return {
            f"{kind}_loss": score.loss / score.count,
            f"{kind}_{self._prepared.objective.accuracy}": score.right / score.count,
        }

    def _save(self, saved: CheckpointSaved) -> None:
        if self._group.leads:
            folder, made = self._folder / saved.folder, self._prepared
            write_adapter(folder, made.model, self._spec.source, made.ends)
        self._saved = saved
        self._write_state()
        self._emit(saved)

    def _write_state(self) -> None:
        if not self._group.leads:
            return
        tensors = self._optimizer.tensors()
        write_state(self._folder, State(self._step, tensors, self._passes.budget, self._saved))
        self._written = time.monotonic()

    def _write_row_losses(self) -> bool:
        """Write `line,loss` for each example in its order; False where the run is to leave."""
        training = self._prepared.training
        losses: dict[int, Score] = {}
        self._prepared.model.eval()
        for start in range(0, len(training.items), _ROWS_AT_ONCE):
            if self._asked() is not None:
                return False
            some = range(start, min(start + _ROWS_AT_ONCE, len(training.items)))
            self._passes.validate(_items(training, list(some)), losses)
        if not self._group.leads:
            return True
        aside = self._folder / f".{ROW_LOSSES}"
        with aside.open("w", encoding="ascii", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(("line", "loss"))
            for row, line in enumerate(training.lines):
                writer.writerow((line, f"{losses[row].loss / losses[row].count:.6g}"))
        aside.replace(self._folder / ROW_LOSSES)
        return True


def _tell_nobody(_event: Event) -> None:
    pass


def _items(examples: Examples, chosen: list[int]) -> list[Item]:
    return [item for index in chosen for item in examples.items[index]]
