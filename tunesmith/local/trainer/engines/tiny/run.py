"""A job in this engine: what each step of its run does to the weights."""

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path

from tunesmith.local.trainer.engines.process import Emit, run_job
from tunesmith.local.trainer.engines.run import Course, Run, Stand
from tunesmith.local.trainer.jobs import CheckpointSaved, ExitCode, JobSpec

from .checkpoint import State, read_state, write_model, write_state
from .optimizer import Optimizer
from .parallel import THREADS, Score
from .prepare import Prepared, TrainedRow, prepare

# As in a step: more tokens at once gain nothing.
_TOKENS_A_PART = 2048


def run(folder: Path, emit: Emit, stop: threading.Event) -> ExitCode:
    """Train the job in this folder. `stop`, set from outside, means pause.

    A job that cannot be trained ends with Failed; anything else that goes wrong is raised.
    """

    def train(spec: JobSpec) -> ExitCode:
        prepared, state = prepare(folder, spec), read_state(folder)
        course = Course(prepared.plan, prepared.tokens, prepared.validation, prepared.messages)
        stand = Stand(state.step, state.saved) if state else None
        with ThreadPoolExecutor(THREADS) as pool:
            learner = _Learner(folder, spec, prepared, state, pool)
            return Run(folder, spec, course, learner, stand, emit=emit, stop=stop).train()

    return run_job(folder, emit, train)


class _Learner:
    """The weights in training."""

    def __init__(
        self, folder: Path, spec: JobSpec, prepared: Prepared, state: State | None, pool: Executor
    ) -> None:
        self.accuracy = prepared.objective.accuracy
        self._folder = folder
        self._prepared = prepared
        self._pool = pool
        self._weights = state.weights if state else prepared.model.weights
        self._optimizer = Optimizer(
            self._weights,
            preferences=spec.method == "dpo",
            state=state.optimizer if state else None,
        )

    def learn(self, chosen: Sequence[int], step: int) -> Score:
        """Take a step."""
        objective, rate = self._prepared.objective, self._prepared.plan.rate(step)
        gradients, score = objective.learn(self._weights, list(chosen), step, self._pool)
        self._optimizer.step(gradients, step, rate, self._pool)
        return score

    def validate(self, chosen: Sequence[int]) -> Score:
        """Measure validation examples."""
        return self._prepared.objective.validate(self._weights, list(chosen), self._pool)

    def row_losses(self) -> Iterator[list[tuple[int, float]]]:
        """The loss of each row, as many at a time as the threads take at once."""
        work = partial(self._prepared.objective.losses, self._weights)
        rows = self._prepared.rows
        parts = list(_parts(rows))
        for start in range(0, len(parts), THREADS):
            some = parts[start : start + THREADS]
            yield [
                (rows[index].line, loss)
                for part, losses in zip(some, self._pool.map(work, some), strict=True)
                for index, loss in zip(part, losses, strict=True)
            ]

    def write_model(self, folder: Path) -> None:
        """Write the weights as a model."""
        write_model(folder, replace(self._prepared.model, weights=self._weights))

    def write_state(self, step: int, saved: CheckpointSaved | None) -> None:
        """Write weights and optimizer."""
        write_state(self._folder, State(step, self._weights, self._optimizer.state, saved))


def _parts(rows: Sequence[TrainedRow]) -> Iterator[list[int]]:
    """The examples in order, as many at once as make a step's part."""
    part: list[int] = []
    tokens = 0
    for index, row in enumerate(rows):
        if part and tokens + row.tokens > _TOKENS_A_PART:
            yield part
            part, tokens = [], 0
        part.append(index)
        tokens += row.tokens
    if part:
        yield part
