"""Calls that are not made as such."""

from tunesmith.bot.datasets.checks.samples import call
from tunesmith.bot.datasets.example_view import MessageView
from tunesmith.bot.datasets.findings import Collector, Json, Path, Severity, kind_of
from tunesmith.bot.datasets.rule import MessageRule
from tunesmith.bot.datasets.tool_calls import functions_of
from tunesmith.bot.messages import say


def check(at: MessageView, found: Collector) -> None:
    """The list, each call in it, and the function that each one names."""
    message = at.message
    if message.get("tool_calls") is not None:
        _check_calls(message["tool_calls"], (*at.path, "tool_calls"), found)
    if "tool_calls" in message or "function_call" in message:
        for path, function in functions_of(message, at.path):
            if not isinstance(function, dict) or not isinstance(function.get("name"), str):
                found.add("invalid_tool_calls", path, problem=say("finding.tool_call.function"))


def _check_calls(calls: Json, path: Path, found: Collector) -> None:
    if not isinstance(calls, list) or not calls:
        problem = say("finding.tool_call.list", kind=kind_of(calls))
        found.add("invalid_tool_calls", path, problem=problem)
        return
    for index, each in enumerate(calls):
        where = (*path, index)
        if not isinstance(each, dict):
            problem = say("finding.tool_call.object", kind=kind_of(each))
            found.add("invalid_tool_calls", where, problem=problem)
            continue
        if not isinstance(call_id := each.get("id"), str) or not call_id:
            found.add("invalid_tool_calls", where, problem=say("finding.tool_call.id"))
        if each.get("type") != "function":
            found.add("invalid_tool_calls", where, problem=say("finding.tool_call.type"))


RULE = MessageRule(
    code="invalid_tool_calls",
    severity=Severity.WARNING,
    check=check,
    bad={"role": "assistant", "content": None, "tool_calls": [{"id": "call_1", "function": {}}]},
    good={"role": "assistant", "content": None, "tool_calls": [call()]},
)
