"""A batch's work on two threads.

numpy lets go of the interpreter inside its loops, so two threads keep two cores busy, which
OpenBLAS's own threads do not on matrices this small. Parts and sums are always in the same order,
so a run gives the same bits however the threads are scheduled.
"""

from collections.abc import Callable, Sequence, Sized
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import TypeVar

from .arrays import Weights

THREADS = 2

# More tokens at once gain nothing and cost about 35 kB each.
_TOKENS_A_PART = 2048

Item = TypeVar("Item", bound=Sized)


@dataclass(frozen=True, slots=True)
class Score:
    """Sums over what was measured; `count` is what to divide by."""

    loss: float = 0.0
    right: float = 0.0
    count: int = 0

    def plus(self, other: "Score") -> "Score":
        """Both together."""
        return Score(self.loss + other.loss, self.right + other.right, self.count + other.count)


def split(items: Sequence[Item]) -> list[list[Item]]:
    """Parts of about equally many tokens, enough parts to keep each one small."""
    total = sum(map(len, items))
    rounds = -(-total // (THREADS * _TOKENS_A_PART))
    parts: list[list[Item]] = [[] for _ in range(min(THREADS * rounds, len(items)))]
    sizes = [0] * len(parts)
    for item in sorted(items, key=len, reverse=True):
        lightest = sizes.index(min(sizes))
        parts[lightest].append(item)
        sizes[lightest] += len(item)
    return parts


def gradients_of(
    parts: Sequence[list[Item]],
    work: Callable[[list[Item]], tuple[Weights, Score]],
    pool: Executor,
) -> tuple[Weights, Score]:
    """The sum of every part's gradients and scores."""
    gradients: Weights = {}
    score = Score()
    for start in range(0, len(parts), THREADS):
        for found, scored in pool.map(work, parts[start : start + THREADS]):
            score = score.plus(scored)
            for name, value in found.items():
                if name in gradients:
                    gradients[name] += value
                else:
                    gradients[name] = value
    return gradients, score


def score_of(
    parts: Sequence[list[Item]], work: Callable[[list[Item]], Score], pool: Executor
) -> Score:
    """The sum of every part's scores."""
    score = Score()
    for scored in pool.map(work, parts):
        score = score.plus(scored)
    return score
