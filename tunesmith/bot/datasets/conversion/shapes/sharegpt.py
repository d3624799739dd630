"""ShareGPT: a list of turns under `conversations`, each `from` somebody.

As in LLaMA-Factory's data/README.md and Axolotl's docs/dataset-formats/conversation.qmd: `system`
and `tools` may stand beside it, and turns may be from `function_call` and `observation`.
"""

from tunesmith.bot.datasets.conversion.shapes.shape import (
    Calls,
    Shape,
    message,
    parsed,
    system_messages,
    tools,
    with_rest,
)
from tunesmith.bot.datasets.findings import Json, JsonObject

_TURNS = ("conversations", "conversation")
_ROLES = {
    "assistant": "assistant",
    "bard": "assistant",
    "bing": "assistant",
    "chatgpt": "assistant",
    "gpt": "assistant",
    "human": "user",
    "model": "assistant",
    "system": "system",
    "user": "user",
}
_CALLS = frozenset({"function_call", "tool_call"})
_ANSWERS = frozenset({"function_response", "observation", "tool", "tool_response"})


def recognise(row: JsonObject) -> bool:
    """A list of turns without a list of messages."""
    key = turns_key(row)
    return key is not None and "messages" not in row and "chosen" not in row


def turns_key(row: JsonObject) -> str | None:
    """The key that a row has its turns under."""
    for key in _TURNS:
        turns = row.get(key)
        if isinstance(turns, list) and turns and all(map(_is_turn, turns)):
            return key
    return None


def _is_turn(turn: Json) -> bool:
    if not isinstance(turn, dict):
        return False
    has_author, has_text = "from" in turn or "role" in turn, "value" in turn or "content" in turn
    return (has_author and has_text) or turn.keys() == {"human", "assistant"}


def convert(row: JsonObject) -> JsonObject | None:
    """Each turn as a message; calls of functions as tool calls with ids of their own."""
    key = turns_key(row)
    if key is None:
        return None
    used = {key}
    said = messages(row[key], Calls())
    if said is None:
        return None
    converted: JsonObject = {"messages": [*system_messages(row, used), *said]}
    return with_rest({**converted, **tools(row, used)}, row, used)


def messages(turns: Json, calls: Calls) -> list[Json] | None:
    """A list of turns, or one turn, as messages; None where one is not understood."""
    found: list[Json] = []
    for turn in turns if isinstance(turns, list) else [turns]:
        if not isinstance(turn, dict):
            return None
        if turn.keys() == {"human", "assistant"}:
            found += [message("user", turn["human"]), message("assistant", turn["assistant"])]
        elif (said := _message(turn, calls)) is not None:
            found.append(said)
        else:
            return None
    return found


def _message(turn: JsonObject, calls: Calls) -> JsonObject | None:
    author, text = "from" if "from" in turn else "role", "value" if "value" in turn else "content"
    who = turn.get(author)
    if not isinstance(who, str) or text not in turn:
        return None
    said = turn[text]
    if who in _CALLS:
        made = calls.message(parsed(said) if isinstance(said, str) else said)
    elif who in _ANSWERS:
        made = calls.answer(said)
    else:  # a role that nobody knows stays, for the finding that names it
        made = message(_ROLES.get(who, who), said)
    return made if made is None or len(turn) == 2 else with_rest(made, turn, {author, text})


SHAPE = Shape(
    "sharegpt",
    recognise,
    convert,
    (
        {
            "system": "Be short.",
            "conversations": [
                {"from": "human", "value": "Is it warm in Busan?"},
                {"from": "function_call", "value": '{"name": "weather", "arguments": {"n": 1}}'},
                {"from": "observation", "value": "28"},
                {"from": "gpt", "value": "Yes."},
            ],
        },
        {
            "messages": [
                {"role": "system", "content": "Be short."},
                {"role": "user", "content": "Is it warm in Busan?"},
                {
                    "role": "assistant",
                    "content": None,
                    "tool_calls": [
                        {
                            "id": "call00001",
                            "type": "function",
                            "function": {"name": "weather", "arguments": '{"n":1}'},
                        }
                    ],
                },
                {"role": "tool", "content": "28", "tool_call_id": "call00001"},
                {"role": "assistant", "content": "Yes."},
            ]
        },
    ),
)
