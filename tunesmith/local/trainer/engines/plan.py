"""How a run goes: its epochs and the batches of each."""

import math
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Plan:
    """The numbers of one run; steps are counted from 1. Each engine has rates of its own."""

    examples: int
    n_epochs: int
    batch_size: int
    learning_rate_multiplier: float
    beta: float
    seed: int

    @property
    def steps_an_epoch(self) -> int:
        """The last one may be of a smaller batch."""
        return math.ceil(self.examples / self.batch_size)

    @property
    def total_steps(self) -> int:
        """The steps of all epochs."""
        return self.n_epochs * self.steps_an_epoch

    def batch(self, step: int) -> list[int]:
        """The examples of a step; each epoch goes through all of them in an order of its own."""
        epoch, number = divmod(step - 1, self.steps_an_epoch)
        order = np.random.default_rng([self.seed, epoch]).permutation(self.examples)
        start = number * self.batch_size
        return order[start : start + self.batch_size].tolist()
