"""What a shape is, and what several of them share."""

from collections.abc import Callable, Collection
from typing import NamedTuple

from tunesmith.bot.datasets.conversion import exact
from tunesmith.bot.datasets.findings import Json, JsonObject

# What an assistant learns from, and what everybody else says.
_SYSTEM_KEYS = ("system", "system_prompt")


class Shape(NamedTuple):
    """A way in which people write what is one of our formats in other words.

    `recognise` looks at a row's keys; `convert` gives the row in our format, or None where it does
    not understand it. Fields that have no place there stay beside it under their own names.
    `example` is a row and what becomes of it.
    """

    name: str
    recognise: Callable[[JsonObject], bool]
    convert: Callable[[JsonObject], JsonObject | None]
    example: tuple[JsonObject, JsonObject]


def message(role: str, content: Json, **more: Json) -> JsonObject:
    """One message."""
    return {"role": role, "content": content, **more}


def with_rest(converted: JsonObject, row: JsonObject, used: Collection[str]) -> JsonObject | None:
    """The converted row with the fields that were not used; None where two would have one name."""
    rest = {key: value for key, value in row.items() if key not in used}
    return None if converted.keys() & rest.keys() else {**converted, **rest}


def system_messages(row: JsonObject, used: set[str]) -> list[Json]:
    """The system message that stands beside a conversation, if there is one."""
    for key in _SYSTEM_KEYS:
        text = row.get(key)
        if isinstance(text, str):
            used.add(key)
            if text:
                return [message("system", text)]
    return []


def tools(row: JsonObject, used: set[str]) -> JsonObject:
    """The declared tools as OpenAI writes them: {"tools": [...]}; empty where there are none.

    They may be JSON in a string, and bare functions. What is neither stays where it is.
    """
    value = row.get("tools")
    if isinstance(value, str):
        value = parsed(value) if value.strip() else []
    if not isinstance(value, list):
        return {}
    declared: list[Json] = []
    for tool in value:
        if not isinstance(tool, dict):
            return {}
        wrapped: JsonObject = {"type": "function", "function": tool}
        declared.append(wrapped if is_bare_function(tool) else tool)
    used.add("tools")
    return {"tools": declared} if declared else {}


def is_bare_function(tool: Json) -> bool:
    """Whether a declared tool is a function that is not said to be one."""
    return isinstance(tool, dict) and "function" not in tool and "name" in tool


def parsed(text: str) -> Json:
    """The JSON of a text; None where it is none."""
    try:
        return exact.loads(text.encode())
    except ValueError:
        return None


class Calls:
    """The tool calls of one conversation, where calls have no ids: each gets one.

    The ids have nine letters and digits, the only ones that Mistral takes.
    """

    def __init__(self) -> None:
        self._count = 0
        self._open: list[str] = []
        self._answered = False

    def call(self, function: Json) -> JsonObject | None:
        """A call of {"name": ..., "arguments": ...}; None where it is something else."""
        if not isinstance(function, dict) or not isinstance(function.get("name"), str):
            return None
        arguments = function.get("arguments", function.get("parameters", {}))
        if function.keys() - {"name", "arguments", "parameters"}:
            return None
        if not isinstance(arguments, str):
            arguments = exact.dumps(arguments).decode()
        if self._answered:  # nobody answers a call before these any more
            self._open, self._answered = [], False
        self._count += 1
        self._open.append(f"call{self._count:05}")
        called: JsonObject = {"name": function["name"], "arguments": arguments}
        return {"id": self._open[-1], "type": "function", "function": called}

    def message(self, value: Json, content: Json = None) -> JsonObject | None:
        """The message that makes one call or a list of them; None where it is neither."""
        calls = [self.call(each) for each in (value if isinstance(value, list) else [value])]
        if not calls or None in calls:
            return None
        return message("assistant", content, tool_calls=list[Json](calls))

    def answer(self, content: Json) -> JsonObject:
        """What the first call that has no answer yet gives."""
        answered = message("tool", content)
        self._answered = True
        if self._open:
            answered["tool_call_id"] = self._open.pop(0)
        return answered
