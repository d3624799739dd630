"""The picture of a job: loss and accuracy over its steps.

It is drawn in worker processes: nothing here imports the database, which would cost each worker
40 MB.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import NamedTuple

from tunesmith.bot.drawing import Canvas
from tunesmith.bot.drawing.chart import Entry, Panel, Scale, ticks

_WIDTH, _HEIGHT = 1_200, 700
_LEFT, _RIGHT, _BOTTOM = 140, 1_150, 610  # of the panels


class Step(NamedTuple):
    """A training step: mean losses over tokens, and the shares of tokens guessed right."""

    step: int
    train_loss: float | None = None
    train_accuracy: float | None = None
    valid_loss: float | None = None
    valid_accuracy: float | None = None


@dataclass(frozen=True, slots=True)
class Labels:
    """The chart's words, in the reader's language."""

    title: str
    step: str
    loss: str
    accuracy: str
    training: str
    validation: str
    epochs: Sequence[tuple[float, str]] = ()
    """At which step each epoch ends, and its name."""


def draw(steps: Sequence[Step], labels: Labels) -> bytes:
    """A PNG of 1,200 x 700 pixels. Takes about a tenth of a second of CPU: call it in a thread.

    Training is a line, validation is a line with marks, so that colour alone says nothing.
    """
    canvas = Canvas(_WIDTH, _HEIGHT)
    canvas.text((_WIDTH / 2, 40), labels.title, 25, anchor="middle")
    x = Scale(min(one.step for one in steps), max(one.step for one in steps), _LEFT, _RIGHT)
    has_accuracy = any(step.train_accuracy is not None for step in steps)
    lines = _lines(steps, "loss", labels)
    top = max((value for _, points in lines for _, value in points), default=1.0) * 1.05 or 1.0
    loss = Panel(canvas, x, Scale(0, top, 340 if has_accuracy else _BOTTOM, 110))
    loss.frame(ticks(0, top, 6), "{:g}".format, labels.loss, grid=True)
    epochs = [(step, name) for step, name in labels.epochs if x.low <= step <= x.high]
    loss.marks(epochs)
    _draw(loss, lines)
    loss.legend([entry for entry, _ in lines])
    below = loss
    if has_accuracy:
        below = Panel(canvas, x, Scale(0, 1.03, _BOTTOM, 375))
        below.frame([0, 0.25, 0.5, 0.75, 1], "{:.0%}".format, labels.accuracy, grid=True)
        below.marks([(step, "") for step, _ in epochs])
        _draw(below, _lines(steps, "accuracy", labels))
    named = [(tick, f"{tick:,.0f}") for tick in ticks(x.low, x.high, 11, whole=True)]
    below.x_ticks(named, labels.step)
    return canvas.png()


def _lines(
    steps: Sequence[Step], what: str, labels: Labels
) -> list[tuple[Entry, list[tuple[int, float]]]]:
    """What is known of a figure, step by step, in training and in validation."""
    lines = (
        (Entry(labels.training, "#2563eb"), f"train_{what}"),
        (Entry(labels.validation, "#c2410c", marked=True), f"valid_{what}"),
    )
    found: list[tuple[Entry, list[tuple[int, float]]]] = []
    for entry, name in lines:
        points = [(step.step, getattr(step, name)) for step in steps]
        known = [(step, value) for step, value in points if value is not None and isfinite(value)]
        if known:
            found.append((entry, known))
    return found


def _draw(panel: Panel, lines: list[tuple[Entry, list[tuple[int, float]]]]) -> None:
    for entry, points in lines:
        entry.draw(panel.canvas, [panel.at(step, value) for step, value in points])
