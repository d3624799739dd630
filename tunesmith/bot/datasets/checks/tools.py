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
    quoted,
    warning,
)

RULES: dict[str, Rule] = {
    "invalid_flag": error(
        "parallel_tool_calls must be true or false.",
        "Write true or false without quotes.",
    ),
    "invalid_tool_calls": error(
        "tool_calls must be a list of calls with id, type and function; {problem}.",
        "See platform.openai.com/docs/guides/function-calling.",
    ),
    "tool_calls_not_assistant": error(
        "Only the assistant can call tools.",
        "Move the call to an assistant message.",
    ),
    "duplicate_tool_call_id": error(
        'The tool call id "{id}" is used twice.',
        "Give every call its own id.",
    ),
    "tool_call_unanswered": error(
        'The tool call "{id}" has no answer.',
        "Add a tool message with this tool_call_id before the conversation goes on.",
    ),
    "tool_message_without_call": error(
        'The tool message answers "{id}", which nobody called.',
        "Set tool_call_id to the id of a call in the assistant message before.",
    ),
    "arguments_not_json_object": error(
        "The arguments of {function} are not a JSON object in a string.",
        'Write them as a string such as "{{\\"city\\": \\"Seoul\\"}}".',
    ),
    "undeclared_function": warning(
        "The function {function} is called but not declared in tools.",
        "Declare it in the example's tools.",
    ),
    "invalid_tool_declaration": error(
        "A tool declaration is wrong: {problem}.",
        'Write it as {{"type": "function", "function": {{"name": "...", "parameters": ...}}}}.',
    ),
    "duplicate_tool": error(
        "The tool {function} is declared twice.",
        "Keep one of them.",
    ),
    "argument_not_declared": warning(
        "The call of {function} gives {keys}, which its declaration does not know.",
        "Declare the parameter, or leave it out of the call.",
    ),
    "argument_missing": warning(
        "The call of {function} lacks the required {keys}.",
        "Add it to the arguments.",
    ),
    "deprecated_functions": note(
        "function_call and functions are the old way to call tools.",
        "Use tool_calls and tools.",
    ),
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
                shown = str(answered)[:40]
                found.add("tool_message_without_call", (*at, "tool_call_id"), shown, id=shown)
            continue
        for call_id, where in open_calls.items():
            found.add("tool_call_unanswered", where, id=call_id[:40])
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
        found.add("invalid_tool_calls", path, problem=f"it is {kind_of(calls)}")
        return {}
    waiting: dict[str, Path] = {}
    for index, call in enumerate(calls):
        where = (*path, index)
        if not isinstance(call, dict):
            found.add("invalid_tool_calls", where, problem=f"this one is {kind_of(call)}")
            continue
        call_id = call.get("id")
        if not isinstance(call_id, str) or not call_id:
            found.add("invalid_tool_calls", where, problem="this one has no id")
        elif call_id in seen:
            found.add("duplicate_tool_call_id", (*where, "id"), id=call_id[:40])
        else:
            seen.add(call_id)
            waiting[call_id] = where
        if call.get("type") != "function":
            found.add("invalid_tool_calls", where, problem='this one\'s type is not "function"')
        _check_function(call.get("function"), (*where, "function"), declared, found)
    return waiting


def _check_function(function: Json, path: Path, declared: _Declared, found: Collector) -> None:
    if not isinstance(function, dict) or not isinstance(name := function.get("name"), str):
        found.add("invalid_tool_calls", path, problem="this one names no function")
        return
    arguments = _arguments(function.get("arguments"))
    if arguments is None:
        shown = str(function.get("arguments"))[:80]
        found.add("arguments_not_json_object", (*path, "arguments"), shown, function=name[:64])
    if name not in declared:
        found.add("undeclared_function", (*path, "name"), function=name[:64])
    elif arguments is not None:
        _check_arguments(name, arguments, declared[name], (*path, "arguments"), found)


def _check_arguments(
    name: str, arguments: JsonObject, schema: JsonObject, path: Path, found: Collector
) -> None:
    properties, required = schema.get("properties"), schema.get("required")
    if isinstance(properties, dict) and not schema.get("additionalProperties"):
        unknown = [key for key in arguments if key not in properties]
        if unknown:
            found.add("argument_not_declared", path, function=name[:64], keys=quoted(unknown))
    if isinstance(required, list):
        missing = [key for key in required if isinstance(key, str) and key not in arguments]
        if missing:
            found.add("argument_missing", path, function=name[:64], keys=quoted(missing))


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
            problem = f"{key} is {kind_of(tools)}"
            found.add("invalid_tool_declaration", (*path, key), problem=problem)
            continue
        for index, tool in enumerate(tools):
            _declare(tool, (*path, key, index), declared, found)
    return declared


def _declare(tool: Json, path: Path, declared: _Declared, found: Collector) -> None:
    function = tool
    if path[-2] == "tools":
        if not isinstance(tool, dict) or tool.get("type") != "function":
            found.add("invalid_tool_declaration", path, problem='its type is not "function"')
            return
        function, path = tool.get("function"), (*path, "function")
    if not isinstance(function, dict) or not isinstance(name := function.get("name"), str):
        found.add("invalid_tool_declaration", path, problem="it has no name")
        return
    if name in declared:
        found.add("duplicate_tool", (*path, "name"), function=name[:64])
    parameters = function.get("parameters", {})
    if not isinstance(parameters, dict) or parameters.get("type", "object") != "object":
        problem = "its parameters are not a JSON schema of an object"
        found.add("invalid_tool_declaration", (*path, "parameters"), problem=problem)
        parameters = {}
    declared[name] = parameters
