"""The decoder one answer at a time: keys and values of what was read are kept."""

from collections.abc import Sequence

import numpy as np

from .arrays import Floats, Weights
from .attention import attend
from .model import EMBEDDING, HEADS, LAYERS, WIDTH, rms_norm, rotary_tables, rotate


class Decoding:
    """A text being read and written. `capacity` is how many tokens it can come to."""

    def __init__(self, weights: Weights, capacity: int) -> None:
        self._weights = weights
        shape = (LAYERS, HEADS, capacity, WIDTH // HEADS)
        self._keys = np.empty(shape, np.float32)
        self._values = np.empty(shape, np.float32)
        self._length = 0

    def read(self, ids: Sequence[int]) -> Floats:
        """Read more of the text; the logits of what comes next, [V]."""
        weights = self._weights
        x = weights[EMBEDDING][list(ids)]
        turn = rotary_tables(np.arange(self._length, self._length + len(ids)), x)
        self._length += len(ids)
        for layer in range(LAYERS):
            x = x + self._mix(layer, x, turn) @ weights[f"{layer}.out"]
            normed, _ = rms_norm(x)
            up = np.maximum(normed @ weights[f"{layer}.up"], 0)
            x = x + (up * up) @ weights[f"{layer}.down"]
        normed, _ = rms_norm(x[-1:])
        return (normed @ weights[EMBEDDING].T)[0]

    def _mix(self, layer: int, x: Floats, turn: tuple[Floats, Floats]) -> Floats:
        normed, _ = rms_norm(x)

        def heads(name: str) -> Floats:
            return (normed @ self._weights[f"{layer}.{name}"]).reshape(len(x), HEADS, -1)

        fresh = slice(self._length - len(x), self._length)
        self._keys[layer, :, fresh] = rotate(heads("key"), *turn).swapaxes(0, 1)
        self._values[layer, :, fresh] = heads("value").swapaxes(0, 1)
        query = rotate(heads("query"), *turn).swapaxes(0, 1) * (WIDTH // HEADS) ** -0.5
        seen = slice(0, self._length)
        found = attend(query, self._keys[layer, :, seen], self._values[layer, :, seen])
        return found.mixed.swapaxes(0, 1).reshape(len(x), WIDTH)
