"""What the losses of a job say, held against curves whose meaning is known."""

import math
import random

import pytest

from tunesmith.bot.jobs.checkpoints import available, suggested
from tunesmith.bot.jobs.sampling import sampled
from tunesmith.bot.jobs.verdict import Sign, Verdict, verdict
from tunesmith.storage.checkpoints import Checkpoint
from tunesmith.storage.metrics import Metric


def _curve(
    train: list[float | None], valid: dict[int, float] | None = None, noise: float = 0.0
) -> list[Metric]:
    """A step for each training loss, counted from 1, with validation losses at some of them."""
    rng = random.Random(1)
    return [
        Metric(
            "job",
            step,
            len(train),
            loss and loss * (1 + rng.uniform(-noise, noise)),
            None,
            (valid or {}).get(step),
            None,
        )
        for step, loss in enumerate(train, 1)
    ]


_SETTLED: list[float | None] = [0.4 + 2.6 * math.exp(-step / 8) for step in range(100)]
_FALLING: list[float | None] = [3.0 * math.exp(-step / 40) for step in range(100)]


@pytest.mark.parametrize(
    ("steps", "found"),
    [
        (_curve(_SETTLED, {33: 0.9, 66: 0.8, 99: 1.1}), Verdict(Sign.OVERFITTING, 66)),
        (_curve(_SETTLED, {25: 0.7, 50: 0.9, 75: 1.0, 100: 1.2}), Verdict(Sign.OVERFITTING, 25)),
        (_curve(_SETTLED, {33: 0.9, 66: 0.8, 99: 0.81}), None),
        (_curve(_SETTLED), None),
        (_curve(_SETTLED, noise=0.05), None),
        (_curve(_FALLING), Verdict(Sign.STILL_FALLING)),
        (_curve(_FALLING, {33: 2.0, 66: 1.5, 99: 1.0}), Verdict(Sign.STILL_FALLING)),
        (_curve(_FALLING, {33: 1.0, 66: 0.9, 99: 0.91}), None),
        (_curve([3.0 * math.exp(-step / 20) for step in range(100)]), None),  # all is learnt
        (_curve([2.0, 1.5, math.nan, 1.0]), Verdict(Sign.DIVERGED)),
        (_curve([2.0, math.inf, 1.0]), Verdict(Sign.DIVERGED)),
        (_curve([1.0 + step / 20 for step in range(60)]), Verdict(Sign.DIVERGED)),
        (_curve([2.0] * 50, noise=0.01), Verdict(Sign.FLAT)),
        (_curve([3.0, 2.0, 1.0]), None),
        (_curve([None] * 20, {5: 0.5, 10: 0.4, 15: 0.6}), Verdict(Sign.OVERFITTING, 10)),
        (_curve([None] * 20), None),
        ([], None),
    ],
)
def test_a_curve_is_a_sign_of_what_it_is_known_for(
    steps: list[Metric], found: Verdict | None
) -> None:
    assert verdict(steps) == found


def _checkpoint(step: int, valid_loss: float | None = None) -> Checkpoint:
    return Checkpoint("job", step, f"ft:ckpt-step-{step}", valid_loss=valid_loss)


def test_the_lowest_validation_loss_is_suggested_or_else_the_last_checkpoint() -> None:
    measured = [_checkpoint(10, 0.5), _checkpoint(20, 0.3), _checkpoint(30, 0.4)]
    assert suggested(measured) == measured[1]
    unmeasured = [_checkpoint(10), _checkpoint(20)]
    assert suggested(unmeasured) == unmeasured[1]
    assert suggested([]) is None


def test_a_provider_that_keeps_three_checkpoints_has_dropped_those_before() -> None:
    rows = [_checkpoint(step) for step in range(1, 6)]
    assert [row.step for row in available(rows, 3)] == [3, 4, 5]
    assert available(rows[:2], 3) == rows[:2]
    assert available(rows, None) == rows


@pytest.mark.parametrize("most", [4, 7, 20])
@pytest.mark.parametrize("count", [1, 3, 20, 21, 1_000])
def test_a_sample_keeps_the_first_the_last_and_the_lowest_as_they_were_measured(
    count: int, most: int
) -> None:
    rng = random.Random(count)
    losses: list[float | None] = [rng.uniform(1, 3) for _ in range(count)]
    steps = _curve(losses, {step: rng.uniform(1, 3) for step in range(5, count, 10)})
    rows = sampled(steps, most)
    assert len(rows) == min(count, most)
    assert all(row in steps for row in rows)
    assert [row.step for row in rows] == sorted(row.step for row in rows)
    assert (rows[0], rows[-1]) == (steps[0], steps[-1])
    assert min(steps, key=lambda step: step.train_loss or 0) in rows
    validated = [step for step in steps if step.valid_loss is not None]
    if validated:
        assert min(validated, key=lambda step: step.valid_loss or 0) in rows


def test_steps_without_a_loss_are_in_no_sample() -> None:
    assert sampled(_curve([None, math.nan, 1.0]), 20) == _curve([None, math.nan, 1.0])[2:]
