"""Whether the tools that a model calls are declared, and called as they are declared."""

from collections.abc import Mapping, Sequence
from typing import Any

from tunesmith.bot.datasets.checks.tool import (
    argument_invalid,
    argument_missing,
    argument_not_declared,
    arguments_not_json_object,
)
from tunesmith.bot.datasets.findings import Collector, quoted_names
from tunesmith.bot.datasets.masking import quoted
from tunesmith.bot.datasets.tool_calls import Call, calls_of, tools_of
from tunesmith.bot.messages import Message, say
from tunesmith.bot.sql.closest import closest

# What is checked of the rows of a training file is checked of an answer.
_RULES = (
    arguments_not_json_object.RULE,
    argument_missing.RULE,
    argument_not_declared.RULE,
    argument_invalid.RULE,
)


def call_problems(
    calls: Sequence[Mapping[str, str]], tools: Sequence[Mapping[str, Any]]
) -> list[Message]:
    """Where calls (`name`, `arguments` as JSON text) do not fit their declarations, if anywhere.

    `tools` are declared as OpenAI's reference has it.
    """
    declared = {
        tool.name: tool.parameters
        for tool in tools_of({"tools": [dict(tool) for tool in tools]}, ())
        if tool.name is not None
    }
    message: dict[str, Any] = {"tool_calls": [{"function": dict(call)} for call in calls]}
    told: list[Message] = []
    for call in calls_of(message, (), declared):
        told += [_undeclared(call, declared)] if call.schema is None else _of_call(call)
    return told


def _of_call(call: Call) -> list[Message]:
    found = Collector()
    for rule in _RULES:
        rule.check(call, found)
    return [finding.message for finding in found.findings]


def _undeclared(call: Call, declared: Mapping[str, Any]) -> Message:
    near = closest(call.name, dict.fromkeys(declared))
    if not near:
        return say("check.no_tool", name=quoted(call.name))
    return say("check.no_tool_closest", name=quoted(call.name), closest=quoted_names(near))
