"""How strong several models are, from which was preferred to which (Bradley and Terry 1952).

The strengths are the most likely ones given a weak prior, found by Hunter's algorithm (2004). The
prior lets every model beat and lose to an average one a little, so that one that was never beaten
has a finite strength. The tests hold the figures to those of `choix.ilsr_pairwise` with that
average model as one more.
"""

import math
from collections.abc import Mapping

# Wins of every model against the average one, and as many defeats.
_PRIOR = 0.1
_STEPS = 10_000
_EXACT = 1e-12


def strengths(wins: Mapping[tuple[str, str], float]) -> dict[str, float]:
    """Each model's strength on the logarithmic scale, their mean being 0, the strongest first.

    `wins[a, b]` is how often a was preferred to b; a tie is half a win for each. The odds of a
    against b are exp(strength of a - strength of b).
    """
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
    logs = {name: math.log(worth[name]) for name in names}
    mean = sum(logs.values()) / len(logs) if logs else 0.0
    return {name: logs[name] - mean for name in sorted(names, key=lambda name: -logs[name])}
