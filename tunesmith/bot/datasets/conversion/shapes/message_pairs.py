"""TRL's conversational prompt and completion: messages on both sides.

As in TRL's docs/source/dataset_formats.md: only the completion is learnt, so that answers in the
prompt get the weight 0.
"""

from tunesmith.bot.datasets.conversion.shapes.messages import as_messages
from tunesmith.bot.datasets.conversion.shapes.shape import (
    Calls,
    Shape,
    system_messages,
    tools,
    with_rest,
)
from tunesmith.bot.datasets.findings import Json, JsonObject


def recognise(row: JsonObject) -> bool:
    """A prompt and a completion that are messages."""
    sides = [row.get("prompt"), row.get("completion")]
    return all(map(_is_messages, sides))


def _is_messages(value: Json) -> bool:
    said = value if isinstance(value, list) else [value]
    return bool(said) and all(isinstance(each, dict) and "role" in each for each in said)


def convert(row: JsonObject) -> JsonObject | None:
    """One conversation."""
    calls, used = Calls(), {"prompt", "completion"}
    asked, answered = as_messages(row["prompt"], calls), as_messages(row["completion"], calls)
    if asked is None or answered is None:
        return None
    before = system_messages(row, used)
    said: list[Json] = [*before, *map(_not_learnt, asked), *answered]
    return with_rest({"messages": said, **tools(row, used)}, row, used)


def _not_learnt(said: Json) -> Json:
    if isinstance(said, dict) and said.get("role") == "assistant":
        return {"weight": 0} | said
    return said


SHAPE = Shape(
    "message_pairs",
    recognise,
    convert,
    (
        {
            "prompt": [{"role": "user", "content": "Where is Busan?"}],
            "completion": [{"role": "assistant", "content": "In Korea."}],
        },
        {
            "messages": [
                {"role": "user", "content": "Where is Busan?"},
                {"role": "assistant", "content": "In Korea."},
            ]
        },
    ),
)
