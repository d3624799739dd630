"""Distributions from histograms: exact, in memory that does not grow with the file."""

from collections import Counter

from pydantic import BaseModel


class Distribution(BaseModel):
    """How a number is spread over the examples; p5 and p95 are the 5th and 95th percentiles."""

    min: int
    max: int
    mean: float
    median: float
    p5: float
    p95: float


def distribution(histogram: Counter[int]) -> Distribution:
    """The distribution behind a histogram (value -> how often); all zero where it is empty.

    Percentiles are interpolated linearly between neighbours, as numpy.quantile does.
    """
    if not histogram:
        return Distribution(min=0, max=0, mean=0, median=0, p5=0, p95=0)
    values = sorted(histogram)
    total = histogram.total()
    return Distribution(
        min=values[0],
        max=values[-1],
        mean=sum(value * histogram[value] for value in values) / total,
        median=_quantile(histogram, values, total, 0.5),
        p5=_quantile(histogram, values, total, 0.05),
        p95=_quantile(histogram, values, total, 0.95),
    )


def _quantile(histogram: Counter[int], values: list[int], total: int, fraction: float) -> float:
    rank = (total - 1) * fraction
    below = int(rank)
    passed = 0
    for index, value in enumerate(values):
        passed += histogram[value]
        if below < passed:
            after = value if below + 1 < passed else values[min(index + 1, len(values) - 1)]
            return value + (after - value) * (rank - below)
    raise AssertionError("a rank is always within the histogram")
