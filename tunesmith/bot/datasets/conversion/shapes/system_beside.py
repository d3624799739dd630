"""Messages with the system prompt beside them, or with tools in a string or as bare functions.

The first as in Anthropic's API, the second as Hugging Face's data sets have it: a column has one
type, and tools differ (TRL's docs/source/dataset_formats.md).
"""

from tunesmith.bot.datasets.conversion.shapes.shape import (
    Shape,
    is_bare_function,
    system_messages,
    tools,
    with_rest,
)
from tunesmith.bot.datasets.findings import JsonObject


def recognise(row: JsonObject) -> bool:
    """A list of messages, and what belongs into it or is to be written otherwise."""
    if not isinstance(row.get("messages"), list):
        return False
    if any(isinstance(row.get(key), str) for key in ("system", "system_prompt", "tools")):
        return True
    declared = row.get("tools")
    return isinstance(declared, list) and any(map(is_bare_function, declared))


def convert(row: JsonObject) -> JsonObject | None:
    """The system prompt as the first message."""
    said = row["messages"]
    used = {"messages"}
    before = system_messages(row, used)
    if not isinstance(said, list):
        return None
    converted: JsonObject = {"messages": [*before, *said], **tools(row, used)}
    return with_rest(converted, row, used) if len(used) > 1 else None


SHAPE = Shape(
    "system_beside_messages",
    recognise,
    convert,
    (
        {
            "system": "Be short.",
            "messages": [
                {"role": "user", "content": "Where is Busan?"},
                {"role": "assistant", "content": "In Korea."},
            ],
        },
        {
            "messages": [
                {"role": "system", "content": "Be short."},
                {"role": "user", "content": "Where is Busan?"},
                {"role": "assistant", "content": "In Korea."},
            ]
        },
    ),
)
