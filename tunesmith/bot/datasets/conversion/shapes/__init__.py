"""The shapes that rows come in: one module each, in the order in which they are tried."""

from tunesmith.bot.datasets.conversion.shapes import (
    alpaca,
    gemini,
    message_pairs,
    parts,
    preference,
    questions,
    sharegpt,
    system_beside,
    template,
)
from tunesmith.bot.datasets.conversion.shapes.shape import Shape
from tunesmith.bot.datasets.findings import JsonObject

SHAPES: tuple[Shape, ...] = (
    parts.SHAPE,
    system_beside.SHAPE,
    sharegpt.SHAPE,
    gemini.SHAPE,
    preference.SHAPE,
    message_pairs.SHAPE,
    alpaca.SHAPE,
    questions.SHAPE,
    template.SHAPE,
)


def recognise(row: JsonObject) -> Shape | None:
    """The shape of a row; None where it is in one of our formats, or unknown."""
    return next((shape for shape in SHAPES if shape.recognise(row)), None)
