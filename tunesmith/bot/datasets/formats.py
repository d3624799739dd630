"""The formats of training files: how one is recognised, and what in it is text.

`Format` is decided line by line from the keys of an example; a file keeps the format of its first
example, and any other is an error.
"""

from enum import StrEnum
from typing import NamedTuple

from tunesmith.bot.datasets.findings import Json, JsonObject, Path


class Format(StrEnum):
    """The shapes an example can have; the values are what a report's JSON prints."""

    CHAT = "chat"
    PAIRS = "prompt_completion"
    PREFERENCE = "preference"
    REINFORCEMENT = "reinforcement"


# What a provider calls the training that takes a format.
METHODS = {
    Format.CHAT: "supervised",
    Format.PAIRS: "supervised",
    Format.PREFERENCE: "dpo",
    Format.REINFORCEMENT: "reinforcement",
}

# Who says what one example differs from another in.
SPOKEN = frozenset({"user", "assistant"})
# Those of the plainest examples.
PLAIN_ROLES = SPOKEN | {"system"}
# The two answers of a preference example, the better one first.
OUTPUTS = ("preferred_output", "non_preferred_output")


class Text(NamedTuple):
    """One text of an example: where it stands, who says it, and whether the model learns it."""

    path: Path
    role: str
    text: str
    answer: bool


def recognise(example: JsonObject, like: Format | None = None) -> Format | None:
    """The format of one example, or None where it has none of their keys.

    Chat and reinforcement examples can look the same: `like`, the format of the file, decides.
    """
    if "messages" in example:
        if like in (Format.CHAT, Format.REINFORCEMENT):
            return like
        return Format.REINFORCEMENT if _is_reinforcement(example) else Format.CHAT
    if "preferred_output" in example or "non_preferred_output" in example:
        return Format.PREFERENCE
    if any(key.lower() in ("prompt", "completion") for key in example):
        return Format.PAIRS
    return None


def _is_reinforcement(example: JsonObject) -> bool:
    """Reference fields beside the messages, and the answer left to the model."""
    if len(example) == 1:
        return False
    if all(key in ("messages", "tools", "functions", "parallel_tool_calls") for key in example):
        return False
    messages = example["messages"]
    if not isinstance(messages, list) or not messages:
        return False
    return not any(isinstance(m, dict) and m.get("role") == "assistant" for m in messages)


def messages(example: JsonObject, kind: Format) -> list[JsonObject]:
    """All messages of an example, in order."""
    lists: list[Json] = [example.get("messages")]
    if kind is Format.PREFERENCE:
        given = example.get("input")
        lists = [given.get("messages") if isinstance(given, dict) else None]
        lists += [example.get(side) for side in OUTPUTS]
    return [
        message
        for found in lists
        if isinstance(found, list)
        for message in found
        if isinstance(message, dict)
    ]


def declared_tools(example: JsonObject, kind: Format) -> Json:
    """The tools that an example declares."""
    holder: Json = example.get("input") if kind is Format.PREFERENCE else example
    return (holder.get("tools") or holder.get("functions")) if isinstance(holder, dict) else None


def texts(example: JsonObject, kind: Format) -> list[Text]:
    """All texts of an example that a model reads or learns, in order."""
    found: list[Text] = []
    if kind is Format.PAIRS:
        for key, value in example.items():
            if isinstance(value, str) and (name := key.lower()) in ("prompt", "completion"):
                answer = name == "completion"
                found.append(Text((key,), "assistant" if answer else "user", value, answer))
    elif kind is Format.PREFERENCE:
        given = example.get("input")
        asked = given.get("messages") if isinstance(given, dict) else None
        _message_texts(asked, ("input", "messages"), found, learn=False)
        for side in OUTPUTS:
            _message_texts(example.get(side), (side,), found, learn=True)
    else:
        _message_texts(example.get("messages"), ("messages",), found, learn=True)
    return found


def _message_texts(messages: Json, path: Path, found: list[Text], *, learn: bool) -> None:
    if not isinstance(messages, list):
        return
    for index, message in enumerate(messages):
        if not isinstance(message, dict):
            continue
        role = message.get("role")
        role = role if isinstance(role, str) else ""
        answer = learn and role == "assistant" and message.get("weight") != 0
        content = message.get("content")
        if isinstance(content, str):
            found.append(Text((*path, index, "content"), role, content, answer))
        elif isinstance(content, list):
            for number, part in enumerate(content):
                if isinstance(part, dict) and isinstance(text := part.get("text"), str):
                    where = (*path, index, "content", number, "text")
                    found.append(Text(where, role, text, answer))
        if len(message) > 2:
            _call_texts(message, Text((*path, index), role, "", answer), found)


def _call_texts(message: JsonObject, like: Text, found: list[Text]) -> None:
    """Add the names and arguments of the functions that a message calls."""
    calls = message.get("tool_calls")
    functions: list[tuple[Path, Json]] = [
        ((*like.path, "tool_calls", index, "function"), call.get("function"))
        for index, call in enumerate(calls if isinstance(calls, list) else [])
        if isinstance(call, dict)
    ]
    functions.append(((*like.path, "function_call"), message.get("function_call")))
    for path, function in functions:
        if isinstance(function, dict):
            found += [
                Text((*path, key), like.role, value, like.answer)
                for key in ("name", "arguments")
                if isinstance(value := function.get(key), str)
            ]
