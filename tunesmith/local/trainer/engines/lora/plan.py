"""How a run goes: epochs, batches, rates. `auto` means what adapters of a real model need."""

import math
from dataclasses import dataclass

from tunesmith.local.trainer.engines import plan
from tunesmith.local.trainer.jobs import Hyperparameters, Method

_RATES: dict[Method, float] = {"supervised": 2e-4, "dpo": 2e-5}
"""AdamW's rate for an adapter: about ten times that of all weights."""
_EPOCHS, _EPOCHS_MOST = 3, 25
_EXAMPLES_LEAST, _EXAMPLES_MOST = 100, 25_000
_BATCH_LEAST, _BATCH_MOST = 4, 16
_BETA = 0.1


@dataclass(frozen=True, slots=True)
class Plan(plan.Plan):
    """A run of this engine."""

    base_rate: float
    warmup_ratio: float

    def rate(self, step: int) -> float:
        """The learning rate: it rises to its height, then falls towards zero as a cosine does."""
        height = self.base_rate * self.learning_rate_multiplier
        warm_up = math.ceil(self.warmup_ratio * self.total_steps)
        if step <= warm_up:
            return height * step / warm_up
        done = (step - warm_up - 1) / (self.total_steps - warm_up)
        return height * (1 + math.cos(math.pi * done)) / 2


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
