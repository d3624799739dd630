"""Preference examples (DPO): an input, the better answer and the worse one.

Source: the reference of OpenAI's `FineTunePreferenceRequestInput`: `input` holds the messages and
tools, `preferred_output` and `non_preferred_output` hold one assistant message each.
"""

from tunesmith.bot.datasets import formats
from tunesmith.bot.datasets.checks import chat, tools
from tunesmith.bot.datasets.findings import (
    Collector,
    Json,
    JsonObject,
    Rule,
    error,
    kind_of,
)
from tunesmith.bot.datasets.masking import quoted
from tunesmith.bot.messages import Message, say

RULES: dict[str, Rule] = {
    "preference_input": error(),
    "preference_last_message": error(),
    "preference_output": error(),
    "preference_outputs_equal": error(),
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
        found.add("preference_input", ("input",), problem=_no_object(given))
        return
    messages = given.get("messages")
    if not isinstance(messages, list) or not messages:
        problem = say("finding.preference.no_messages")
        found.add("preference_input", ("input", "messages"), problem=problem)
        return
    unknown = [key for key in given if key not in _INPUT_KEYS]
    if unknown:
        problem = say("finding.preference.unknown_key", key=quoted(unknown[0]))
        found.add("preference_input", ("input", unknown[0]), problem=problem)
    chat.check_messages(messages, ("input", "messages"), found)
    tools.check(given, messages, found, ("input",))
    if chat.roles_of(messages)[-1] == "assistant":
        found.add("preference_last_message", ("input", "messages", len(messages) - 1))


def _check_output(example: JsonObject, side: str, found: Collector) -> None:
    output = example.get(side)
    if not isinstance(output, list):
        found.add("preference_output", (side,), side=side, problem=_no_list(output))
        return
    chat.check_messages(output, (side,), found)
    roles = chat.roles_of(output)
    if roles != ("assistant",):
        problem = say("finding.preference.messages", count=len(roles))
        if len(roles) == 1:
            problem = say("finding.preference.role", role=chat.role_name(roles[0]))
        found.add("preference_output", (side,), side=side, problem=problem)


def _no_object(value: Json) -> Message:
    if value is None:
        return say("finding.preference.missing")
    return say("finding.preference.no_object", kind=kind_of(value))


def _no_list(value: Json) -> Message:
    if value is None:
        return say("finding.preference.missing")
    return say("finding.preference.no_list", kind=kind_of(value))
