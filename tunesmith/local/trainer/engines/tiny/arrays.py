"""The types of the engine's arrays."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Weights = dict[str, Floats]


@dataclass(frozen=True, slots=True)
class Tokens:
    """A sequence as the model reads it: ids and, for each, whether it is learnt."""

    ids: Ints
    learnt: Bools

    def __len__(self) -> int:
        """The number of tokens."""
        return len(self.ids)
