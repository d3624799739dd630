"""Ticks, and the chart of a job."""

import math
from dataclasses import replace
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tunesmith.bot.drawing.chart import ticks
from tunesmith.bot.drawing.losses import Labels, Step, draw

_LABELS = Labels("barista", "step", "loss", "token accuracy", "training", "validation")


@given(low=st.floats(-1e6, 1e6), span=st.floats(1e-6, 1e9), most=st.integers(2, 12))
def test_ticks_are_few_in_order_and_within(low: float, span: float, most: int) -> None:
    found = ticks(low, low + span, most)
    assert len(found) <= most + 1
    assert found == sorted(found)
    slack = (abs(low) + span) * 1e-6
    assert all(low - slack <= tick <= low + span + slack for tick in found)


@given(low=st.integers(0, 10**6), span=st.integers(0, 10**7), most=st.integers(2, 12))
def test_ticks_of_steps_and_counts_are_whole_numbers(low: int, span: int, most: int) -> None:
    assert all(tick % 1 == 0 for tick in ticks(low, low + span, most, whole=True))


@pytest.mark.parametrize(
    ("low", "high", "found"),
    [
        (0, 3.1, [0, 1, 2, 3]),
        (0, 0.032, [0, 0.01, 0.02, 0.03]),
        (0, 117, [0, 25, 50, 75, 100]),
        (1, 1, [1]),
    ],
)
def test_ticks_are_round_numbers(low: float, high: float, found: list[float]) -> None:
    assert ticks(low, high, 6, whole=high >= 1 and isinstance(high, int)) == found


def _metric(step: int, loss: float | None, accuracy: float | None = None) -> Step:
    return Step(step, loss, accuracy)


@pytest.mark.parametrize(
    "steps",
    [
        [_metric(1, 2.5, 0.4)],
        [_metric(step, 3 / step, 1 - 1 / step) for step in range(1, 400)],
        [_metric(step, 3 / step) for step in range(100, 100_000, 100)],
        [_metric(1, 2.5), _metric(2, math.nan), _metric(3, math.inf), _metric(4, None)],
        [_metric(1, 0.0), _metric(2, 0.0)],
        [_metric(1, None)],
    ],
)
def test_the_chart_is_a_picture_whatever_the_figures(steps: list[Step]) -> None:
    with Image.open(BytesIO(draw(steps, _LABELS))) as picture:
        assert picture.format == "PNG"
        assert picture.size == (1200, 700)


def test_validation_is_told_from_training_without_colour() -> None:
    def grey(validation: float | None) -> bytes:
        steps = [Step(step, 2.0, None, validation) for step in (1, 50, 100)]
        return Image.open(BytesIO(draw(steps, _LABELS))).convert("1").tobytes()

    assert grey(2.0) != grey(None)


def test_epochs_are_marked_where_steps_of_them_are_shown() -> None:
    def drawn(*epochs: tuple[float, str]) -> bytes:
        labels = replace(_LABELS, epochs=epochs)
        return draw([_metric(step, 2.0, 0.5) for step in (1, 50, 100)], labels)

    plain = drawn()
    assert drawn((50, "epoch 1")) != drawn((50, "")) != plain
    assert drawn((0, "epoch 1"), (101, "epoch 3")) == plain
