"""The picture of a job: loss and accuracy over its steps."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tunesmith.storage.metrics import Metric

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True, slots=True)
class Labels:
    """The chart's words, in the reader's language."""

    title: str
    step: str
    loss: str
    accuracy: str
    training: str
    validation: str


def draw(steps: Sequence[Metric], labels: Labels) -> bytes:
    """A PNG of 1,200 x 700 pixels. Takes about half a second of CPU: call it in a thread.

    Training is a line, validation is a line with marks, so that colour alone says nothing.
    """
    from matplotlib.figure import Figure  # noqa: PLC0415 - half a second that only charts need
    from matplotlib.font_manager import FontProperties  # noqa: PLC0415

    from tunesmith.bot.fonts import families  # noqa: PLC0415

    font = FontProperties(family=families())
    figure = Figure(figsize=(8, 4.67), dpi=150, layout="constrained")
    has_accuracy = any(step.train_accuracy is not None for step in steps)
    axes = figure.subplots(2 if has_accuracy else 1, 1, sharex=True, squeeze=False)[:, 0]
    _lines(axes[0], steps, "loss", labels)
    axes[0].set_ylabel(labels.loss, fontproperties=font)
    axes[0].set_ylim(bottom=0)
    axes[0].legend(frameon=False, prop=font)
    if has_accuracy:
        _lines(axes[1], steps, "accuracy", labels)
        axes[1].set_ylabel(labels.accuracy, fontproperties=font)
        axes[1].set_ylim(0, 1.03)
        axes[1].yaxis.set_major_formatter("{x:.0%}")
    axes[-1].set_xlabel(labels.step, fontproperties=font)
    figure.suptitle(labels.title, fontproperties=font, fontsize=11)
    picture = io.BytesIO()
    figure.savefig(picture, format="png")
    return picture.getvalue()


def _lines(axes: "Axes", steps: Sequence[Metric], what: str, labels: Labels) -> None:
    series = [
        (f"train_{what}", labels.training, "#2563eb", ""),
        (f"valid_{what}", labels.validation, "#c2410c", "o"),
    ]
    for name, label, colour, marker in series:
        points = [(step.step, getattr(step, name)) for step in steps]
        known = [(step, value) for step, value in points if value is not None]
        if known:
            axes.plot(*zip(*known, strict=True), label=label, color=colour, marker=marker, ms=4)
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(visible=True, axis="y", color="#e5e7eb", linewidth=0.8)
