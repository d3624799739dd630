"""Conversations written out as one text, with the marks of a model's template.

Read only where writing them out again gives the very same text. The marks are those of the chat
templates in the models' tokenizer_config.json.
"""

import re
from typing import NamedTuple

from tunesmith.bot.datasets.conversion.shapes.shape import Shape, message, with_rest
from tunesmith.bot.datasets.findings import Json, JsonObject


class _Template(NamedTuple):
    """How a template writes a message; `turn` has the groups role and content."""

    start: str
    turn: re.Pattern[str]
    written: str
    roles: dict[str, str]


_ROLES = {"system": "system", "user": "user", "assistant": "assistant"}
_TEMPLATES = (
    _Template(
        "",
        re.compile(
            r"<\|im_start\|>(?P<role>\w+)\n(?P<content>(?:(?!<\|im_).)*)<\|im_end\|>\n?", re.S
        ),
        "<|im_start|>{role}\n{content}<|im_end|>\n",
        _ROLES,
    ),
    _Template(
        "<|begin_of_text|>",
        re.compile(
            r"<\|start_header_id\|>(?P<role>\w+)<\|end_header_id\|>\n\n"
            r"(?P<content>(?:(?!<\|(?:start_header|end_header|eot)_id\|>).)*)<\|eot_id\|>",
            re.S,
        ),
        "<|start_header_id|>{role}<|end_header_id|>\n\n{content}<|eot_id|>",
        _ROLES,
    ),
    _Template(
        "<bos>",
        re.compile(
            r"<start_of_turn>(?P<role>\w+)\n(?P<content>(?:(?!<(?:start|end)_of_turn>).)*)"
            r"<end_of_turn>\n?",
            re.S,
        ),
        "<start_of_turn>{role}\n{content}<end_of_turn>\n",
        {"user": "user", "model": "assistant"},
    ),
)


def recognise(row: JsonObject) -> bool:
    """A text that is such a conversation."""
    text = row.get("text")
    return isinstance(text, str) and "messages" not in row and _read(text) is not None


def convert(row: JsonObject) -> JsonObject | None:
    """The conversation as messages."""
    text = row["text"]
    said = _read(text) if isinstance(text, str) else None
    return None if said is None else with_rest({"messages": said}, row, {"text"})


def _read(text: str) -> list[Json] | None:
    for template in _TEMPLATES:
        body = text.removeprefix(template.start)
        turns = list(template.turn.finditer(body))
        written = "".join(template.written.format(**turn.groupdict()) for turn in turns)
        if turns and written in (body, body + "\n"):
            roles = [template.roles.get(turn["role"]) for turn in turns]
            if None in roles:
                return None
            pairs = zip(roles, turns, strict=True)
            return [message(str(role), turn["content"]) for role, turn in pairs]
    return None


SHAPE = Shape(
    "chat_template",
    recognise,
    convert,
    (
        {"text": "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\nHello.<|im_end|>\n"},
        {
            "messages": [
                {"role": "user", "content": "Hi"},
                {"role": "assistant", "content": "Hello."},
            ]
        },
    ),
)
