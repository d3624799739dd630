"""Intervals: recorded figures are those of statsmodels 0.15.0 and choix 0.4.1."""

import pytest

from tunesmith.bot.answers.metrics.bradley_terry import estimates, strengths
from tunesmith.bot.answers.metrics.intervals import (
    mcnemar,
    mean_interval,
    paired_bootstrap,
    wilson,
)


def test_wilsons_interval_is_that_of_statsmodels():
    assert wilson(7, 10) == pytest.approx((0.39677814746114537, 0.8922087325936989))
    assert wilson(0, 25) == pytest.approx((0, 0.13319225093904855))
    with pytest.raises(ValueError, match="something"):
        wilson(0, 0)


def test_mcnemars_exact_test_is_that_of_statsmodels():
    assert mcnemar(3, 14) == pytest.approx(0.012725830078125)
    assert mcnemar(14, 3) == mcnemar(3, 14)
    assert mcnemar(4, 4) == mcnemar(0, 0) == 1


def test_a_bootstrap_is_the_same_each_time_and_holds_its_mean():
    values = [0.1, 0.4, 0.4, 0.9, 0.2, 0.7, 0.8, 0.1]
    mean, low, high = mean_interval(values)
    assert mean == pytest.approx(0.45)
    assert 0.2 < low < mean < high < 0.7
    assert mean_interval(values) == (mean, low, high)


def test_a_model_that_is_a_little_better_on_every_row_is_better_by_its_interval():
    hard_and_easy = [0.1, 0.9] * 20
    better = [value + 0.05 for value in hard_and_easy]
    assert paired_bootstrap(better, hard_and_easy) == pytest.approx((0.05, 0.05, 0.05))


def test_strengths_are_those_of_choix_with_an_average_model_as_one_more():
    wins = {
        ("tuned", "base"): 8,
        ("base", "tuned"): 2,
        ("tuned", "other"): 9,
        ("other", "tuned"): 1,
        ("base", "other"): 6.5,
        ("other", "base"): 3.5,
    }
    found = strengths(wins)
    assert list(found) == ["tuned", "base", "other"]
    expected = [1.1670054957855946, -0.25790832081882753, -0.9090971749667671]
    assert list(found.values()) == pytest.approx(expected, abs=1e-6)


def test_intervals_of_strengths_are_those_of_a_logistic_regression_by_statsmodels():
    wins = {
        ("tuned", "base"): 8,
        ("base", "tuned"): 2,
        ("tuned", "other"): 9,
        ("other", "tuned"): 1,
        ("base", "other"): 6.5,
        ("other", "base"): 3.5,
    }
    found = estimates(wins)
    assert list(found) == ["tuned", "base", "other"]
    expected = {
        "tuned": (0.34883154662979543, 1.9851794449413944),
        "base": (-0.9295508363779796, 0.41373419474032436),
        "other": (-1.6508465661012086, -0.16734778383232596),
    }
    for name, interval in expected.items():
        assert found[name][1:] == pytest.approx(interval, abs=1e-6)
    assert list(estimates({("tuned", "base"): 5})) == ["tuned", "base"]


def test_a_model_that_was_never_beaten_has_a_finite_strength():
    assert strengths({("tuned", "base"): 5})["tuned"] < 10
    assert strengths({}) == {}
