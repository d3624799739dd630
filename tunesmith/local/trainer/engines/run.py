"""The run of a job in an engine of ours: go on where it stood, train, tell, save, and leave when
asked to.
"""

import csv
import math
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from tunesmith.local.trainer.engines.checkpoints import drop_old, folder_of
from tunesmith.local.trainer.engines.plan import Plan
from tunesmith.local.trainer.engines.process import Emit, JobError, asked
from tunesmith.local.trainer.jobs import (
    CheckpointSaved,
    Control,
    Done,
    Event,
    ExitCode,
    JobSpec,
    Message,
    Metrics,
    Started,
)

ROW_LOSSES = "row_losses.csv"
_VALIDATIONS_A_RUN = 50
_STATE_SECONDS = 600.0
"""A kill loses no more work than this: an epoch of a large model may take hours."""


class Score(Protocol):
    """Sums over what was measured; `count` is what to divide by."""

    @property
    def loss(self) -> float:
        """In nats."""
        ...

    @property
    def right(self) -> float:
        """The right guesses."""
        ...

    @property
    def count(self) -> int:
        """Tokens, or pairs."""
        ...


class Learner(Protocol):
    """The model of an engine as a run trains it, one batch after the other."""

    @property
    def accuracy(self) -> str:
        """What `Score.right` over `Score.count` is called in events."""
        ...

    def learn(self, chosen: Sequence[int], step: int) -> Score:
        """Take a step on these training examples; how well they were known before."""
        ...

    def validate(self, chosen: Sequence[int]) -> Score:
        """How well these validation examples are known."""
        ...

    def row_losses(self) -> Iterator[Sequence[tuple[int, float]]]:
        """The line (from 1) and the loss of each training example in its order, some at a time."""
        ...

    def write_model(self, folder: Path) -> None:
        """Write the model as this folder, which appears whole or not at all."""
        ...

    def write_state(self, step: int, saved: CheckpointSaved | None) -> None:
        """Note, in one move, where the run stands; `saved` is its latest checkpoint."""
        ...


@dataclass(frozen=True, slots=True)
class Course:
    """What a run goes by. `tokens` are those of one epoch, `validation` counts the examples of the
    validation file; `messages` are told at the beginning.
    """

    plan: Plan
    tokens: int
    validation: int
    messages: Sequence[Message]


@dataclass(frozen=True, slots=True)
class Stand:
    """Where a run stood when its process left: after `step`, `saved` its latest checkpoint."""

    step: int
    saved: CheckpointSaved | None


def alone(control: Control | None) -> Control | None:
    """The decision of a process that shares its run with no other."""
    return control


def _tell_nobody(_event: Event) -> None:
    pass


class Run:
    """One process's stretch of a run.

    Of several processes one `leads`, which alone tells and writes; they `decide` together what was
    asked of it.
    """

    def __init__(
        self,
        folder: Path,
        spec: JobSpec,
        course: Course,
        learner: Learner,
        stand: Stand | None,
        *,
        emit: Emit,
        stop: threading.Event,
        leads: bool = True,
        decide: Callable[[Control | None], Control | None] = alone,
    ) -> None:
        self._folder = folder
        self._spec = spec
        self._course = course
        self._plan = course.plan
        self._learner = learner
        self._emit = emit if leads else _tell_nobody
        self._stop = stop
        self._leads = leads
        self._decide = decide
        self._resumed_from = stand.step if stand else None
        self._step = stand.step if stand else 0
        self._saved = stand.saved if stand else None
        self._written = time.monotonic()

    def train(self) -> ExitCode:
        """Take every step that is left, unless asked to leave. Raises JobError."""
        trained_tokens = self._plan.n_epochs * self._course.tokens
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
        left = self._write_row_losses()
        if (
            left is not None
        ):  # The state after the last step is written: what is left is done again.
            return ExitCode.CANCELLED if left is Control.CANCEL else ExitCode.PAUSED
        self._emit(
            Done(folder=self._saved.folder, trained_tokens=trained_tokens, row_losses=ROW_LOSSES)
        )
        return ExitCode.DONE

    def _asked(self) -> Control | None:
        return self._decide(asked(self._folder, self._stop))

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
            for message in self._course.messages:
                self._emit(message)
        if self._saved is not None:
            self._emit(self._saved)

    def _take_step(self) -> None:
        plan, step = self._plan, self._step
        score = self._learner.learn(plan.batch(step), step)
        if not math.isfinite(score.loss):
            raise JobError(
                "training_diverged",
                f"The loss of step {step} is no number any more. A lower learning_rate_multiplier"
                " than that of this job may help.",
            )
        measures = self._measures("train", score)
        epoch_ends = step % plan.steps_an_epoch == 0
        if self._course.validation:
            measures |= self._validate(full=epoch_ends)
        self._emit(Metrics(step=step, total_steps=plan.total_steps, **measures))
        if epoch_ends:
            epoch = step // plan.steps_an_epoch
            self._save(CheckpointSaved(step=step, epoch=epoch, folder=folder_of(step), **measures))
        elif time.monotonic() - self._written > _STATE_SECONDS:
            self._write_state()

    def _validate(self, *, full: bool) -> dict[str, Any]:
        """Now and then a batch of the validation file, at an epoch's end all of it as well."""
        count = self._course.validation
        measures: dict[str, Any] = {}
        if full:
            measures = self._measures("full_valid", self._learner.validate(range(count)))
        if full or self._step % max(1, self._plan.total_steps // _VALIDATIONS_A_RUN) == 0:
            rng = np.random.default_rng([self._spec.seed, self._step])
            some = rng.permutation(count)[: self._plan.batch_size].tolist()
            measures |= self._measures("valid", self._learner.validate(some))
        return measures

    def _measures(self, kind: str, score: Score) -> dict[str, Any]:
        count = max(1, score.count)
        return {
            f"{kind}_loss": score.loss / count,
            f"{kind}_{self._learner.accuracy}": score.right / count,
        }

    def _save(self, saved: CheckpointSaved) -> None:
        if self._leads:
            self._learner.write_model(self._folder / saved.folder)
        self._saved = saved
        self._write_state()
        self._emit(saved)

    def _write_state(self) -> None:
        if self._leads:
            self._learner.write_state(self._step, self._saved)
            drop_old(self._folder)
            self._written = time.monotonic()

    def _write_row_losses(self) -> Control | None:
        """Write `line,loss` for each training example. The file appears whole; without one, what
        the run was asked to do instead.
        """
        rows: list[tuple[int, float]] = []
        left = self._learner.row_losses()
        while (control := self._asked()) is None:
            some = next(left, None)
            if some is None:
                break
            rows += some
        else:
            return control
        if self._leads:
            aside = self._folder / f".{ROW_LOSSES}"
            with aside.open("w", encoding="ascii", newline="") as file:
                writer = csv.writer(file, lineterminator="\n")
                writer.writerow(("line", "loss"))
                writer.writerows((line, f"{loss:.6g}") for line, loss in rows)
            aside.replace(self._folder / ROW_LOSSES)
        return None
