"""Fixing one example: what has one right fix is fixed, all else is left as it is.

Which codes these are stands beside the checks (`rules.FIXABLE`).
"""

from collections import Counter
from collections.abc import Iterator

import orjson

from tunesmith.bot.datasets import formats
from tunesmith.bot.datasets.checks.text import mojibake
from tunesmith.bot.datasets.fields import EXAMPLE_KEYS, MESSAGE_KEYS, ROLES
from tunesmith.bot.datasets.findings import Json, JsonObject
from tunesmith.bot.datasets.formats import Format, Text
from tunesmith.bot.datasets.pair_style import PairStyle


def fix_example(
    example: JsonObject, kind: Format, style: PairStyle | None, done: Counter[str]
) -> JsonObject:
    """The fixed example; counts in `done` what was fixed, by code.

    `style` is that of the file's pairs; None where they keep their own.
    """
    if kind is Format.PAIRS:
        example = _fix_pair(example, style, done)
    else:
        example = _without_stray_keys(example, kind, done)
        for message in formats.messages(example, kind):
            _fix_message(message, kind, done)
    for text in formats.texts(example, kind):
        _fix_text(text, example, done)
    return example


def _fix_pair(example: JsonObject, style: PairStyle | None, done: Counter[str]) -> JsonObject:
    pair: JsonObject = {}
    for key, value in example.items():
        name = key.lower()
        if name not in ("prompt", "completion"):
            done["pair_unrecognized_key"] += 1
        elif name in pair:
            return example  # both "prompt" and "Prompt": ambiguous
        else:
            done["pair_key_case"] += name != key
            pair[name] = value
    prompt, completion = pair.get("prompt"), pair.get("completion")
    if not isinstance(prompt, str) or not isinstance(completion, str) or not completion:
        return pair
    if style is None:
        return pair
    if style.separator and prompt and not prompt.endswith(style.separator):
        pair["prompt"] = prompt + style.separator
        done["missing_separator"] += 1
    if not completion[0].isspace():
        pair["completion"] = completion = " " + completion
        done["completion_without_leading_space"] += 1
    if style.stop and not completion.endswith(style.stop):
        pair["completion"] = completion + style.stop
        done["missing_stop_sequence"] += 1
    return pair


def as_chat(pair: JsonObject, style: PairStyle, done: Counter[str]) -> JsonObject:
    """A pair as a chat example, without the separator and the stop sequence that chat needs not."""
    prompt, completion = pair.get("prompt"), pair.get("completion")
    if not isinstance(prompt, str) or not isinstance(completion, str):
        return pair
    done["format_not_trained"] += 1
    question = prompt.removesuffix(style.separator).strip()
    answer = completion.removesuffix(style.stop).strip()
    asked: list[Json] = [{"role": "user", "content": question}] if question else []
    return {"messages": [*asked, {"role": "assistant", "content": answer}]}


def _without_stray_keys(example: JsonObject, kind: Format, done: Counter[str]) -> JsonObject:
    if kind is Format.REINFORCEMENT:
        return example
    allowed = EXAMPLE_KEYS[kind]
    kept = {key: value for key, value in example.items() if key in allowed}
    done["example_unrecognized_key"] += len(kept) < len(example)
    return kept


def _fix_message(message: JsonObject, kind: Format, done: Counter[str]) -> None:
    for key in [key for key in message if key not in MESSAGE_KEYS]:
        del message[key]
        done["message_unrecognized_key"] += 1
    roles = ROLES[kind]
    role = message.get("role")
    if isinstance(role, str) and role not in roles and role.strip().lower() in roles:
        message["role"] = role.strip().lower()
        done["unrecognized_role"] += 1
    if "weight" in message and message.get("role") != "assistant":
        del message["weight"]
        done["weight_not_assistant"] += 1
    for function in _called(message):
        if isinstance(arguments := function.get("arguments"), dict):
            function["arguments"] = orjson.dumps(arguments).decode()
            done["arguments_not_json_object"] += 1


def _called(message: JsonObject) -> Iterator[JsonObject]:
    calls = message.get("tool_calls")
    for call in calls if isinstance(calls, list) else []:
        if isinstance(call, dict) and isinstance(function := call.get("function"), dict):
            yield function
    if isinstance(function := message.get("function_call"), dict):
        yield function


def _fix_text(text: Text, example: JsonObject, done: Counter[str]) -> None:
    fixed = text.text.replace("\0", "")
    done["nul_character"] += fixed != text.text
    if not fixed.isascii():
        broken, fixed = fixed, mojibake.fix(fixed)
        done["mojibake"] += fixed != broken
    if fixed == text.text:
        return
    holder: Json = example
    for part in text.path[:-1]:
        holder = _within(holder, part)
    last = text.path[-1]
    if isinstance(holder, dict) and isinstance(last, str):
        holder[last] = fixed


def _within(value: Json, part: str | int) -> Json:
    if isinstance(value, dict) and isinstance(part, str):
        return value[part]
    if isinstance(value, list) and isinstance(part, int):
        return value[part]
    raise AssertionError("a text's path leads to the text")
