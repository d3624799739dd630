"""How a run goes: epochs, batches, rates. `auto` means what adapters of a real model need."""

import math
from dataclasses import dataclass

import numpy as np

from tunesmith.local.trainer.jobs import Hyperparameters, Method

_RATES: dict[Method, float] = {"supervised": 2e-4, "dpo": 2e-5}
"""AdamW's rate for an adapter: about ten times that of all weights."""
_EPOCHS, _EPOCHS_MOST = 3, 25
_EXAMPLES_LEAST, _EXAMPLES_MOST = 100, 25_000
_BATCH_LEAST, _BATCH_MOST = 4, 16
_BETA = 0.1


@dataclass(frozen=True, slots=True)
class Plan:
    """The numbers of one run; steps are counted from 1."""

    examples: int
    n_epochs: int
    batch_size: int
    learning_rate_multiplier: float
    beta: float
    base_rate: float
    warmup_ratio: float
    seed: int

    @property
    def steps_an_epoch(self) -> int:
        """The last one may be of a smaller batch."""
        return math.ceil(self.examples / self.batch_size)

    @property
    def total_steps(self) -> int:
        """The steps of all epochs."""
        return self.n_epochs * self.steps_an_epoch

    def rate(self, step: int) -> float:
        """The learning rate: it rises to its height, then falls towards zero as a cosine does."""
        height = self.base_rate * self.learning_rate_multiplier
        warm_up = math.ceil(self.warmup_ratio * self.total_steps)
        if step <= warm_up:
            return height * step / warm_up
        done = (step - warm_up - 1) / (self.total_steps - warm_up)
        return height * (1 + math.cos(math.pi * done)) / 2

    def batch(self, step: int) -> list[int]:
        """The examples of a step; each epoch goes through all of them in an order of its own."""
        epoch, number = divmod(step - 1, self.steps_an_epoch)
        order = np.random.default_rng([self.seed, epoch]).permutation(self.examples)
        start = number * self.batch_size
        return order[start : start + self.batch_size].tolist()


def make_plan(
    asked: Hyperparameters, method: Method, examples: int, *, warmup_ratio: float, seed: int
) -> Plan:
    """The plan for so many examples: OpenAI's rule for epochs, about fifty steps in each."""
    epochs = _EPOCHS
    if examples * epochs < _EXAMPLES_LEAST:
        epochs = min(_EPOCHS_MOST, math.ceil(_EXAMPLES_LEAST / examples))
    elif examples * epochs > _EXAMPLES_MOST:
        epochs = max(1, _EXAMPLES_MOST // examples)
    batch = max(_BATCH_LEAST, min(_BATCH_MOST, examples // 50))
    rate, beta = asked.learning_rate_multiplier, asked.beta
    return Plan(
        examples=examples,
        n_epochs=epochs if asked.n_epochs == "auto" else asked.n_epochs,
        batch_size=batch if asked.batch_size == "auto" else asked.batch_size,
        learning_rate_multiplier=1.0 if rate == "auto" else rate,
        beta=_BETA if beta == "auto" else beta,
        base_rate=_RATES[method],
        warmup_ratio=warmup_ratio,
        seed=seed,
    )
