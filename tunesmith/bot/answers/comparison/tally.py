"""What votes come to: who is preferred to whom, and how sure that is.

Of two models the share of the votes, a tie being half of one for each, with its Wilson interval; of
three and more that met each other the strengths of Bradley and Terry, told as how often a model is
preferred to an average one of them.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from tunesmith.bot.answers.metrics.bradley_terry import estimates
from tunesmith.bot.answers.metrics.intervals import wilson
from tunesmith.storage.comparisons import Meeting

Verdict = Literal["better", "worse", "unclear"]


@dataclass(frozen=True, slots=True)
class Pair:
    """How one model does against another: votes that it won, that there are, and that were ties;
    the interval of its share, 0 to 1.
    """

    one: str
    other: str
    won: int
    ties: int
    count: int
    low: float
    high: float

    @property
    def verdict(self) -> Verdict:
        """Whether one is better, which it is only where the interval leaves no doubt."""
        if self.low > 0.5:
            return "better"
        return "worse" if self.high < 0.5 else "unclear"


@dataclass(frozen=True, slots=True)
class Rank:
    """How likely a model is preferred to an average one of those it met, 0 to 1, with interval."""

    model: str
    share: float
    low: float
    high: float


def pair(meeting: Meeting, seen_from: str | None = None) -> Pair:
    """A meeting as seen from one of the two, else from the one that won more."""
    one, other = meeting.one, meeting.other
    won, lost = meeting.won, meeting.lost
    if other == seen_from or (seen_from is None and lost > won):
        one, other, won, lost = other, one, lost, won
    count = won + lost + meeting.ties
    low, high = wilson(won + meeting.ties / 2, count)
    return Pair(one, other, won, meeting.ties, count, low, high)


def pairs_of(model: str, meetings: Iterable[Meeting]) -> list[Pair]:
    """How a model does against each that it met, most votes first."""
    found = [pair(each, model) for each in meetings if model in (each.one, each.other)]
    return sorted(found, key=lambda one: (-one.count, one.other))


def among(models: Sequence[str], meetings: Iterable[Meeting]) -> list[Meeting]:
    """The meetings of these models with each other."""
    return [each for each in meetings if each.one in models and each.other in models]


def rankings(meetings: Sequence[Meeting]) -> list[list[Rank]]:
    """The models by strength, the strongest first: one list for each three or more that met each
    other, directly or through others. What never met can't be compared.
    """
    found: list[list[Rank]] = []
    for models in _connected(meetings):
        if len(models) < 3:
            continue
        wins: dict[tuple[str, str], float] = {}
        for each in among(sorted(models), meetings):
            wins[each.one, each.other] = each.won + each.ties / 2
            wins[each.other, each.one] = each.lost + each.ties / 2
        found.append(
            [
                Rank(name, _share(at.value), _share(at.low), _share(at.high))
                for name, at in estimates(wins).items()
            ]
        )
    return found


def _share(strength: float) -> float:
    return 1 / (1 + math.exp(-strength))


def _connected(meetings: Iterable[Meeting]) -> list[set[str]]:
    groups: list[set[str]] = []
    for each in meetings:
        met = {each.one, each.other}
        touched = [group for group in groups if group & met]
        groups = [group for group in groups if not group & met]
        groups.append(met.union(*touched))
    return groups
