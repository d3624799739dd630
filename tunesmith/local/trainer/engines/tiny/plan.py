"""How a run goes: epochs, batches, rates. `auto` means what this engine needs for this file."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from tunesmith.local.trainer.engines import plan
from tunesmith.local.trainer.jobs import Hyperparameters

_TOKENS_A_STEP = 1000
_TOKENS_IN_ALL = 800_000
_STEPS_LEAST = 300
_EPOCHS_LEAST, _EPOCHS_MOST = 3, 25
# A file of few examples needs more epochs to make enough steps; OpenAI allows no more than these.
_EPOCHS_OF_SMALL_FILES = 50
_BATCH_LEAST, _BATCH_MOST = 4, 16

_PREFERENCE_STEPS = 60
_PREFERENCE_BATCH = 4
_BETA = 0.1

_WARM_UP_STEPS = 10
_DECAY_FROM = 0.5
_NOISE_UNTIL = 0.7
_NOISE_EPOCHS_LEAST = 12


@dataclass(frozen=True, slots=True)
class Plan(plan.Plan):
    """A run of this engine."""

    n_epochs_needed: int

    @property
    def noisy_until(self) -> int:
        """The last step with noisy prompts; 0 where the run is too short to afford them."""
        return int(_NOISE_UNTIL * self.total_steps) if self.n_epochs >= _NOISE_EPOCHS_LEAST else 0

    def rate(self, step: int) -> float:
        """What multiplies the engine's learning rates: warm up, hold, then fall towards zero."""
        left = (self.total_steps - step + 1) / self.total_steps
        return self.learning_rate_multiplier * min(
            1.0, step / _WARM_UP_STEPS, left / (1 - _DECAY_FROM)
        )


def plan_supervised(asked: Hyperparameters, lengths: Sequence[int], seed: int) -> Plan:
    """The plan for examples of these lengths in tokens."""
    tokens = sum(lengths)
    batch = _TOKENS_A_STEP * len(lengths) // tokens
    batch = max(_BATCH_LEAST, min(batch, _BATCH_MOST))
    # A small file makes enough steps only if an epoch has about ten of them.
    batch = min(batch, max(2, len(lengths) // 10))
    batch = batch if asked.batch_size == "auto" else asked.batch_size
    epochs = min(max(_TOKENS_IN_ALL // tokens, _EPOCHS_LEAST), _EPOCHS_MOST)
    steps_an_epoch = math.ceil(len(lengths) / batch)
    epochs = max(epochs, min(math.ceil(_STEPS_LEAST / steps_an_epoch), _EPOCHS_OF_SMALL_FILES))
    return _plan(asked, len(lengths), batch, epochs, seed)


def plan_preferences(asked: Hyperparameters, pairs: int, seed: int) -> Plan:
    """The plan for this many pairs."""
    batch = _PREFERENCE_BATCH if asked.batch_size == "auto" else asked.batch_size
    epochs = max(1, round(_PREFERENCE_STEPS / math.ceil(pairs / batch)))
    return _plan(asked, pairs, batch, epochs, seed)


def _plan(asked: Hyperparameters, examples: int, batch: int, epochs: int, seed: int) -> Plan:
    rate, beta = asked.learning_rate_multiplier, asked.beta
    return Plan(
        examples=examples,
        n_epochs_needed=epochs,
        n_epochs=epochs if asked.n_epochs == "auto" else asked.n_epochs,
        batch_size=batch,
        learning_rate_multiplier=1.0 if rate == "auto" else rate,
        beta=_BETA if beta == "auto" else beta,
        seed=seed,
    )
