"""A few steps that stand for all of a job's."""

from collections.abc import Sequence
from math import isfinite

from tunesmith.storage.metrics import Metric


def sampled(steps: Sequence[Metric], most: int) -> list[Metric]:
    """At most so many of the steps, in order: the first, the last, those with the lowest losses and
    the rest evenly apart. Each is as it was measured: nothing is averaged or made up.

    Steps with a validation loss go before others, as there are few of them. `most` is at least 4.
    """
    known = [step for step in steps if _loss(step.train_loss) or _loss(step.valid_loss)]
    if len(known) <= most:
        return known
    kept = {known[0].step, known[-1].step}
    for name in ("train_loss", "valid_loss"):
        rows = [step for step in known if _loss(getattr(step, name))]
        if rows:
            kept.add(min(rows, key=lambda step: getattr(step, name)).step)
    validated = [step for step in known if _loss(step.valid_loss)]
    for rows in (validated, known):
        others = [step.step for step in rows if step.step not in kept]
        kept |= set(_evenly(others, most - len(kept)))
    return [step for step in known if step.step in kept]


def _loss(value: float | None) -> bool:
    return value is not None and isfinite(value)


def _evenly(steps: list[int], most: int) -> list[int]:
    """At most so many of them, evenly apart."""
    if len(steps) <= most:
        return steps
    return [steps[(2 * place + 1) * len(steps) // (2 * most)] for place in range(most)]
