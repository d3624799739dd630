"""Supervised training: learn each answer token by token."""

import random
from collections.abc import Sequence
from concurrent.futures import Executor

import numpy as np

from .arrays import Bools, Floats, Tokens, Weights
from .examples import Example
from .model import backward, forward, make_batch
from .noise import noisy_tokens
from .parallel import Score, gradients_of, score_of, split
from .tokenizer import Tokenizer


class Supervised:
    """What a training and a validation file of chats or completions ask of the model.

    Prompts are noisy up to and with step `noisy_until`.
    """

    accuracy = "mean_token_accuracy"

    def __init__(
        self,
        training: Sequence[Example],
        validation: Sequence[Example],
        tokenizer: Tokenizer,
        *,
        noisy_until: int,
        seed: int,
    ) -> None:
        self._training = training
        self._validation = validation
        self._tokenizer = tokenizer
        self._noisy_until = noisy_until
        self._seed = seed

    def learn(
        self, weights: Weights, chosen: Sequence[int], step: int, pool: Executor
    ) -> tuple[Weights, Score]:
        """Gradients of one batch, and how well it was known."""
        batch = [self._training[index].tokens for index in chosen]
        if step <= self._noisy_until:
            rng = random.Random(self._seed * 2**32 + step)
            batch = [noisy_tokens(self._training[index], self._tokenizer, rng) for index in chosen]
        # Each example weighs the square root of its length: short answers starve next to long
        # ones if every token counts alike, and long ones if every example does.
        total = sum(int(tokens.learnt.sum()) ** 0.5 for tokens in batch)

        def work(part: list[Tokens]) -> tuple[Weights, Score]:
            found, right, trace = forward(weights, make_batch(part))
            owners = trace.batch.owners
            slopes = -(np.bincount(owners)[owners] ** -0.5) / total
            return backward(weights, trace, slopes.astype(found.dtype)), _score(found, right)

        return gradients_of(split(batch), work, pool)

    def validate(self, weights: Weights, chosen: Sequence[int], pool: Executor) -> Score:
        """How well these validation examples are known."""

        def work(part: list[Tokens]) -> Score:
            found, right, _ = forward(weights, make_batch(part))
            return _score(found, right)

        return score_of(split([self._validation[index].tokens for index in chosen]), work, pool)

    def losses(self, weights: Weights, chosen: Sequence[int]) -> list[float]:
        """The mean loss in nats per learnt token of each of these training examples."""
        found, _, trace = forward(
            weights, make_batch([self._training[index].tokens for index in chosen])
        )
        owners = trace.batch.owners
        return (-np.bincount(owners, weights=found) / np.bincount(owners)).tolist()


def _score(found: Floats, right: Bools) -> Score:
    return Score(-float(found.sum()), float(right.sum()), len(found))
