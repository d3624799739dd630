"""Distributions from histograms: exact, in memory that does not grow with the file."""

import math
from collections import Counter

from pydantic import BaseModel

_BINS = 20


class Distribution(BaseModel):
    """How a number is spread over the examples; p5 and p95 are the 5th and 95th percentiles."""

    min: int
    max: int
    mean: float
    median: float
    p5: float
    p95: float


class Bin(BaseModel):
    """How many examples have a number from `low` to `high`, both included."""

    low: int
    high: int
    count: int


def total(histogram: Counter[int]) -> int:
    """The sum of all values of a histogram (value -> how often)."""
    return sum(value * count for value, count in histogram.items())


def distribution(histogram: Counter[int]) -> Distribution:
    """The distribution behind a histogram; all zero where it is empty.

    Percentiles are interpolated linearly between neighbours, as numpy.quantile does.
    """
    if not histogram:
        return Distribution(min=0, max=0, mean=0, median=0, p5=0, p95=0)
    values = sorted(histogram)
    return Distribution(
        min=values[0],
        max=values[-1],
        mean=total(histogram) / histogram.total(),
        median=_quantile(histogram, values, 0.5),
        p5=_quantile(histogram, values, 0.05),
        p95=_quantile(histogram, values, 0.95),
    )


def bins(histogram: Counter[int]) -> list[Bin]:
    """A histogram in about twenty bins of equal width; the last holds all beyond the 99 %."""
    if not histogram:
        return []
    values = sorted(histogram)
    low, high = values[0], math.ceil(_quantile(histogram, values, 0.99))
    width = max(1, math.ceil((high - low + 1) / _BINS))
    counts: Counter[int] = Counter()
    for value, count in histogram.items():
        counts[min((value - low) // width, (high - low) // width)] += count
    found = [
        Bin(low=low + number * width, high=low + (number + 1) * width - 1, count=counts[number])
        for number in range((high - low) // width + 1)
    ]
    found[-1].high = max(found[-1].high, values[-1])
    return found


def _quantile(histogram: Counter[int], values: list[int], fraction: float) -> float:
    rank = (histogram.total() - 1) * fraction
    below = int(rank)
    passed = 0
    for index, value in enumerate(values):
        passed += histogram[value]
        if below < passed:
            after = value if below + 1 < passed else values[min(index + 1, len(values) - 1)]
            return value + (after - value) * (rank - below)
    raise AssertionError("a rank is always within the histogram")
