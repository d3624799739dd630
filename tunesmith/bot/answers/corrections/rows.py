"""A correction as training examples: one to learn from, and a pair of which one is preferred."""

import contextlib
import json
from collections.abc import Sequence
from typing import NamedTuple

import orjson

from tunesmith.bot.datasets.findings import Json, JsonObject
from tunesmith.bot.datasets.formats import Format
from tunesmith.bot.datasets.pair_style import PairStyle
from tunesmith.bot.errors import UserError
from tunesmith.bot.messages import say


class Corrected(NamedTuple):
    """What a model was asked (`messages`, `tools`), what it answered and what it should have."""

    messages: list[JsonObject]
    tools: list[JsonObject] | None
    rejected: JsonObject
    preferred: JsonObject


class Style(NamedTuple):
    """How the examples of a file are written; `pairs` is that of prompts and completions.

    `spaced` tells that its completions begin with a space.
    """

    format: Format
    pairs: PairStyle | None = None
    spaced: bool = False


def as_text(message: JsonObject) -> str:
    """A model's message as people edit it: its text, or its calls as JSON."""
    calls = message.get("tool_calls")
    if not isinstance(calls, list) or not calls:
        content = message.get("content")
        return content if isinstance(content, str) else ""
    written = [_written(call["function"]) for call in calls if isinstance(call, dict)]
    return json.dumps(written, ensure_ascii=False, indent=2)


def as_message(text: str, like: JsonObject) -> JsonObject:
    """What people wrote, as a model's message: calls where the message was one that it is `like`.

    Raises UserError where they are no calls as `as_text` writes them.
    """
    if not like.get("tool_calls"):
        return {"role": "assistant", "content": text}
    try:
        calls: Json = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise UserError(say("correction.not_json", said=str(error))) from error
    if not isinstance(calls, list) or not calls:
        raise UserError(say("correction.not_calls"))
    return {
        "role": "assistant",
        "tool_calls": [_call(number, call) for number, call in enumerate(calls, 1)],
    }


def training_row(corrected: Corrected, style: Style) -> JsonObject | None:
    """The example in the format of the file; None where none can be written in that format."""
    match style.format:
        case Format.CHAT:
            said = [*map(_not_learnt, corrected.messages), corrected.preferred]
            return {"messages": [*said], **_tools(corrected)}
        case Format.PREFERENCE:
            return preference_row(corrected)
        case Format.PAIRS:
            return _pair(corrected, style)
        case _:
            return None


def preference_row(corrected: Corrected) -> JsonObject | None:
    """The pair; None behind earlier answers, for such pairs are of one turn (OpenAI's guide,
    "Direct preference optimization"), and where both answers are the same.
    """
    messages = corrected.messages
    if any(message.get("role") == "assistant" for message in messages):
        return None
    if corrected.preferred == corrected.rejected:
        return None
    return {
        "input": {"messages": [*messages], **_tools(corrected)},
        "preferred_output": [corrected.preferred],
        "non_preferred_output": [corrected.rejected],
    }


def lines(rows: Sequence[JsonObject]) -> list[bytes]:
    """The rows as lines of a file."""
    return [orjson.dumps(row) + b"\n" for row in rows]


def _tools(corrected: Corrected) -> JsonObject:
    return {"tools": [*corrected.tools]} if corrected.tools else {}


def _not_learnt(message: JsonObject) -> JsonObject:
    """An earlier answer is there to be read: nobody has said that it is right."""
    return {**message, "weight": 0} if message.get("role") == "assistant" else message


def _pair(corrected: Corrected, style: Style) -> JsonObject | None:
    question, answer = corrected.messages[-1].get("content"), corrected.preferred.get("content")
    if not isinstance(question, str) or not isinstance(answer, str):
        return None
    pairs = style.pairs or PairStyle()
    space = " " if style.spaced and not answer.startswith(" ") else ""
    return {
        "prompt": question.removesuffix(pairs.separator) + pairs.separator,
        "completion": space + answer.removesuffix(pairs.stop) + pairs.stop,
    }


def _written(function: Json) -> JsonObject:
    """A called function, its arguments as JSON where they are."""
    named = function if isinstance(function, dict) else {}
    arguments = named.get("arguments")
    with contextlib.suppress(orjson.JSONDecodeError):
        arguments = orjson.loads(arguments) if isinstance(arguments, str) else arguments
    return {"name": named.get("name"), "arguments": arguments}


def _call(number: int, call: Json) -> JsonObject:
    if not isinstance(call, dict) or not isinstance(call.get("name"), str):
        raise UserError(say("correction.not_calls"))
    if not isinstance(arguments := call.get("arguments"), dict):
        raise UserError(say("correction.not_calls"))
    written = json.dumps(arguments, ensure_ascii=False)
    function: JsonObject = {"name": call["name"], "arguments": written}
    return {"id": f"call_{number}", "type": "function", "function": function}
