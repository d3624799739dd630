"""The shapes that rows come in: one module each, in the order in which they are tried."""

from tunesmith.bot.datasets.conversion.shapes import (
    alpaca,
    gemini,
    images_beside,
    message_pairs,
    parts,
    preference,
    questions,
    rejected_response,
    sharegpt,
    system_beside,
    template,
)
from tunesmith.bot.datasets.conversion.shapes.shape import Shape
from tunesmith.bot.datasets.findings import JsonObject

SHAPES: tuple[Shape, ...] = (
    parts.SHAPE,
    rejected_response.SHAPE,
    system_beside.SHAPE,
    images_beside.SHAPE,
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


def convert(row: JsonObject, shape: Shape) -> JsonObject | None:
    """A row of a shape in our format; None where it is not understood.

    What has the shape of another one then (turns with pictures beside them) is converted on.
    """
    converted = shape.convert(row)
    while converted is not None and (other := recognise(converted)) is not None:
        further = other.convert(converted)
        if further is None or further == converted:
            break
        converted = further
    return converted
