"""Choosing the next token of an answer."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Logprobs = NDArray[np.float64]


def log_probabilities(logits: NDArray[Any]) -> Logprobs:
    """Natural log probabilities in double precision."""
    wide = logits.astype(np.float64)
    wide -= wide.max()
    return wide - np.log(np.exp(wide).sum())


def likeliest_first(logprobs: Logprobs) -> NDArray[np.int64]:
    """The tokens, best first; equally likely ones in their order."""
    return np.argsort(-logprobs, kind="stable")


class Sampler:
    """Chooses among tokens; equal seeds choose equally."""

    def __init__(self, temperature: float, top_p: float, seed: int | None) -> None:
        self._temperature = temperature
        self._top_p = top_p
        self._rng = np.random.default_rng(seed)

    def choose(self, logprobs: Logprobs) -> int:
        """Draw a token from the likeliest ones that make up top_p; the likeliest at heat 0."""
        if self._temperature == 0:
            return int(logprobs.argmax())
        scaled = log_probabilities(logprobs / self._temperature)
        order = likeliest_first(scaled)
        sums: Logprobs = np.cumsum(np.exp(scaled[order]))
        last = int(np.searchsorted(sums, min(self._top_p, float(sums[-1]))))
        drawn = int(np.searchsorted(sums, self._rng.random() * float(sums[last]), side="right"))
        return int(order[min(drawn, last)])
