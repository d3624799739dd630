"""LLaMA-Factory's version 1: messages whose contents are parts with a type and a value."""

from tunesmith.bot.datasets.conversion.shapes.messages import as_messages, has_parts
from tunesmith.bot.datasets.conversion.shapes.shape import Calls, Shape, tools, with_rest
from tunesmith.bot.datasets.findings import JsonObject


def recognise(row: JsonObject) -> bool:
    """A message with such parts."""
    said = row.get("messages")
    return isinstance(said, list) and any(map(has_parts, said))


def convert(row: JsonObject) -> JsonObject | None:
    """The same messages, with contents as OpenAI writes them."""
    said = as_messages(row["messages"], Calls())
    if said is None:
        return None
    used = {"messages"}
    return with_rest({"messages": said, **tools(row, used)}, row, used)


SHAPE = Shape(
    "llama_factory_v1",
    recognise,
    convert,
    (
        {
            "messages": [
                {"role": "user", "content": [{"type": "text", "value": "Where is Busan?"}]},
                {
                    "role": "assistant",
                    "content": [{"type": "text", "value": "In Korea."}],
                    "loss_weight": 1.0,
                },
            ]
        },
        {
            "messages": [
                {"role": "user", "content": "Where is Busan?"},
                {"role": "assistant", "content": "In Korea.", "weight": 1},
            ]
        },
    ),
)
