"""What the questions of one round took on their way to a model, through the bot and straight."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

AT_ONCE = 20
Moments = dict[str, float]
# Times, and how many seconds a program had waited for a processor by then.
Waits = list[tuple[float, float]]


class Used(NamedTuple):
    """Seconds that a process has had of a processor, and has waited for one."""

    cpu: float
    waited: float


@dataclass
class Round:
    """What twenty questions took, by question; times are in seconds since 1970."""

    direct: dict[str, Moments]
    through: dict[str, Moments]
    direct_waits: Waits
    through_waits: Waits
    used: dict[str, Used] = field(default_factory=dict[str, Used])

    @property
    def before_asking(self) -> float:
        """The processor seconds of the bot for each question, until all are on their way."""
        began = min(moments["arrived cpu"] for moments in self.through.values())
        ended = max(moments["asked cpu"] for moments in self.through.values())
        return (ended - began) / AT_ONCE

    def added(self, since: str) -> list[float]:
        """The milliseconds that the way through the bot adds, by rank."""
        through = sorted(took_ms(self.through, since, "heard"))
        direct = sorted(took_ms(self.direct, "asked", "heard"))
        return [slow - fast for slow, fast in zip(through, direct, strict=True)]

    def added_unhindered(self) -> list[float]:
        """The same, less the time in which the bot, or who asked straight, was ready to run and did
        not, but for what fell into the model's own time.
        """
        through = sorted(_unhindered(self.through, "sent", self.through_waits))
        direct = sorted(_unhindered(self.direct, "asked", self.direct_waits))
        return [slow - fast for slow, fast in zip(through, direct, strict=True)]


def took_ms(questions: Mapping[str, Moments], start: str, end: str) -> list[float]:
    """Milliseconds between two moments, of the questions that came to both."""
    return [
        (moments[end] - moments[start]) * 1000
        for moments in questions.values()
        if start in moments and end in moments
    ]


def _unhindered(questions: Mapping[str, Moments], start: str, waits: Waits) -> list[float]:
    """Milliseconds until the first token was heard, without the waits for a processor."""
    times, waited = zip(*waits, strict=True)
    found: list[float] = []
    for moments in questions.values():
        took = moments["heard"] - moments[start]
        for stage in ((start, "requested"), ("told", "heard")):
            begun, ended = np.interp([moments[each] for each in stage], times, waited)
            took -= float(ended - begun)
        found.append(took * 1000)
    return found
