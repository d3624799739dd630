"""How strong several models are, from which was preferred to which (Bradley and Terry 1952).

The strengths are the most likely ones given a weak prior, found by Hunter's algorithm (2004). The
prior lets every model beat and lose to an average one a little, so that one that was never beaten
has a finite strength. The tests hold the figures to those of `choix.ilsr_pairwise` with that
average model as one more, intervals to those of a logistic regression by `statsmodels`.
"""

import math
from collections.abc import Mapping
from statistics import NormalDist
from typing import Any, NamedTuple

import numpy as np

from tunesmith.bot.answers.metrics.intervals import CONFIDENCE

# Wins of every model against the average one, and as many defeats.
_PRIOR = 0.1
_STEPS = 10_000
_EXACT = 1e-12


def strengths(wins: Mapping[tuple[str, str], float]) -> dict[str, float]:
    """Each model's strength on the logarithmic scale, their mean being 0, the strongest first.

    `wins[a, b]` is how often a was preferred to b; a tie is half a win for each. The odds of a
    against b are exp(strength of a - strength of b).
    """
    logs = _against_average(wins)
    mean = sum(logs.values()) / len(logs) if logs else 0.0
    return {name: logs[name] - mean for name in sorted(logs, key=lambda name: -logs[name])}


def _against_average(wins: Mapping[tuple[str, str], float]) -> dict[str, float]:
    """Each model's strength where that of the average model is 0."""
    names = list(dict.fromkeys(name for pair in wins for name in pair))
    won = dict.fromkeys(names, _PRIOR)
    met = {(one, other): 0.0 for one in names for other in names}
    for (winner, loser), count in wins.items():
        won[winner] += count
        met[winner, loser] += count
        met[loser, winner] += count
    worth = dict.fromkeys(names, 1.0)
    for _ in range(_STEPS):
        # The average model has the worth 1.
        new = {
            name: won[name]
            / (
                2 * _PRIOR / (worth[name] + 1)
                + sum(met[name, other] / (worth[name] + worth[other]) for other in names)
            )
            for name in names
        }
        change = max((abs(math.log(new[name] / worth[name])) for name in names), default=0.0)
        worth = new
        if change < _EXACT:
            break
    return {name: math.log(worth[name]) for name in names}


class Estimate(NamedTuple):
    """A strength on the logarithmic scale, and its interval."""

    value: float
    low: float
    high: float


def estimates(
    wins: Mapping[tuple[str, str], float], *, confidence: float = CONFIDENCE
) -> dict[str, Estimate]:
    """`strengths` with their intervals, the strongest first.

    By the curvature of the likelihood, with its prior, at its top (Wald), for strengths whose mean
    is 0.
    """
    logs = _against_average(wins)
    names = list(logs)
    at = np.array([logs[name] for name in names])
    curvature = np.diag(2 * _PRIOR * _variance(at))
    for one, name in enumerate(names):
        for other, opponent in enumerate(names):
            met = wins.get((name, opponent), 0.0) + wins.get((opponent, name), 0.0)
            weight = met * _variance(at[one] - at[other])
            curvature[one, one] += weight
            curvature[one, other] -= weight
    centred = np.eye(len(names)) - 1 / max(1, len(names))
    spread = np.sqrt(np.diag(centred @ np.linalg.inv(curvature) @ centred))
    reach = NormalDist().inv_cdf((1 + confidence) / 2) * spread
    by = {name: float(each) for name, each in zip(names, reach, strict=True)}
    return {
        name: Estimate(value, value - by[name], value + by[name])
        for name, value in strengths(wins).items()
    }


def _variance(strength: Any) -> Any:
    """That of a single preference, whose odds are exp(strength); also of an array of such."""
    chance = 1 / (1 + np.exp(-strength))
    return chance * (1 - chance)
