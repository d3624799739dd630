"""Alpaca: `instruction`, an optional `input`, and `output`; Dolly's `context` and `response`.

The input follows the instruction on a line of its own, as in LLaMA-Factory's data/README.md.
"""

from tunesmith.bot.datasets.conversion.shapes import question
from tunesmith.bot.datasets.conversion.shapes.shape import Shape, message, tools, with_rest
from tunesmith.bot.datasets.findings import JsonObject


def recognise(row: JsonObject) -> bool:
    """An instruction and one answer."""
    return question.question(row) == "instruction" and question.answer(row) is not None


def convert(row: JsonObject) -> JsonObject | None:
    """The question and the answer as messages."""
    asked, key = question.read(row), question.answer(row)
    if asked is None or key is None or not isinstance(row[key], str):
        return None
    used = {*asked.used, key}
    said: JsonObject = {"messages": [*asked.messages, message("assistant", row[key])]}
    return with_rest({**said, **tools(row, used)}, row, used)


SHAPE = Shape(
    "alpaca",
    recognise,
    convert,
    (
        {"instruction": "Translate to Korean.", "input": "river", "output": "강"},
        {
            "messages": [
                {"role": "user", "content": "Translate to Korean.\nriver"},
                {"role": "assistant", "content": "강"},
            ]
        },
    ),
)
