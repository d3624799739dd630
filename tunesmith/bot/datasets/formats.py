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
    KTO = "kto"
    TEXT = "text"


# What a provider calls the training that takes a format.
METHODS = {
    Format.CHAT: "supervised",
    Format.PAIRS: "supervised",
    Format.PREFERENCE: "dpo",
    Format.REINFORCEMENT: "reinforcement",
    Format.KTO: "kto",
    Format.TEXT: "supervised",
}

# Who says what one example differs from another in.
SPOKEN = frozenset({"user", "assistant"})
# Those of the plainest examples.
PLAIN_ROLES = SPOKEN | {"system"}
# Every role that some provider knows.
ROLES = PLAIN_ROLES | {"developer", "tool", "function"}
# The two answers of a preference example, the better one first.
OUTPUTS = ("preferred_output", "non_preferred_output")


class Text(NamedTuple):
    """One string of an example: where it stands, who says it, whether a model reads and learns it.

    `counted` tells that it is part of what a model reads; metadata and the like are not.
    """

    path: Path
    role: str
    text: str
    counted: bool
    answer: bool


def recognise(example: JsonObject, like: Format | None = None) -> Format | None:
    """The format of one example, or None where it has none of their keys.

    Chat and reinforcement examples can look the same: `like`, the format of the file, decides. KTO
    is one answer and whether it is good, as in TRL's docs/source/dataset_formats.md; a text alone
    is what Together trains on as it stands.
    """
    if "preferred_output" in example or "non_preferred_output" in example:
        return Format.PREFERENCE
    if _is_kto(example):
        return Format.KTO
    if "messages" in example:
        return _of_messages(example, like)
    if any(key.lower() in ("prompt", "completion") for key in example):
        return Format.PAIRS
    if isinstance(example.get("text"), str) and "label" not in example:
        return Format.TEXT
    return None


def _of_messages(example: JsonObject, like: Format | None) -> Format:
    if like is Format.CHAT or like is Format.REINFORCEMENT:
        return like
    return Format.REINFORCEMENT if _is_reinforcement(example) else Format.CHAT


def _is_kto(example: JsonObject) -> bool:
    """An answer with a label that is true or false, also as a table writes it."""
    label = example.get("label", example.get("kto_tag"))
    if not isinstance(label, bool) and str(label).lower() not in ("true", "false"):
        return False
    said = example.get("messages")
    last = said[-1] if isinstance(said, list) and said else None
    return "completion" in example or (isinstance(last, dict) and last.get("role") == "assistant")


def _is_reinforcement(example: JsonObject) -> bool:
    """Reference fields beside the messages, and the answer left to the model."""
    if len(example) == 1:
        return False
    if all(key in ("messages", "tools", "functions", "parallel_tool_calls") for key in example):
        return False
    messages = example["messages"]
    if not isinstance(messages, list) or not messages:
        return False
    return not any(isinstance(m, dict) and _is_assistant(m.get("role")) for m in messages)


def _is_assistant(role: Json) -> bool:
    """In any case: the role is wrong then, but what is meant is not in doubt."""
    return isinstance(role, str) and role.strip().lower() == "assistant"


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


# What of a message a model reads, by the keys that lead to it.
_READ = frozenset(
    {
        ("content",),
        ("content", "text"),
        ("content", "refusal"),
        ("refusal",),
        ("tool_calls", "function", "name"),
        ("tool_calls", "function", "arguments"),
        ("function_call", "name"),
        ("function_call", "arguments"),
    }
)
# The lists of messages of an example, and whether their answers are learnt.
_CONVERSATIONS: dict[Format, dict[Path, bool]] = {
    Format.CHAT: {("messages",): True},
    Format.REINFORCEMENT: {("messages",): True},
    Format.PREFERENCE: {("input", "messages"): False, **{(side,): True for side in OUTPUTS}},
    Format.PAIRS: {},
    Format.KTO: {("messages",): True},
    Format.TEXT: {},
}


def texts(example: JsonObject, kind: Format) -> list[Text]:
    """Every string of an example but the roles that all know, conversations in order.

    Keys are taken by the alphabet, so that the same example in another order gives the same.
    """
    found: list[Text] = []
    if kind is Format.PAIRS or (kind is Format.KTO and "messages" not in example):
        _pair_texts(example, found)
    elif kind is Format.TEXT:
        _raw_texts(example, found)
    else:
        _walk(example, (), _CONVERSATIONS[kind], found)
    return found


def _pair_texts(example: JsonObject, found: list[Text]) -> None:
    for key in sorted(example, reverse=True):  # the prompt first
        value, name = example[key], key.lower()
        if isinstance(value, str) and name in ("prompt", "completion"):
            learnt = name == "completion"
            found.append(Text((key,), "assistant" if learnt else "user", value, True, learnt))
        else:
            _walk(value, (key,), {}, found)


def _raw_texts(example: JsonObject, found: list[Text]) -> None:
    for key in sorted(example):
        value = example[key]
        if key == "text" and isinstance(value, str):
            found.append(Text((key,), "", value, counted=True, answer=True))
        else:
            _walk(value, (key,), {}, found)


def _walk(value: Json, path: Path, conversations: dict[Path, bool], found: list[Text]) -> None:
    """Add all strings below a value; those of messages with who says them."""
    if isinstance(value, str):
        found.append(Text(path, "", value, counted=False, answer=False))
    elif isinstance(value, dict):
        for key in sorted(value):
            _walk(value[key], (*path, key), conversations, found)
    elif isinstance(value, list):
        learnt = conversations.get(path)
        for index, item in enumerate(value):
            if learnt is not None and isinstance(item, dict):
                _message_texts(item, (*path, index), found, learnt=learnt)
            else:
                _walk(item, (*path, index), {}, found)


def _message_texts(message: JsonObject, path: Path, found: list[Text], *, learnt: bool) -> None:
    role = message.get("role")
    role = role if isinstance(role, str) else ""
    answer = learnt and role == "assistant" and message.get("weight") != 0
    like = Text(path, role, "", counted=True, answer=answer)
    for key in sorted(message):
        if key == "name" and isinstance(name := message[key], str):
            found.append(Text((*path, key), "", name, counted=True, answer=False))
        elif key != "role" or role not in ROLES:
            _within_message(message[key], (*path, key), (key,), like, found)


def _within_message(
    value: Json, path: Path, keys: tuple[str, ...], like: Text, found: list[Text]
) -> None:
    """Add all strings below a part of a message, to which these keys lead."""
    if isinstance(value, str):
        if keys in _READ:
            found.append(like._replace(path=path, text=value))
        else:
            found.append(Text(path, "", value, counted=False, answer=False))
    elif isinstance(value, dict):
        for key in sorted(value):
            _within_message(value[key], (*path, key), (*keys, key), like, found)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            _within_message(item, (*path, index), keys, like, found)
