"""A job in this engine: what each step of its run does to the adapter."""

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

from tunesmith.local.trainer.engines.process import Emit, run_job
from tunesmith.local.trainer.engines.run import Course, Run, Stand
from tunesmith.local.trainer.jobs import CheckpointSaved, ExitCode, JobSpec

from .checkpoint import State, read_state, write_adapter, write_state
from .examples import Examples, Item
from .group import Group
from .libraries import torch
from .optimizer import Optimizer
from .passes import Passes, Score
from .prepare import Prepared, prepare

_ROWS_AT_ONCE = 64


def run(folder: Path, emit: Emit, stop: threading.Event) -> ExitCode:
    """Train the job in this folder. `stop`, set from outside, means pause.

    A job that cannot be trained ends with Failed; anything else that goes wrong is raised.
    """

    def train(spec: JobSpec) -> ExitCode:
        prepared, state = prepare(folder, spec), read_state(folder)
        validation = len(prepared.validation.items) if prepared.validation else 0
        course = Course(prepared.plan, prepared.training.tokens, validation, prepared.messages)
        stand = Stand(state.step, state.saved) if state else None
        group = Group(prepared.model.device)
        learner = _Learner(folder, spec, prepared, state, group)
        try:
            return Run(
                folder,
                spec,
                course,
                learner,
                stand,
                emit=emit,
                stop=stop,
                leads=group.leads,
                decide=group.decide,
            ).train()
        finally:
            group.close()

    return run_job(folder, emit, train)


class _Learner:
    """The adapter in training."""

    def __init__(
        self, folder: Path, spec: JobSpec, prepared: Prepared, state: State | None, group: Group
    ) -> None:
        self.accuracy = prepared.objective.accuracy
        self._folder = folder
        self._spec = spec
        self._prepared = prepared
        self._group = group
        self._optimizer = Optimizer(prepared.model)
        settings = prepared.settings
        budget = state.budget if state else settings.micro_batch_tokens
        self._passes = Passes(prepared.objective, budget, group, packing=settings.packing)
        if state:
            self._optimizer.restore(state.tensors, state.step)

    def learn(self, chosen: Sequence[int], step: int) -> Score:
        """Take a step."""
        model = self._prepared.model
        # Dropout is of the step, not of the process: a run that goes on draws the same.
        torch.manual_seed(self._spec.seed * 2**32 + self._group.rank * 2**24 + step)
        model.train()
        score = self._passes.learn(_items(self._prepared.training, chosen), model)
        self._optimizer.step(self._prepared.plan.rate(step))
        model.eval()
        return score

    def validate(self, chosen: Sequence[int]) -> Score:
        """Measure validation examples."""
        assert self._prepared.validation
        return self._passes.validate(_items(self._prepared.validation, chosen))

    def row_losses(self) -> Iterator[list[tuple[int, float]]]:
        """The loss of each row."""
        training = self._prepared.training
        self._prepared.model.eval()
        for start in range(0, len(training.items), _ROWS_AT_ONCE):
            some = range(start, min(start + _ROWS_AT_ONCE, len(training.items)))
            losses: dict[int, Score] = {}
            self._passes.validate(_items(training, some), losses)
            yield [(training.lines[row], losses[row].loss / losses[row].count) for row in some]

    def write_model(self, folder: Path) -> None:
        """Write the adapter."""
        made = self._prepared
        write_adapter(folder, made.model, self._spec.source, made.ends)

    def write_state(self, step: int, saved: CheckpointSaved | None) -> None:
        """Write adapter and optimizer."""
        tensors = self._optimizer.tensors()
        write_state(self._folder, State(step, tensors, self._passes.budget, saved))


def _items(examples: Examples, chosen: Sequence[int]) -> list[Item]:
    return [item for index in chosen for item in examples.items[index]]
