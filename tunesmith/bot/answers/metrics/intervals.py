"""How sure a figure is: intervals, and whether one model is better than another on the same rows.

Wilson (1927) for shares; Newcombe (1998) and the exact binomial form of McNemar's test (1947) for
right and wrong on the same rows; the paired percentile bootstrap (Efron 1979) for what is measured
on a scale.
"""

import math
from collections.abc import Sequence
from statistics import NormalDist

import numpy as np

CONFIDENCE = 0.95
_RESAMPLES = 5_000
# Numbers drawn at once: 8 MB.
_DRAWN = 1 << 20


def wilson(successes: float, of: int, *, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """The interval of a share, 0 to 1. Raises ValueError for a share of nothing."""
    if of <= 0:
        raise ValueError("A share needs something that it is of.")
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    share = successes / of
    middle = share + z * z / (2 * of)
    reach = z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    scale = 1 + z * z / of
    return max(0.0, (middle - reach) / scale), min(1.0, (middle + reach) / scale)


def mcnemar(only_first: int, only_second: int) -> float:
    """How likely a difference at least this large is if both are equally good (two-sided).

    Counts the rows that one alone got right. 1 where there are none.
    """
    of, least = only_first + only_second, min(only_first, only_second)
    tail = sum(math.comb(of, count) for count in range(least + 1))
    return min(1.0, tail / 2 ** (of - 1)) if of else 1.0


def paired_shares(
    both: int, only_first: int, only_second: int, of: int, *, confidence: float = CONFIDENCE
) -> tuple[float, float, float]:
    """By how much the first's share is larger on the same rows, and the interval of that.

    Newcombe's tenth method (1998): the two Wilson intervals and how far the shares go together.
    """
    first, second = (both + only_first) / of, (both + only_second) / of
    low_first, high_first = wilson(both + only_first, of, confidence=confidence)
    low_second, high_second = wilson(both + only_second, of, confidence=confidence)
    neither = of - both - only_first - only_second
    spread = (
        (both + only_first)
        * (only_second + neither)
        * (both + only_second)
        * (only_first + neither)
    )
    together = both * neither - only_first * only_second
    together = max(together - of / 2, 0) if together > 0 else together
    phi = together / math.sqrt(spread) if spread else 0.0
    down, up = first - low_first, high_second - second
    below = math.sqrt(max(0.0, down * down - 2 * phi * down * up + up * up))
    up, down = high_first - first, second - low_second
    above = math.sqrt(max(0.0, up * up - 2 * phi * up * down + down * down))
    difference = first - second
    return difference, difference - below, difference + above


def mean_interval(
    values: Sequence[float], *, confidence: float = CONFIDENCE, seed: int = 0
) -> tuple[float, float, float]:
    """The mean of at least one value and its bootstrap interval; the same seed, the same one."""
    numbers = np.asarray(values, dtype=float)
    if not len(numbers):
        raise ValueError("A mean needs a value.")
    random = np.random.default_rng(seed)
    batch = max(1, _DRAWN // len(numbers))
    means: list[float] = []
    while len(means) < _RESAMPLES:
        drawn = random.integers(0, len(numbers), (min(batch, _RESAMPLES), len(numbers)))
        means.extend(numbers[drawn].mean(axis=1).tolist())
    low, high = np.quantile(means[:_RESAMPLES], [(1 - confidence) / 2, (1 + confidence) / 2])
    return float(numbers.mean()), float(low), float(high)


def paired_bootstrap(
    first: Sequence[float],
    second: Sequence[float],
    *,
    confidence: float = CONFIDENCE,
    seed: int = 0,
) -> tuple[float, float, float]:
    """By how much the first is better on the same rows on average, and the interval of that."""
    differences = [ours - theirs for ours, theirs in zip(first, second, strict=True)]
    return mean_interval(differences, confidence=confidence, seed=seed)
