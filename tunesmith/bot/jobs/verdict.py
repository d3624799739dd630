"""What a job's losses say, in words: pure rules over its steps.

The rules ask for clear signs alone: a rise of the validation loss by a twentieth over its lowest
value, a fall by a tenth in the last third, and so on. Where there is none, nothing is said.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import isfinite
from statistics import mean

from tunesmith.storage.metrics import Metric

_RISE = 1.05  # of the validation loss, over its lowest
_FALL = 0.90  # of the training loss, in the last third
_FLAT = 0.97  # of the training loss, from the first to the last tenth
_GREW = 1.5  # of the training loss, likewise
_LEARNT = 0.05  # of the training loss: below it, nothing is left to learn
_FEW = 8  # steps about which nothing can be said


class Sign(StrEnum):
    """What the losses are a sign of."""

    DIVERGED = "diverged"
    OVERFITTING = "overfitting"
    STILL_FALLING = "still_falling"
    FLAT = "flat"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A sign, and the step with the lowest validation loss where that matters."""

    sign: Sign
    best_step: int | None = None


def verdict(steps: Sequence[Metric]) -> Verdict | None:
    """What the losses of these steps, which are in order, are a sign of; None where of nothing."""
    losses = [step.train_loss for step in steps if step.train_loss is not None]
    enough = len(losses) >= _FEW
    best = _rose_after(steps)
    found = None
    if not all(isfinite(loss) for loss in losses) or (
        enough and _end(losses) > _GREW * _beginning(losses)
    ):
        found = Sign.DIVERGED
    elif best is not None:
        return Verdict(Sign.OVERFITTING, best)
    elif enough and _end(losses) > _FLAT * _beginning(losses):
        found = Sign.FLAT
    elif enough and _still_falls(losses) and not _has_settled(steps):
        found = Sign.STILL_FALLING
    return Verdict(found) if found else None


def _rose_after(steps: Sequence[Metric]) -> int | None:
    """The step with the lowest validation loss, where it clearly rose after it and stayed there."""
    known = [(step.step, step.valid_loss) for step in steps if step.valid_loss is not None]
    if len(known) < 2:
        return None
    best, lowest = min(known, key=lambda point: point[1])
    after = [loss for step, loss in known if step > best]
    if after and min(after[-1], mean(after)) > _RISE * lowest:
        return best
    return None


def _has_settled(steps: Sequence[Metric]) -> bool:
    """Whether the validation loss no longer falls: more training would not help it."""
    known = [step.valid_loss for step in steps if step.valid_loss is not None]
    return len(known) >= 3 and known[-1] > _FLAT * known[-2]


def _still_falls(losses: Sequence[float]) -> bool:
    third = losses[-(len(losses) // 3) :]
    half = len(third) // 2
    if _end(losses) < _LEARNT:
        return False
    return bool(half) and mean(third[half:]) < _FALL * mean(third[:half])


def _beginning(losses: Sequence[float]) -> float:
    return mean(losses[: max(1, len(losses) // 10)])


def _end(losses: Sequence[float]) -> float:
    return mean(losses[-max(1, len(losses) // 10) :])
