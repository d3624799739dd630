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
    quoted,
    warning,
)

RULES: dict[str, Rule] = {
    "example_unrecognized_key": warning(
        "The key {keys} has no meaning here.",
        "Remove it; the corrected file leaves it out.",
    ),
    "missing_messages_list": error(
        "There is no list of messages.",
        'Write the example as {{"messages": [...]}} with at least one user and one assistant turn.',
    ),
    "message_data_type": error(
        "The message is {kind}, not an object.",
        'Write it as {{"role": "...", "content": "..."}}.',
    ),
    "message_missing_key": error(
        "The message has no {keys}.",
        "Every message needs a role and a content.",
    ),
    "message_unrecognized_key": error(
        "The message has the unknown key {keys}.",
        "Remove it; the corrected file leaves it out.",
    ),
    "unrecognized_role": error(
        'The role "{role}" is unknown.',
        "Use system, user, assistant or tool.",
    ),
    "missing_content": error(
        "The content {state}.",
        "Write the text, or remove the message.",
    ),
    "example_missing_assistant_message": error(
        "No message is from the assistant, so there is nothing to learn.",
        "Add the answer that the model should give.",
    ),
    "last_message_not_assistant": error(
        "The last message is from {role}, not from the assistant.",
        "End with the answer that the model should give.",
    ),
    "missing_user_message": warning(
        "No message is from the user.",
        "Add the question that the assistant answers.",
    ),
    "system_not_first": warning(
        "A system message stands in the middle of the conversation.",
        "Put it first; some providers refuse it elsewhere.",
    ),
    "roles_not_alternating": warning(
        "Two messages in a row are from {role}.",
        "Join them; some providers refuse this.",
    ),
    "invalid_name": error(
        "The name must be 1 to 64 letters, digits, - or _.",
        "Change or remove it.",
    ),
    "invalid_weight": error(
        "The weight must be 0 or 1.",
        "Use 1 to learn from the message, 0 to skip it.",
    ),
    "weight_not_assistant": error(
        "A weight has a meaning on assistant messages only.",
        "Remove it.",
    ),
    "nothing_to_learn": error(
        "Every assistant message has the weight 0.",
        "Give at least one the weight 1, or remove the example.",
    ),
    "content_part_type": error(
        "A content part of the type {kind} is not allowed in a {role} message.",
        "Use text parts; in user messages image_url parts too.",
    ),
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
        found.add(code, ("messages",) if index is None else ("messages", index), role=role)
    _check_weights(messages, found)
    check_keys(example, EXAMPLE_KEYS, found)
    tools.check(example, messages, found)


def check_keys(example: JsonObject, allowed: frozenset[str], found: Collector) -> None:
    """Say which keys of an example mean nothing in its format."""
    unknown = [key for key in example if key not in allowed]
    if unknown:
        found.add("example_unrecognized_key", (unknown[0],), keys=quoted(unknown))


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
    """The role of each message; "?" where it has none."""
    return tuple(
        role if isinstance(message, dict) and isinstance(role := message.get("role"), str) else "?"
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
        found.add("message_missing_key", path, keys=" and no ".join(missing))
    unknown = [key for key in message if key not in MESSAGE_KEYS]
    if unknown:
        found.add("message_unrecognized_key", (*path, unknown[0]), keys=quoted(unknown))
    if "role" in message and (not isinstance(role, str) or role not in roles):
        shown = role if isinstance(role, str) else kind_of(role)
        found.add("unrecognized_role", (*path, "role"), shown, role=shown[:40])
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
        state = "is missing" if content is None else f"is {kind_of(content)}, not a text"
        found.add("missing_content", path, state=state)
    elif not content.strip() and not optional:
        found.add("missing_content", path, state="is blank" if content else "is empty")


def _check_parts(parts: list[Json], role: Json, path: Path, found: Collector) -> None:
    for index, part in enumerate(parts):
        kind = part.get("type") if isinstance(part, dict) else None
        where = (*path, index)
        if isinstance(part, dict) and kind == "text":
            text = part.get("text")
            if not isinstance(text, str) or not text.strip():
                state = "is empty" if isinstance(text, str) else "has no text"
                found.add("missing_content", (*where, "text"), state=state)
        elif isinstance(part, dict) and kind == "image_url":
            images.check(part, role, where, found)
        elif kind != "refusal" or role != "assistant":
            shown = kind if isinstance(kind, str) else kind_of(part)
            found.add("content_part_type", where, kind=shown[:40], role=str(role)[:40])


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
