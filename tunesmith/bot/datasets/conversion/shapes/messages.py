"""Messages as other tools write them: turns of ShareGPT, and parts with a `value`.

The second as in LLaMA-Factory's version 1 (data/v1_sft_demo.jsonl): each part has a type and a
value, and a message may have a `loss_weight`.
"""

from tunesmith.bot.datasets.conversion.shapes import sharegpt
from tunesmith.bot.datasets.conversion.shapes.shape import Calls, message, parsed, with_rest
from tunesmith.bot.datasets.findings import Json, JsonObject


def answers(value: Json, calls: Calls) -> list[Json] | None:
    """What the assistant says: a text, a message, or several; None where it is something else."""
    return [message("assistant", value)] if isinstance(value, str) else as_messages(value, calls)


def as_messages(value: Json, calls: Calls) -> list[Json] | None:
    """A message or a list of them in OpenAI's form; None where one is not understood."""
    found: list[Json] = []
    for each in value if isinstance(value, list) else [value]:
        if not isinstance(each, dict):
            return None
        if has_parts(each):
            said = _from_parts(each, calls)
        elif "from" in each:
            turn = sharegpt.messages(each, calls)
            said = turn[0] if turn else None
        else:
            said = each if "role" in each else None
        if said is None:
            return None
        found.append(said)
    return found


def has_parts(said: Json) -> bool:
    """Whether a message's content is parts with a value each."""
    parts = said.get("content") if isinstance(said, dict) else None
    return (
        isinstance(parts, list)
        and bool(parts)
        and all(isinstance(part, dict) and part.keys() == {"type", "value"} for part in parts)
    )


def _from_parts(said: JsonObject, calls: Calls) -> JsonObject | None:
    role, parts = said.get("role"), said.get("content")
    if not isinstance(role, str) or not isinstance(parts, list):
        return None
    texts: list[Json] = []
    called: list[Json] = []
    more: JsonObject = {}
    for part in parts:
        if not isinstance(part, dict) or not isinstance(value := part["value"], str):
            return None
        match part["type"]:
            case "text":
                texts.append({"type": "text", "text": value})
            case "image_url":
                texts.append({"type": "image_url", "image_url": {"url": value}})
            case "tool_call" if (call := calls.call(parsed(value))) is not None:
                called.append(call)
            case "reasoning" if "reasoning_content" not in more:
                more["reasoning_content"] = value
            case _:
                return None
    if called:
        more["tool_calls"] = called
    content = _content(texts)
    made = calls.answer(content) if role == "tool" else message(role, content, **more)
    used = {"role", "content"}
    if "loss_weight" in said:
        used |= _weigh(made, said["loss_weight"])
    return with_rest(made, said, used)


def _content(parts: list[Json]) -> Json:
    """One text is a text, several parts a list, and none is null."""
    match parts:
        case []:
            return None
        case [{"type": "text", "text": text}]:
            return text
        case _:
            return parts


def _weigh(made: JsonObject, weight: Json) -> set[str]:
    """Whether a message is learnt, as OpenAI writes it: only answers have a weight."""
    if weight not in (0, 1):
        return set()
    if made["role"] == "assistant":
        made["weight"] = int(weight)
    return {"loss_weight"} if made["role"] == "assistant" or weight == 0 else set()
