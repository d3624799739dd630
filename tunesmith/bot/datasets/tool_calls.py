"""Tools of an example: declared, called, answered.

Source: platform.openai.com/docs/guides/function-calling and the reference of
`FineTuneChatRequestInput`.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import cast

import orjson

from tunesmith.bot.datasets import formats
from tunesmith.bot.datasets.findings import Json, JsonObject, Path
from tunesmith.bot.datasets.formats import Format

_MAJORITY = 0.6


@dataclass(slots=True)
class Tool:
    """One declared function: `value` as it stands at `path`, `function` where there is one.

    `parameters` is its schema, {} where it has none that is an object.
    """

    value: Json
    path: Path
    function: JsonObject | None
    name: str | None
    parameters: JsonObject


@dataclass(slots=True)
class Call:
    """One call of a function that has a name; `path` is where the function stands.

    `arguments` is None where they are no JSON object in a string, `schema` where the function is
    not declared.
    """

    function: JsonObject
    path: Path
    name: str
    arguments: JsonObject | None
    schema: JsonObject | None


class Exchange:
    """How calls and answers of a list of messages go together; each with its path.

    `unanswered` are calls after which the conversation goes on without an answer, `unasked`
    answers to no call, `repeated` ids that an earlier call has.
    """

    def __init__(self, path: Path, messages: list[Json]) -> None:
        self.unanswered: list[tuple[Path, str]] = []
        self.unasked: list[tuple[Path, Json]] = []
        self.repeated: list[tuple[Path, str]] = []
        waiting: dict[str, Path] = {}
        seen: set[str] = set()
        for index, message in enumerate(messages):
            if not isinstance(message, dict):
                continue
            if message.get("role") == "tool":
                answered = message.get("tool_call_id")
                if isinstance(answered, str) and answered in waiting:
                    del waiting[answered]
                else:
                    self.unasked.append(((*path, index, "tool_call_id"), answered))
                continue
            if waiting:
                self.unanswered += [(where, call_id) for call_id, where in waiting.items()]
                waiting = {}
            if isinstance(calls := message.get("tool_calls"), list):
                waiting = self._ask(calls, (*path, index, "tool_calls"), seen)

    def _ask(self, calls: list[Json], path: Path, seen: set[str]) -> dict[str, Path]:
        """The ids that wait for an answer after a message with these calls."""
        waiting: dict[str, Path] = {}
        for number, call in enumerate(calls):
            call_id = call.get("id") if isinstance(call, dict) else None
            if not isinstance(call_id, str) or not call_id:
                continue
            if call_id in seen:
                self.repeated.append(((*path, number, "id"), call_id))
            else:
                seen.add(call_id)
                waiting[call_id] = (*path, number)
        return waiting


def functions_of(message: JsonObject, path: Path) -> Iterator[tuple[Path, Json]]:
    """What stands where a called function is due, in calls that are objects."""
    calls = message.get("tool_calls")
    for index, call in enumerate(calls if isinstance(calls, list) else ()):
        if isinstance(call, dict):
            yield (*path, "tool_calls", index, "function"), call.get("function")
    if (called := message.get("function_call")) is not None:
        yield (*path, "function_call"), called


def calls_of(message: JsonObject, path: Path, declared: Mapping[str, JsonObject]) -> Iterator[Call]:
    """The calls of a message; `declared` is the schema of each declared function."""
    for where, function in functions_of(message, path):
        if isinstance(function, dict) and isinstance(name := function.get("name"), str):
            arguments = _arguments(function.get("arguments"))
            yield Call(function, where, name, arguments, declared.get(name))


def _arguments(text: Json) -> JsonObject | None:
    if not isinstance(text, str):
        return None
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return cast("JsonObject", value) if isinstance(value, dict) else None


def tools_of(holder: JsonObject, path: Path) -> list[Tool]:
    """The tools that stand in the lists of what declares them."""
    return [
        _tool(tool, (*path, key, index))
        for key in ("tools", "functions")
        if isinstance(tools := holder.get(key), list)
        for index, tool in enumerate(tools)
    ]


def _tool(value: Json, path: Path) -> Tool:
    function = value
    if path[-2] == "tools":
        function = None
        if isinstance(value, dict) and value.get("type") == "function":
            function, path = value.get("function"), (*path, "function")
    if not isinstance(function, dict):
        return Tool(value, path, None, None, {})
    name, parameters = function.get("name"), function.get("parameters")
    return Tool(
        value,
        path,
        function,
        name if isinstance(name, str) else None,
        parameters if isinstance(parameters, dict) else {},
    )


def common_tools(examples: Iterable[JsonObject], kind: Format) -> list[JsonObject]:
    """The tools that most of these examples declare, as OpenAI's API takes them.

    Empty where less than 60 % of them declare the same.
    """
    declared: Counter[bytes] = Counter()
    count = 0
    for example in examples:
        count += 1
        if tools := formats.declared_tools(example, kind):
            declared[orjson.dumps(tools, option=orjson.OPT_SORT_KEYS)] += 1
    for tools, often in declared.most_common(1):
        listed: Json = orjson.loads(tools)
        if often >= _MAJORITY * count and isinstance(listed, list):
            return [_as_tool(tool) for tool in listed if isinstance(tool, dict)]
    return []


def _as_tool(declared: JsonObject) -> JsonObject:
    """A tool, also out of one of the older `functions`."""
    return declared if "function" in declared else {"type": "function", "function": declared}
