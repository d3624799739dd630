"""Muon for the matrices, Adam for the embeddings; for preferences, Adam for everything.

Muon (Keller Jordan, https://kellerjordan.github.io/posts/muon/) replaces a matrix's momentum by
the nearest orthogonal matrix, so that every direction learns equally fast; on small files it needs
about half of Adam's steps. Preferences move a model only a little: there it would be too strong.
"""

from concurrent.futures import Executor

import numpy as np

from .arrays import Floats, Weights
from .model import EMBEDDING

_MUON_RATE = 0.006
_EMBEDDING_RATE = 0.008
_PREFERENCE_RATE = 2e-4
_MUON_MOMENTUM = 0.95
_FIRST, _SECOND = 0.9, 0.95
_EPSILON = 1e-8

# The quintic iteration's coefficients and its number of rounds, from the post above.
_NEWTON_SCHULZ = (3.4445, -4.7750, 2.0315)
_ROUNDS = 5


def orthogonalized(matrix: Floats) -> Floats:
    """Roughly the nearest matrix whose singular values are 1; they end between 0.7 and 1.2."""
    wide = matrix if matrix.shape[0] <= matrix.shape[1] else matrix.T
    x = wide / (np.linalg.norm(wide) + 1e-7)
    a, b, c = _NEWTON_SCHULZ
    for _ in range(_ROUNDS):
        gram = x @ x.T
        x = a * x + (b * gram + c * (gram @ gram)) @ x
    return x if wide is matrix else x.T


class Optimizer:
    """Changes `weights` in place. `state`, which a resume hands back, is all that it remembers."""

    def __init__(self, weights: Weights, *, preferences: bool, state: Weights | None) -> None:
        self._weights = weights
        if preferences:
            self._adam_rates = dict.fromkeys(weights, _PREFERENCE_RATE)
        else:
            self._adam_rates = {EMBEDDING: _EMBEDDING_RATE}
        self.state = state or {
            **{f"momentum.{name}": np.zeros_like(value) for name, value in weights.items()},
            **{f"square.{name}": np.zeros_like(weights[name]) for name in self._adam_rates},
        }

    def step(self, gradients: Weights, number: int, rate: float, pool: Executor) -> None:
        """One step, counted from 1; `rate` multiplies the engine's own learning rates."""

        def update(name: str) -> None:
            weight, gradient = self._weights[name], gradients[name]
            if name in self._adam_rates:
                weight -= rate * self._adam_rates[name] * self._adam(name, gradient, number)
            else:
                rows, columns = weight.shape
                scale = max(1.0, columns / rows) ** 0.5
                weight -= rate * _MUON_RATE * scale * self._muon(name, gradient)

        list(pool.map(update, self._weights))

    def _muon(self, name: str, gradient: Floats) -> Floats:
        momentum = self.state[f"momentum.{name}"]
        momentum *= _MUON_MOMENTUM
        momentum += gradient
        return orthogonalized(gradient + _MUON_MOMENTUM * momentum)

    def _adam(self, name: str, gradient: Floats, number: int) -> Floats:
        momentum, square = self.state[f"momentum.{name}"], self.state[f"square.{name}"]
        momentum *= _FIRST
        momentum += (1 - _FIRST) * gradient
        square *= _SECOND
        square += (1 - _SECOND) * gradient * gradient
        scale = np.sqrt(square / (1 - _SECOND**number)) + _EPSILON
        return momentum / (1 - _FIRST**number) / scale
