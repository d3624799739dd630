"""ms-swift's preference: a conversation, and a worse last answer as `rejected_response`.

As in ms-swift's docs/source_en/Customization/Custom-dataset.md; also with a query and a response.
"""

from tunesmith.bot.datasets.conversion.shapes import question
from tunesmith.bot.datasets.conversion.shapes.shape import (
    Shape,
    message,
    system_messages,
    tools,
    with_rest,
)
from tunesmith.bot.datasets.findings import Json, JsonObject


def recognise(row: JsonObject) -> bool:
    """A worse answer as text, and a better one."""
    if not isinstance(row.get("rejected_response"), str) or "chosen" in row:
        return False
    return "messages" in row or question.answer(row) is not None


def convert(row: JsonObject) -> JsonObject | None:
    """An example of OpenAI's preference format."""
    used = {"rejected_response"}
    said = _said(row, used)
    if not said or not isinstance(said[-1], dict) or said[-1].get("role") != "assistant":
        return None
    given: JsonObject = {"messages": said[:-1], **tools(row, used)}
    converted: JsonObject = {
        "input": given,
        "preferred_output": [said[-1]],
        "non_preferred_output": [message("assistant", row["rejected_response"])],
    }
    return with_rest(converted, row, used)


def _said(row: JsonObject, used: set[str]) -> list[Json] | None:
    """The conversation up to the better answer."""
    said = row.get("messages")
    if isinstance(said, list):
        used.add("messages")
        return [*system_messages(row, used), *said]
    asked, key = question.read(row), question.answer(row)
    if asked is None or key is None:
        return None
    used |= {*asked.used, key}
    return [*asked.messages, message("assistant", row[key])]


SHAPE = Shape(
    "rejected_response",
    recognise,
    convert,
    (
        {
            "messages": [
                {"role": "user", "content": "Where is Busan?"},
                {"role": "assistant", "content": "In Korea."},
            ],
            "rejected_response": "Somewhere.",
        },
        {
            "input": {"messages": [{"role": "user", "content": "Where is Busan?"}]},
            "preferred_output": [{"role": "assistant", "content": "In Korea."}],
            "non_preferred_output": [{"role": "assistant", "content": "Somewhere."}],
        },
    ),
)
