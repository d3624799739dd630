"""Chat examples: messages, their roles, contents, names and weights.

The rules are those of OpenAI's reference for the `FineTuneChatRequestInput` object and of its
cookbook ("Data preparation and analysis for chat model fine-tuning").
"""

import re
from functools import lru_cache

from tunesmith.bot.datasets.checks import images, tools
from tunesmith.bot.datasets.findings import (
    Collector,
    Json,
    JsonObject,
    Path,
    Rule,
    error,
    kind_of,
    quoted_names,
    warning,
)
from tunesmith.bot.datasets.masking import quoted
from tunesmith.bot.messages import Message, say

RULES: dict[str, Rule] = {
    "example_unrecognized_key": warning(fixable=True),
    "missing_messages_list": error(),
    "message_data_type": error(),
    "message_missing_key": error(),
    "message_unrecognized_key": error(fixable=True),
    "unrecognized_role": error(fixable=True),
    "missing_content": error(),
    "example_missing_assistant_message": error(),
    "last_message_not_assistant": error(),
    "missing_user_message": warning(),
    "system_not_first": warning(),
    "roles_not_alternating": warning(),
    "invalid_name": error(),
    "invalid_weight": error(),
    "weight_not_assistant": error(fixable=True),
    "nothing_to_learn": error(),
    "content_part_type": error(),
}

EXAMPLE_KEYS = frozenset({"messages", "tools", "functions", "parallel_tool_calls"})
MESSAGE_KEYS = frozenset(
    {"role", "content", "name", "weight", "tool_calls", "tool_call_id", "function_call", "refusal"}
)
ROLES = frozenset({"system", "user", "assistant", "tool", "function"})
# Reasoning models, which reinforcement fine-tuning is for, call the system role so.
REINFORCEMENT_ROLES = ROLES | {"developer"}
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")


def check(example: JsonObject, found: Collector) -> None:
    """Check one supervised chat example."""
    messages = example.get("messages")
    if not isinstance(messages, list) or not messages:
        found.add("missing_messages_list", ("messages",))
        return
    check_messages(messages, ("messages",), found)
    for code, index, role in order_problems(roles_of(messages)):
        path = ("messages",) if index is None else ("messages", index)
        found.add(code, path, role=role_name(role))
    _check_weights(messages, found)
    check_keys(example, EXAMPLE_KEYS, found)
    tools.check(example, messages, found)


def check_keys(example: JsonObject, allowed: frozenset[str], found: Collector) -> None:
    """Say which keys of an example mean nothing in its format."""
    unknown = [key for key in example if key not in allowed]
    if unknown:
        found.add("example_unrecognized_key", (unknown[0],), keys=quoted_names(unknown))


def check_messages(
    messages: list[Json], path: Path, found: Collector, roles: frozenset[str] = ROLES
) -> None:
    """Check each message by itself."""
    for index, message in enumerate(messages):
        if isinstance(message, dict):
            _check_message(message, (*path, index), found, roles)
        else:
            found.add("message_data_type", (*path, index), kind=kind_of(message))
    images.check_count(messages, path, found)


def roles_of(messages: list[Json]) -> tuple[str, ...]:
    """The role of each message; "" where it has none."""
    return tuple(
        role if isinstance(message, dict) and isinstance(role := message.get("role"), str) else ""
        for message in messages
    )


def _check_message(
    message: JsonObject, path: Path, found: Collector, roles: frozenset[str]
) -> None:
    role = message.get("role")
    calls = bool(message.get("tool_calls") or message.get("function_call"))
    missing = [key for key in ("role", "content") if key not in message]
    if calls and role == "assistant":
        missing = [key for key in missing if key != "content"]
    if missing:
        found.add("message_missing_key", path, keys=missing)
    unknown = [key for key in message if key not in MESSAGE_KEYS]
    if unknown:
        found.add("message_unrecognized_key", (*path, unknown[0]), keys=quoted_names(unknown))
    if "role" in message and (not isinstance(role, str) or role not in roles):
        shown = role if isinstance(role, str) else ""
        found.add("unrecognized_role", (*path, "role"), shown, role=_named(role))
    _check_content(message, path, found, optional=calls and role == "assistant")
    name = message.get("name")
    if name is not None and not (isinstance(name, str) and _NAME.fullmatch(name)):
        found.add("invalid_name", (*path, "name"), str(name)[:80])
    if "weight" in message:
        weight = message["weight"]
        if isinstance(weight, bool) or weight not in (0, 1):
            found.add("invalid_weight", (*path, "weight"), str(weight)[:80])
        if role != "assistant":
            found.add("weight_not_assistant", (*path, "weight"))


def _check_content(message: JsonObject, path: Path, found: Collector, *, optional: bool) -> None:
    content = message.get("content")
    path = (*path, "content")
    if "content" not in message or (content is None and (optional or message.get("refusal"))):
        return
    if isinstance(content, list) and content:
        _check_parts(content, message.get("role"), path, found)
    elif not isinstance(content, str):
        found.add("missing_content", path, state=_no_text(content))
    elif not content.strip() and not optional:
        blank = say("finding.content.blank") if content else say("finding.content.empty")
        found.add("missing_content", path, state=blank)


def _no_text(content: Json) -> Message:
    if content is None:
        return say("finding.content.missing")
    return say("finding.content.no_string", kind=kind_of(content))


def _named(value: Json) -> str | Message:
    """What stands where a name is due."""
    return quoted(value) if isinstance(value, str) else kind_of(value)


def role_name(role: str) -> str | Message:
    """A role as `roles_of` gives it, for a message."""
    return quoted(role) if role else say("finding.value.no_role")


def _check_parts(parts: list[Json], role: Json, path: Path, found: Collector) -> None:
    for index, part in enumerate(parts):
        kind = part.get("type") if isinstance(part, dict) else None
        where = (*path, index)
        if isinstance(part, dict) and kind == "text":
            text = part.get("text")
            if not isinstance(text, str) or not text.strip():
                empty = isinstance(text, str)
                state = say("finding.content.empty" if empty else "finding.content.no_text")
                found.add("missing_content", (*where, "text"), state=state)
        elif isinstance(part, dict) and kind == "image_url":
            images.check(part, role, where, found)
        elif kind != "refusal" or role != "assistant":
            shown = quoted(kind) if isinstance(kind, str) else kind_of(part)
            found.add("content_part_type", where, kind=shown, role=_named(role))


def _check_weights(messages: list[Json], found: Collector) -> None:
    weights = [
        message.get("weight", 1)
        for message in messages
        if isinstance(message, dict) and message.get("role") == "assistant"
    ]
    if weights and all(weight == 0 for weight in weights):
        found.add("nothing_to_learn", ("messages",))


@lru_cache(maxsize=4096)
def order_problems(roles: tuple[str, ...]) -> list[tuple[str, int | None, str]]:
    """What is wrong with an order of roles: code, index of the message, its role."""
    problems: list[tuple[str, int | None, str]] = []
    if "assistant" not in roles:
        problems.append(("example_missing_assistant_message", None, ""))
    elif roles[-1] != "assistant":
        problems.append(("last_message_not_assistant", len(roles) - 1, roles[-1]))
    if "user" not in roles:
        problems.append(("missing_user_message", None, ""))
    for index, role in enumerate(roles):
        if index and role == "system":
            problems.append(("system_not_first", index, role))
        elif index and role == roles[index - 1] and role in ("user", "assistant"):
            problems.append(("roles_not_alternating", index, role))
    return problems
