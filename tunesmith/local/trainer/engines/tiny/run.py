"""A job's life: go on where it stood, train, tell, save, and leave when asked to."""

import threading
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from tunesmith.local.trainer.engines.process import Emit, asked, run_job
from tunesmith.local.trainer.jobs import (
    CheckpointSaved,
    Control,
    Done,
    ExitCode,
    JobSpec,
    Metrics,
    Started,
)

from .checkpoint import CHECKPOINTS, State, read_state, write_model, write_state
from .optimizer import Optimizer
from .parallel import THREADS, Score
from .prepare import Prepared, prepare
from .row_losses import ROW_LOSSES, write_row_losses

_VALIDATIONS_A_RUN = 50


def run(folder: Path, emit: Emit, stop: threading.Event) -> ExitCode:
    """Train the job in this folder. `stop`, set from outside, means pause.

    A job that cannot be trained ends with Failed; anything else that goes wrong is raised.
    """

    def train(spec: JobSpec) -> ExitCode:
        prepared = prepare(folder, spec)
        with ThreadPoolExecutor(THREADS) as pool:
            return _Run(folder, spec, prepared, emit=emit, stop=stop, pool=pool).train()

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
        pool: Executor,
    ) -> None:
        self._folder = folder
        self._seed = spec.seed
        self._prepared = prepared
        self._plan = prepared.plan
        self._emit = emit
        self._stop = stop
        self._pool = pool
        self._preferences = spec.method == "dpo"
        state = read_state(folder)
        self._resumed_from = state.step if state else None
        self._step = state.step if state else 0
        self._saved = state.saved if state else None
        self._weights = state.weights if state else prepared.model.weights
        self._optimizer = Optimizer(
            self._weights,
            preferences=self._preferences,
            state=state.optimizer if state else None,
        )

    def train(self) -> ExitCode:
        """Take every step that is left, unless asked to leave."""
        trained_tokens = self._plan.n_epochs * self._prepared.tokens
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
        told = write_row_losses(
            self._folder,
            self._prepared,
            self._weights,
            self._pool,
            lambda: self._asked() is not None,
        )
        if not told:  # The state after the last step is written: what is left is done again.
            return ExitCode.CANCELLED if self._asked() is Control.CANCEL else ExitCode.PAUSED
        self._emit(
            Done(folder=self._saved.folder, trained_tokens=trained_tokens, row_losses=ROW_LOSSES)
        )
        return ExitCode.DONE

    def _tell_start(self, trained_tokens: int) -> None:
        plan = self._plan
        self._emit(
            Started(
                total_steps=plan.total_steps,
                n_epochs=plan.n_epochs,
                batch_size=plan.batch_size,
                learning_rate_multiplier=plan.learning_rate_multiplier,
                beta=plan.beta if self._preferences else None,
                trained_tokens=trained_tokens,
                resumed_from=self._resumed_from,
            )
        )
        if self._resumed_from is None:
            for message in self._prepared.messages:
                self._emit(message)
        if self._saved is not None:
            self._emit(self._saved)

    def _asked(self) -> Control | None:
        return asked(self._folder, self._stop)

    def _take_step(self) -> None:
        plan, step = self._plan, self._step
        chosen = plan.batch(step)
        gradients, score = self._prepared.objective.learn(self._weights, chosen, step, self._pool)
        self._optimizer.step(gradients, step, plan.rate(step), self._pool)
        measures = self._measures("train", score)
        epoch_ends = step % plan.steps_an_epoch == 0
        if self._prepared.validation:
            measures |= self._validate(full=epoch_ends)
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

    def _validate(self, *, full: bool) -> dict[str, Any]:
        """Now and then a batch of the validation file, at an epoch's end all of it as well."""
        count, objective = self._prepared.validation, self._prepared.objective
        measures: dict[str, Any] = {}
        if full:
            score = objective.validate(self._weights, list(range(count)), self._pool)
            measures = self._measures("full_valid", score)
        if full or self._step % max(1, self._plan.total_steps // _VALIDATIONS_A_RUN) == 0:
            rng = np.random.default_rng([self._seed, self._step])
            some = rng.permutation(count)[: self._plan.batch_size].tolist()
            score = objective.validate(self._weights, some, self._pool)
            measures |= self._measures("valid", score)
        return measures

    def _measures(self, kind: str, score: Score) -> dict[str, Any]:
        count = max(1, score.count)
        return {
            f"{kind}_loss": score.loss / count,
            f"{kind}_{self._prepared.objective.accuracy}": score.right / count,
        }

    def _save(self, saved: CheckpointSaved) -> None:
        write_model(
            self._folder / saved.folder, replace(self._prepared.model, weights=self._weights)
        )
        self._saved = saved
        self._write_state()
        self._emit(saved)

    def _write_state(self) -> None:
        write_state(
            self._folder, State(self._step, self._weights, self._optimizer.state, self._saved)
        )
