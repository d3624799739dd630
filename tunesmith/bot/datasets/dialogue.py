"""What an example asks and answers, message by message, as other examples are compared with it."""

import json
from typing import NamedTuple

import orjson
import stringzilla

from tunesmith.bot.datasets import formats
from tunesmith.bot.datasets.findings import Json, JsonObject
from tunesmith.bot.datasets.formats import Format

# Beside the messages, what a reinforcement example is told apart by, not what it is graded by.
_NO_REFERENCE = frozenset({"messages", "tools", "functions", "parallel_tool_calls", "metadata"})

# The keys of a message that says its content and nothing else.
_TEXT_ALONE = frozenset({"role", "content", "weight"})


class Turn(NamedTuple):
    """An answer that is learnt, after so many messages; `rejected` is the worse one of two.

    Without either, there is nothing to compare: the messages only ask.
    """

    before: int
    answer: str
    rejected: str = ""


class Dialogue(NamedTuple):
    """The messages before the last turn, a role and a text each; the declared tools; the turns.

    There is at least one turn.
    """

    roles: tuple[str, ...]
    asked: list[str]
    tools: str
    turns: list[Turn]


def dialogue(example: JsonObject, kind: Format) -> Dialogue:
    """What an example asks, and each answer that is learnt.

    Ids of calls, weights and unknown keys are left out of both; the name of who answers, of the
    answer.
    """
    if kind is Format.PAIRS:
        return _pair(example)
    if kind is Format.TEXT:
        return Dialogue(("user",), [str(example.get("text", ""))], "", [Turn(1, "")])
    if kind is Format.KTO:
        return _labelled(example)
    messages, turns = _asked_messages(example, kind), list[Turn]()
    if kind is Format.PREFERENCE:
        preferred, other = (_answers(example.get(side)) for side in formats.OUTPUTS)
        turns = [Turn(len(messages), preferred, other)]
    elif kind is Format.REINFORCEMENT:
        turns = [Turn(len(messages), _reference(example))]
    else:
        turns = [
            Turn(index, answer)
            for index, message in enumerate(messages)
            if message.get("role") == "assistant"
            and message.get("weight") != 0
            and (answer := _answer(message))
        ] or [Turn(len(messages), "")]
    before = messages[: turns[-1].before]
    roles = tuple(str(message.get("role")) for message in before)
    tools = formats.declared_tools(example, kind)
    return Dialogue(roles, list(map(_question, before)), _digest(tools) if tools else "", turns)


def _pair(example: JsonObject) -> Dialogue:
    values = {key.lower(): value for key, value in example.items() if isinstance(value, str)}
    turn = Turn(1, str(values.get("completion", "")))
    return Dialogue(("user",), [str(values.get("prompt", ""))], "", [turn])


def _labelled(example: JsonObject) -> Dialogue:
    """One answer, taken as preferred or rejected by its label (KTO)."""
    found = dialogue(example, Format.CHAT) if "messages" in example else _pair(example)
    before, answer, _ = found.turns[-1]
    good = str(example.get("label", example.get("kto_tag"))).lower() == "true"
    return found._replace(turns=[Turn(before, answer) if good else Turn(before, "", answer)])


def _asked_messages(example: JsonObject, kind: Format) -> list[JsonObject]:
    if kind is Format.PREFERENCE:
        given = example.get("input")
        example = {"messages": given.get("messages") if isinstance(given, dict) else None}
    return formats.messages(example, Format.CHAT)


def _question(message: JsonObject) -> str:
    """A message as part of a question."""
    if _TEXT_ALONE.issuperset(message) and isinstance(content := message.get("content"), str):
        return content
    text, rest = _said(message)
    if isinstance(name := message.get("name"), str):
        rest["name"] = name
    return f"{text}\n{_digest(rest)}" if rest else text


def _answer(message: JsonObject) -> str:
    """A message as an answer; a text alone is itself."""
    if _TEXT_ALONE.issuperset(message) and isinstance(content := message.get("content"), str):
        return content
    text, rest = _said(message)
    return _canonical([text, rest]) if rest else text


def _answers(output: Json) -> str:
    answers = [
        answer
        for message in (output if isinstance(output, list) else [])
        if isinstance(message, dict) and (answer := _answer(message))
    ]
    return answers[0] if len(answers) == 1 else _canonical([*answers]) if answers else ""


def _reference(example: JsonObject) -> str:
    """All that an answer may be graded by; ids are not."""
    fields = {
        key: value
        for key, value in example.items()
        if key not in _NO_REFERENCE and key != "id" and not key.endswith("_id")
    }
    return _canonical(fields) if fields else ""


def _said(message: JsonObject) -> tuple[str, JsonObject]:
    """What a message says: its text, and what else (refusal, calls, images)."""
    content, texts = message.get("content"), list[str]()
    rest: JsonObject = {}
    if isinstance(content, str):
        texts.append(content)
    elif isinstance(content, list):
        parts: list[Json] = []
        for part in content:
            if isinstance(part, dict) and isinstance(text := part.get("text"), str):
                texts.append(text)
            else:
                parts.append(part)
        if parts:
            rest["parts"] = parts
    elif content is not None:
        rest["content"] = content
    calls = message.get("tool_calls")
    if isinstance(calls, list) and calls:
        rest["calls"] = [_called(call.get("function")) for call in calls if isinstance(call, dict)]
    if call := message.get("function_call"):
        rest["call"] = _called(call)
    if refusal := message.get("refusal"):
        rest["refusal"] = refusal
    return "\n".join(texts), rest


def _called(function: Json) -> Json:
    """A called function, its arguments without regard to their order and spaces."""
    if isinstance(function, dict) and isinstance(written := function.get("arguments"), str):
        try:
            arguments: Json = orjson.loads(written)
        except orjson.JSONDecodeError:
            return function
        return {**function, "arguments": arguments}
    return function


def _canonical(value: Json) -> str:
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
    except orjson.JSONEncodeError:  # a number of more than 64 bits
        return json.dumps(value, sort_keys=True)


def _digest(value: Json) -> str:
    return format(stringzilla.hash(_canonical(value)), "x")
