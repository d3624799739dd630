"""The loss of a job, as a chart that Slack draws itself.

Limits of Slack's block (docs.slack.dev/reference/block-kit/blocks/data-visualization-block): a
title of 50 characters, 20 points, labels of 20, and each line has a value at every point.
"""

from collections.abc import Callable, Sequence
from math import isfinite
from typing import Any

from tunesmith.bot.jobs.sampling import sampled
from tunesmith.bot.messages import Text
from tunesmith.handlers.slack.blocks import Block
from tunesmith.handlers.slack.mrkdwn import shorten
from tunesmith.storage.metrics import Metric

_POINTS = 20
_LABEL = 20
_TITLE = 50
_DIGITS = 6


def loss_chart(
    text: Text, steps: Sequence[Metric], epoch_of: Callable[[int], int | None]
) -> Block | None:
    """Training and validation loss at up to 20 steps; None where there are fewer than two.

    Validation is mostly measured at a few steps alone. Slack's lines have no gaps, so that the
    chart then stands on the steps at which both are known, where these are three or more. The first
    point of each epoch names it.
    """
    known = [step for step in steps if _is_number(step.train_loss)]
    both = [step for step in known if _is_number(step.valid_loss)]
    rows = sampled(both if len(both) > 2 else known, _POINTS)
    if len(rows) < 2:
        return None
    lines = [("train_loss", "job.chart_training")]
    if len(both) > 2:
        lines.append(("valid_loss", "job.chart_validation"))
    labels = _labels(text, rows, epoch_of)
    series = [
        {"name": shorten(text(words), _LABEL), "data": _points(rows, labels, name)}
        for name, words in lines
    ]
    axes = {
        "categories": labels,
        "x_label": text("job.chart_step"),
        "y_label": text("job.chart_of_loss"),
    }
    return {
        "type": "data_visualization",
        "title": shorten(text("job.chart_loss_title"), _TITLE),
        "chart": {"type": "line", "series": series, "axis_config": axes},
    }


def picture_alt(text: Text, steps: Sequence[Metric]) -> str:
    """What the picture shows, for who can't see it."""
    losses = [step.train_loss for step in steps if step.train_loss is not None]
    if not losses:
        return text("job.chart_loss_title")
    return text("job.chart_alt", steps=steps[-1].step, first=losses[0], last=losses[-1])


def _labels(text: Text, rows: Sequence[Metric], epoch_of: Callable[[int], int | None]) -> list[str]:
    found: list[str] = []
    before = None
    for row in rows:
        epoch = epoch_of(row.step)
        label = str(row.step)
        if epoch != before:
            label = shorten(text("job.chart_point", step=label, epoch=epoch), _LABEL)
        found.append(label)
        before = epoch
    return found


def _points(rows: Sequence[Metric], labels: Sequence[str], name: str) -> list[dict[str, Any]]:
    values = (round(getattr(step, name), _DIGITS) for step in rows)
    return [{"label": label, "value": value} for label, value in zip(labels, values, strict=True)]


def _is_number(value: float | None) -> bool:
    return value is not None and isfinite(value)
