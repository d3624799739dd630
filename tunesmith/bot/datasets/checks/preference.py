"""Preference examples (DPO): an input, the better answer and the worse one.

Source: the reference of OpenAI's `FineTunePreferenceRequestInput`: `input` holds the messages and
tools, `preferred_output` and `non_preferred_output` hold one assistant message each.
"""

from tunesmith.bot.datasets import formats
from tunesmith.bot.datasets.checks import chat, tools
from tunesmith.bot.datasets.findings import (
    Collector,
    JsonObject,
    Rule,
    error,
    kind_of,
)

RULES: dict[str, Rule] = {
    "preference_input": error(
        "The input {problem}.",
        'Write it as {{"input": {{"messages": [...]}}}}.',
    ),
    "preference_last_message": error(
        "The input ends with an assistant message.",
        "The two outputs are the answers: end the input with the question.",
    ),
    "preference_output": error(
        "{side} {problem}.",
        "Write it as a list with exactly one assistant message.",
    ),
    "preference_outputs_equal": error(
        "The preferred and the other output are the same, so there is nothing to prefer.",
        "Change one of them or remove the example.",
    ),
}

EXAMPLE_KEYS = frozenset({"input", "preferred_output", "non_preferred_output"})
_INPUT_KEYS = frozenset({"messages", "tools", "parallel_tool_calls"})


def check(example: JsonObject, found: Collector) -> None:
    """Check one preference example."""
    chat.check_keys(example, EXAMPLE_KEYS, found)
    _check_input(example, found)
    for side in formats.OUTPUTS:
        _check_output(example, side, found)
    preferred, other = (example.get(side) for side in formats.OUTPUTS)
    if preferred is not None and preferred == other:
        found.add("preference_outputs_equal", ("non_preferred_output",))


def _check_input(example: JsonObject, found: Collector) -> None:
    given = example.get("input")
    if not isinstance(given, dict):
        problem = "is missing" if given is None else f"is {kind_of(given)}, not an object"
        found.add("preference_input", ("input",), problem=problem)
        return
    messages = given.get("messages")
    if not isinstance(messages, list) or not messages:
        found.add("preference_input", ("input", "messages"), problem="has no list of messages")
        return
    unknown = [key for key in given if key not in _INPUT_KEYS]
    if unknown:
        problem = f"has the unknown key {unknown[0][:40]}"
        found.add("preference_input", ("input", unknown[0]), problem=problem)
    chat.check_messages(messages, ("input", "messages"), found)
    tools.check(given, messages, found, ("input",))
    if chat.roles_of(messages)[-1] == "assistant":
        found.add("preference_last_message", ("input", "messages", len(messages) - 1))


def _check_output(example: JsonObject, side: str, found: Collector) -> None:
    output = example.get(side)
    if not isinstance(output, list):
        problem = "is missing" if output is None else f"is {kind_of(output)}, not a list"
        found.add("preference_output", (side,), side=side, problem=problem)
        return
    chat.check_messages(output, (side,), found)
    roles = chat.roles_of(output)
    if roles != ("assistant",):
        problem = f"has {len(roles)} messages" if len(roles) != 1 else f"is from {roles[0][:40]}"
        found.add("preference_output", (side,), side=side, problem=problem)
