"""The formats of training files: how one is recognised, and what in it is text.

`Format` is decided line by line from the keys of an example; a file keeps the format of its first
example, and any other is an error.
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from tunesmith.bot.datasets.findings import Json, JsonObject, Path


class Format(StrEnum):
    """The shapes an example can have; the values are what `--json` prints."""

    CHAT = "chat"
    PAIRS = "prompt_completion"
    PREFERENCE = "preference"
    REINFORCEMENT = "reinforcement"


# What a provider calls the training that takes a format.
METHODS = {
    Format.CHAT: "supervised",
    Format.PREFERENCE: "dpo",
    Format.REINFORCEMENT: "reinforcement",
}


class Text(NamedTuple):
    """One text of an example: where it stands, who says it, and whether the model learns it."""

    path: Path
    role: str
    text: str
    answer: bool


def recognise(example: JsonObject) -> Format | None:
    """The format of one example, or None where it has none of their keys."""
    if "messages" in example:
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


def texts(example: JsonObject, kind: Format) -> Iterator[Text]:
    """All texts of an example that a model reads or learns, in order."""
    if kind is Format.PAIRS:
        yield from _pair_texts(example)
    elif kind is Format.PREFERENCE:
        given = example.get("input")
        messages = given.get("messages") if isinstance(given, dict) else None
        yield from _message_texts(messages, ("input", "messages"), learn=False)
        for side in ("preferred_output", "non_preferred_output"):
            yield from _message_texts(example.get(side), (side,), learn=True)
    else:
        yield from _message_texts(example.get("messages"), ("messages",), learn=True)


def messages(example: JsonObject, kind: Format) -> Iterator[JsonObject]:
    """All messages of an example, in order."""
    lists: list[Json] = [example.get("messages")]
    if kind is Format.PREFERENCE:
        given = example.get("input")
        lists = [given.get("messages") if isinstance(given, dict) else None]
        lists += [example.get("preferred_output"), example.get("non_preferred_output")]
    for found in lists:
        if isinstance(found, list):
            yield from (message for message in found if isinstance(message, dict))


def _pair_texts(example: JsonObject) -> Iterator[Text]:
    for key, value in example.items():
        name = key.lower()
        if name in ("prompt", "completion") and isinstance(value, str):
            answer = name == "completion"
            yield Text((key,), "assistant" if answer else "user", value, answer)


def _message_texts(messages: Json, path: Path, *, learn: bool) -> Iterator[Text]:
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
            yield Text((*path, index, "content"), role, content, answer)
        elif isinstance(content, list):
            for number, part in enumerate(content):
                if isinstance(part, dict) and isinstance(text := part.get("text"), str):
                    yield Text((*path, index, "content", number, "text"), role, text, answer)
        if len(message) > 2:
            yield from _call_texts(message, (*path, index), role, answer=answer)


def _call_texts(message: JsonObject, path: Path, role: str, *, answer: bool) -> Iterator[Text]:
    """Names and arguments of the functions that a message calls."""
    calls = message.get("tool_calls")
    for index, call in enumerate(calls if isinstance(calls, list) else []):
        if isinstance(call, dict):
            where = (*path, "tool_calls", index, "function")
            yield from _function_texts(call.get("function"), where, role, answer=answer)
    where = (*path, "function_call")
    yield from _function_texts(message.get("function_call"), where, role, answer=answer)


def _function_texts(function: Json, path: Path, role: str, *, answer: bool) -> Iterator[Text]:
    if isinstance(function, dict):
        for key in ("name", "arguments"):
            if isinstance(value := function.get(key), str):
                yield Text((*path, key), role, value, answer)
