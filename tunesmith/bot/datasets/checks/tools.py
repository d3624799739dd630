"""Tool calls: declared, called, answered.

Source: platform.openai.com/docs/guides/function-calling and the reference of
`FineTuneChatRequestInput`.
"""

from typing import cast

import orjson

from tunesmith.bot.datasets.findings import (
    Collector,
    Json,
    JsonObject,
    Path,
    Rule,
    error,
    kind_of,
    note,
    quoted_names,
    warning,
)
from tunesmith.bot.datasets.masking import quoted
from tunesmith.bot.messages import say

RULES: dict[str, Rule] = {
    "invalid_flag": error(),
    "invalid_tool_calls": error(),
    "tool_calls_not_assistant": error(),
    "duplicate_tool_call_id": error(),
    "tool_call_unanswered": error(),
    "tool_message_without_call": error(),
    "arguments_not_json_object": error(fixable=True),
    "undeclared_function": warning(),
    "invalid_tool_declaration": error(),
    "duplicate_tool": error(),
    "argument_not_declared": warning(),
    "argument_missing": warning(),
    "deprecated_functions": note(),
}

# The declared functions of an example: name -> its parameters' schema, where there is one.
_Declared = dict[str, JsonObject]


def check(holder: JsonObject, messages: list[Json], found: Collector, path: Path = ()) -> None:
    """Check the tools that `holder` declares, and every call and answer in its messages.

    `path` is where the holder stands: the example itself, or a preference example's input.
    """
    flag = holder.get("parallel_tool_calls")
    if flag is not None and not isinstance(flag, bool):
        found.add("invalid_flag", (*path, "parallel_tool_calls"), str(flag)[:80])
    if "functions" in holder:
        found.add("deprecated_functions", (*path, "functions"))
    declared = _declarations(holder, path, found)
    _check_conversation(messages, (*path, "messages"), declared, found)


def _check_conversation(
    messages: list[Json], path: Path, declared: _Declared, found: Collector
) -> None:
    """Check that calls are well made and each is answered before the conversation goes on."""
    open_calls: dict[str, Path] = {}
    seen: set[str] = set()
    for index, message in enumerate(messages):
        if not isinstance(message, dict):
            continue
        at: Path = (*path, index)
        if message.get("role") == "tool":
            answered = message.get("tool_call_id")
            if isinstance(answered, str) and answered in open_calls:
                del open_calls[answered]
            else:
                shown = answered if isinstance(answered, str) else ""
                unknown = quoted(answered) if isinstance(answered, str) else kind_of(answered)
                found.add("tool_message_without_call", (*at, "tool_call_id"), shown, id=unknown)
            continue
        for call_id, where in open_calls.items():
            found.add("tool_call_unanswered", where, id=quoted(call_id))
        open_calls = {}
        if "tool_calls" in message:
            open_calls = _check_calls(message, (*at, "tool_calls"), declared, seen, found)
        if message.get("function_call") is not None:
            at = (*at, "function_call")
            found.add("deprecated_functions", at)
            _check_function(message["function_call"], at, declared, found)


def _check_calls(
    message: JsonObject,
    path: Path,
    declared: _Declared,
    seen: set[str],
    found: Collector,
) -> dict[str, Path]:
    """Check one message's calls; gives the ids that wait for an answer."""
    calls = message["tool_calls"]
    if message.get("role") != "assistant":
        found.add("tool_calls_not_assistant", path)
    if not isinstance(calls, list) or not calls:
        found.add(
            "invalid_tool_calls", path, problem=say("finding.tool_call.list", kind=kind_of(calls))
        )
        return {}
    waiting: dict[str, Path] = {}
    for index, call in enumerate(calls):
        where = (*path, index)
        if not isinstance(call, dict):
            found.add(
                "invalid_tool_calls",
                where,
                problem=say("finding.tool_call.object", kind=kind_of(call)),
            )
            continue
        call_id = call.get("id")
        if not isinstance(call_id, str) or not call_id:
            found.add("invalid_tool_calls", where, problem=say("finding.tool_call.id"))
        elif call_id in seen:
            found.add("duplicate_tool_call_id", (*where, "id"), id=quoted(call_id))
        else:
            seen.add(call_id)
            waiting[call_id] = where
        if call.get("type") != "function":
            found.add("invalid_tool_calls", where, problem=say("finding.tool_call.type"))
        _check_function(call.get("function"), (*where, "function"), declared, found)
    return waiting


def _check_function(function: Json, path: Path, declared: _Declared, found: Collector) -> None:
    if not isinstance(function, dict) or not isinstance(name := function.get("name"), str):
        found.add("invalid_tool_calls", path, problem=say("finding.tool_call.function"))
        return
    arguments = _arguments(function.get("arguments"))
    if arguments is None:
        shown = str(function.get("arguments"))[:80]
        found.add("arguments_not_json_object", (*path, "arguments"), shown, function=quoted(name))
    if name not in declared:
        found.add("undeclared_function", (*path, "name"), function=quoted(name))
    elif arguments is not None:
        _check_arguments(name, arguments, declared[name], (*path, "arguments"), found)


def _check_arguments(
    name: str, arguments: JsonObject, schema: JsonObject, path: Path, found: Collector
) -> None:
    properties, required = schema.get("properties"), schema.get("required")
    if isinstance(properties, dict) and not schema.get("additionalProperties"):
        unknown = [key for key in arguments if key not in properties]
        if unknown:
            found.add(
                "argument_not_declared", path, function=quoted(name), keys=quoted_names(unknown)
            )
    if isinstance(required, list):
        missing = [key for key in required if isinstance(key, str) and key not in arguments]
        if missing:
            found.add("argument_missing", path, function=quoted(name), keys=quoted_names(missing))


def _arguments(text: Json) -> JsonObject | None:
    """A call's arguments as an object, or None where they are not one in a string."""
    if not isinstance(text, str):
        return None
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return cast("JsonObject", value) if isinstance(value, dict) else None


def _declarations(holder: JsonObject, path: Path, found: Collector) -> _Declared:
    """The functions that are declared."""
    declared: _Declared = {}
    for key in ("tools", "functions"):
        tools = holder.get(key, [])
        if not isinstance(tools, list):
            problem = say("finding.tool.list", key=key, kind=kind_of(tools))
            found.add("invalid_tool_declaration", (*path, key), problem=problem)
            continue
        for index, tool in enumerate(tools):
            _declare(tool, (*path, key, index), declared, found)
    return declared


def _declare(tool: Json, path: Path, declared: _Declared, found: Collector) -> None:
    function = tool
    if path[-2] == "tools":
        if not isinstance(tool, dict) or tool.get("type") != "function":
            found.add("invalid_tool_declaration", path, problem=say("finding.tool.type"))
            return
        function, path = tool.get("function"), (*path, "function")
    if not isinstance(function, dict) or not isinstance(name := function.get("name"), str):
        found.add("invalid_tool_declaration", path, problem=say("finding.tool.name"))
        return
    if name in declared:
        found.add("duplicate_tool", (*path, "name"), function=quoted(name))
    parameters = function.get("parameters", {})
    if not isinstance(parameters, dict) or parameters.get("type", "object") != "object":
        problem = say("finding.tool.parameters")
        found.add("invalid_tool_declaration", (*path, "parameters"), problem=problem)
        parameters = {}
    declared[name] = parameters
