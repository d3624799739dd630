"""The backward pass against numerical derivatives in double precision."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from tunesmith.local.trainer.engines.tiny.arrays import Tokens, Weights
from tunesmith.local.trainer.engines.tiny.examples import Preference
from tunesmith.local.trainer.engines.tiny.model import (
    backward,
    forward,
    initial_weights,
    make_batch,
)
from tunesmith.local.trainer.engines.tiny.preference import PreferenceTraining

VOCABULARY = 50
MOST_ERROR = 1e-6


def some_weights(seed: int = 0) -> Weights:
    rng = np.random.default_rng(seed)
    fresh = initial_weights(VOCABULARY, rng)
    return {name: rng.standard_normal(value.shape) * 0.1 for name, value in fresh.items()}


def some_tokens(length: int, seed: int) -> Tokens:
    rng = np.random.default_rng(seed)
    learnt = rng.random(length) < 0.5
    learnt[-1] = True
    return Tokens(rng.integers(0, VOCABULARY, length), learnt)


def assert_gradients(loss: Callable[[Weights], float], weights: Weights, found: Weights) -> None:
    """Each tensor's gradient, along one random direction, is the loss's slope there."""
    rng = np.random.default_rng(7)
    assert found.keys() == weights.keys()
    for name, value in weights.items():
        direction = rng.standard_normal(value.shape)
        direction /= np.linalg.norm(direction)

        def at(step: float, name: str = name, direction: np.ndarray = direction) -> float:
            return loss({**weights, name: weights[name] + step * direction})

        step = 1e-3
        # The five-point rule; its error falls with the fourth power of the step.
        slope = (8 * (at(step) - at(-step)) - (at(2 * step) - at(-2 * step))) / (12 * step)
        exact = float((found[name] * direction).sum())
        assert slope == pytest.approx(exact, rel=MOST_ERROR), name


def test_backward_gives_the_slope_of_any_loss_of_the_log_probabilities():
    weights = some_weights()
    # The longest one takes two blocks of attention.
    batch = make_batch([some_tokens(length, seed=length) for length in (2, 9, 140)])
    slopes = np.random.default_rng(1).standard_normal(len(batch.targets))
    _, _, trace = forward(weights, batch)
    found = backward(weights, trace, slopes)
    assert_gradients(lambda some: float(forward(some, batch)[0] @ slopes), weights, found)


def test_preference_gradients_are_the_slope_of_dpo_with_its_two_anchors():
    parent, weights = some_weights(1), some_weights(2)
    pairs = [
        Preference(1, some_tokens(8, 1), some_tokens(11, 2)),
        Preference(2, some_tokens(6, 3), some_tokens(5, 4)),
    ]
    replayed = some_tokens(9, 5)
    beta = 0.4
    training = PreferenceTraining(pairs, [], [replayed], parent=parent, beta=beta, seed=0)

    def total(some: Weights, tokens: Tokens) -> float:
        return float(forward(some, make_batch([tokens]))[0].sum())

    def loss(some: Weights) -> float:
        value = -total(some, replayed) / replayed.learnt[1:].sum()
        for pair in pairs:
            moved = total(some, pair.preferred) - total(parent, pair.preferred)
            margin = beta * (moved - total(some, pair.other) + total(parent, pair.other))
            own = -total(some, pair.preferred) / pair.preferred.learnt[1:].sum()
            value += (np.log1p(np.exp(-margin)) + 0.3 * own) / len(pairs)
        return float(value)

    with ThreadPoolExecutor(2) as pool:
        found, score = training.learn(weights, [0, 1], 1, pool)
    assert_gradients(loss, weights, found)
    assert score.count == 2
