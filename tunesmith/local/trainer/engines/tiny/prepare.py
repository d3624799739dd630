"""From a job's folder to a run: read the files, learn or take over the pieces, make the plan."""

import math
from collections.abc import Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np

from tunesmith.local.trainer.engines.process import JobError
from tunesmith.local.trainer.jobs import TRAIN_FILE, VALID_FILE, JobSpec, Message

from .arrays import Weights
from .checkpoint import Model, read_model
from .examples import (
    CONTEXT,
    Example,
    Preference,
    Row,
    read_preferences,
    read_rows,
    tokens_of,
)
from .model import initial_weights
from .parallel import Score
from .plan import Plan, plan_preferences, plan_supervised
from .preference import PreferenceTraining
from .supervised import Supervised
from .tokenizer import Tokenizer

TRAINING_CODE = "invalid_training_file"
VALIDATION_CODE = "invalid_validation_file"

_REPLAY_MOST = 256
_FEW_EPOCHS = 0.5


class Objective(Protocol):
    """What a run learns: one kind for each method."""

    accuracy: str
    """What `Score.right` over `Score.count` is called in events."""

    def learn(
        self, weights: Weights, chosen: list[int], step: int, pool: Executor
    ) -> tuple[Weights, Score]:
        """Gradients of these training examples, and how well they were known."""
        ...

    def validate(self, weights: Weights, chosen: list[int], pool: Executor) -> Score:
        """How well these validation examples are known."""
        ...

    def losses(self, weights: Weights, chosen: Sequence[int]) -> list[float]:
        """The loss of each of these training examples, without noise."""
        ...


class TrainedRow(NamedTuple):
    """A training example: its line in the file (from 1), and how many tokens are read for it."""

    line: int
    tokens: int


@dataclass(frozen=True, slots=True)
class Prepared:
    """All that a run needs, made anew from the same files for every resume."""

    model: Model
    plan: Plan
    objective: Objective
    rows: list[TrainedRow]
    """Where each training example stands, and how long it is."""
    validation: int
    """The number of validation examples."""
    messages: list[Message]

    @property
    def tokens(self) -> int:
        """The tokens of one epoch."""
        return sum(row.tokens for row in self.rows)


def prepare(folder: Path, spec: JobSpec) -> Prepared:
    """Read a job's files. Raises JobError, and FileNotFoundError where a file is missing."""
    parent = None if spec.parent is None else _read_parent(spec.parent)
    if spec.method == "dpo":
        return _prepare_preferences(folder, spec, parent)
    return _prepare_supervised(folder, spec, parent)


def _read_parent(folder: Path) -> Model:
    try:
        return read_model(folder)
    except OSError as error:
        raise JobError("model_not_found", "The model to continue from is gone.") from error


def _prepare_supervised(folder: Path, spec: JobSpec, parent: Model | None) -> Prepared:
    file = folder / TRAIN_FILE
    if parent is None:
        rows = read_rows(file, TRAINING_CODE)
        tokenizer = Tokenizer.learn(part.text for _, row in rows for part in row.segments())
        weights = initial_weights(len(tokenizer), np.random.default_rng(spec.seed))
    else:
        tokenizer, weights = parent.tokenizer, parent.weights
    messages: list[Message] = []
    training = _examples(read_rows(file, TRAINING_CODE), tokenizer, messages)
    if not training:
        raise JobError(TRAINING_CODE, "No example has an answer to learn.")
    validation: list[Example] = []
    if (folder / VALID_FILE).exists():
        validation = _examples(read_rows(folder / VALID_FILE, VALIDATION_CODE), tokenizer, [])
    every = math.ceil(len(training) / _REPLAY_MOST)
    replay = [row for _, row in islice(read_rows(file, TRAINING_CODE), 0, None, every)]
    trained = [TrainedRow(example.line, len(example.tokens)) for example in training]
    plan = plan_supervised(spec.hyperparameters, [row.tokens for row in trained], spec.seed)
    if plan.n_epochs < _FEW_EPOCHS * plan.n_epochs_needed:
        messages.append(
            _warn(
                f"{plan.n_epochs} epochs are few: this model has no pre-training and needs about "
                f"{plan.n_epochs_needed} to learn this file."
            )
        )
    return Prepared(
        model=Model(weights, tokenizer, replay),
        plan=plan,
        objective=Supervised(
            training, validation, tokenizer, noisy_until=plan.noisy_until, seed=spec.seed
        ),
        rows=trained,
        validation=len(validation),
        messages=messages,
    )


def _examples(
    rows: Iterable[tuple[int, Row]], tokenizer: Tokenizer, messages: list[Message]
) -> list[Example]:
    """The rows with something to learn; what had to be left out is told in `messages`."""
    examples = [
        Example(line, row.segments(), tokens_of(row.segments(), tokenizer)) for line, row in rows
    ]
    cut = sum(len(example.tokens) == CONTEXT for example in examples)
    if cut:
        messages.append(
            _warn(f"{cut} example(s) were cut at {CONTEXT} tokens, all that this model can read.")
        )
    learnable = [example for example in examples if example.tokens.learnt.any()]
    if len(learnable) < len(examples):
        messages.append(
            _warn(f"{len(examples) - len(learnable)} example(s) have no answer to learn.")
        )
    return learnable


def _prepare_preferences(folder: Path, spec: JobSpec, parent: Model | None) -> Prepared:
    if parent is None:
        raise JobError(
            "invalid_model",
            "DPO needs a tuned model to start from: the base model has learnt nothing yet.",
        )
    training = _preferences(folder / TRAIN_FILE, parent.tokenizer, TRAINING_CODE)
    if not training:
        raise JobError(TRAINING_CODE, "No example has two answers within the model's context.")
    validation: list[Preference] = []
    if (folder / VALID_FILE).exists():
        validation = _preferences(folder / VALID_FILE, parent.tokenizer, VALIDATION_CODE)
    plan = plan_preferences(spec.hyperparameters, len(training), spec.seed)
    replay = [tokens_of(row.segments(), parent.tokenizer) for row in parent.replay]
    return Prepared(
        model=parent,
        plan=plan,
        objective=PreferenceTraining(
            training,
            validation,
            [tokens for tokens in replay if tokens.learnt.any()],
            parent=parent.weights,
            beta=plan.beta,
            seed=spec.seed,
        ),
        rows=[TrainedRow(one.line, len(one.preferred) + len(one.other)) for one in training],
        validation=len(validation),
        messages=[_warn("DPO is experimental on a model this small.")],
    )


def _preferences(path: Path, tokenizer: Tokenizer, code: str) -> list[Preference]:
    preferences = [row.tokens(line, tokenizer) for line, row in read_preferences(path, code)]
    return [one for one in preferences if one.preferred.learnt.any() and one.other.learnt.any()]


def _warn(text: str) -> Message:
    return Message(level="warn", text=text)
