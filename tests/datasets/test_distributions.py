"""Distributions are those of numpy, from histograms."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from tunesmith.bot.datasets.distributions import bins, distribution, total

_NUMBERS = some.lists(some.integers(0, 70_000), min_size=1, max_size=300)


@given(_NUMBERS)
def test_a_distribution_is_what_numpy_says_of_the_numbers(numbers: list[int]) -> None:
    found = distribution(Counter(numbers))
    assert (found.min, found.max) == (min(numbers), max(numbers))
    assert found.mean == pytest.approx(np.mean(numbers))
    expected = np.quantile(numbers, [0.05, 0.5, 0.95])
    assert [found.p5, found.median, found.p95] == pytest.approx(list(expected))
    assert total(Counter(numbers)) == sum(numbers)


@given(_NUMBERS)
def test_every_number_is_in_one_bin(numbers: list[int]) -> None:
    found = bins(Counter(numbers))
    assert sum(each.count for each in found) == len(numbers)
    assert len(found) <= 21
    for each in found:
        assert each.count == sum(each.low <= number <= each.high for number in numbers)


def test_nothing_has_a_distribution_of_zeros() -> None:
    assert distribution(Counter()).max == 0
    assert bins(Counter()) == []
