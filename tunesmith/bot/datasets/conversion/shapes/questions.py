"""A question and its answer under names of their own, as tables have them.

`question`, `query`, `input` and the like beside `answer`, `response` or `output`; a `context`
stands before its question.
"""

from tunesmith.bot.datasets.conversion.shapes import alpaca, question
from tunesmith.bot.datasets.conversion.shapes.shape import Shape
from tunesmith.bot.datasets.findings import JsonObject

_OTHERS = frozenset({"messages", "completion", "chosen", "rejected", "preferred_output"})


def recognise(row: JsonObject) -> bool:
    """A question and one answer, and nothing that other formats have."""
    asked, key = question.question(row), question.answer(row)
    return (
        asked not in (None, "instruction")
        and key is not None
        and _OTHERS.isdisjoint(question.names(row))
    )


SHAPE = Shape(
    "question_answer",
    recognise,
    alpaca.convert,
    (
        {"question": "Where is Busan?", "answer": "In Korea."},
        {
            "messages": [
                {"role": "user", "content": "Where is Busan?"},
                {"role": "assistant", "content": "In Korea."},
            ]
        },
    ),
)
