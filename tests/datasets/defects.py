"""For every code a file that has the defect, and the same file without it."""

import base64
import io
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, TypedDict, Unpack

from PIL import Image

from tests.datasets.files import (
    Line,
    answer,
    chat,
    chats,
    message,
    pair,
    pairs,
    preference,
    preferences,
    question,
    reinforcement,
    to_bytes,
)


class Ask(TypedDict, total=False):
    """What is asked of a file."""

    model: str
    method: str


@dataclass(frozen=True, slots=True)
class Defect:
    """Two files, alike but for one defect; `line` is where it is, `ask` what is asked of both."""

    bad: bytes
    good: bytes
    line: int | None
    name: str = "train.jsonl"
    good_name: str = "train.jsonl"
    ask: Ask = field(default_factory=Ask)
    validation: tuple[bytes, bytes] | None = None


def _chat(bad: Line, good: Line, **ask: Unpack[Ask]) -> Defect:
    """A line among good chat examples."""
    rest = chats()
    return Defect(to_bytes([*rest, bad]), to_bytes([*rest, good]), 13, ask=Ask(**ask))


def _messages(*bad: Any) -> Defect:
    """Messages among good chat examples."""
    return _chat({"messages": list(bad)}, chat(1))


def _file(
    bad: Iterable[Line], good: Iterable[Line], line: int | None = None, **ask: Unpack[Ask]
) -> Defect:
    return Defect(to_bytes(bad), to_bytes(good), line, ask=Ask(**ask))


def _pair(bad: Line, good: Line | None = None) -> Defect:
    rest = pairs()
    other = good or pairs(1, 300)[0]
    return Defect(to_bytes([*rest, bad]), to_bytes([*rest, other]), 13)


def _preference(**bad: Any) -> Defect:
    rest = preferences()
    return _file([*rest, preference(1, **bad)], [*rest, preference(1)], 13)


WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "The weather now.",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}},
            "required": ["city"],
        },
    },
}


def call(
    arguments: Any = '{"city": "Seoul"}', name: str = "get_weather", call_id: str = "call_1"
) -> dict[str, Any]:
    """A tool call."""
    return {"id": call_id, "type": "function", "function": {"name": name, "arguments": arguments}}


def calling(
    *calls: Any, answers: Iterable[str] = ("call_1",), tools: Any = (WEATHER,), **more: Any
) -> dict[str, Any]:
    """A conversation in which the assistant calls, is answered, and says something."""
    return chat(
        0,
        message("user", "What is the weather in Seoul?"),
        {"role": "assistant", "content": None, "tool_calls": list(calls)},
        *(message("tool", "18 degrees", tool_call_id=answered) for answered in answers),
        message("assistant", "It is 18 degrees in Seoul."),
        tools=list(tools),
        **more,
    )


def image(kind: str = "PNG", mode: str = "RGB", size: tuple[int, int] = (8, 8)) -> str:
    """A picture as a data URL."""
    buffer = io.BytesIO()
    Image.new(mode, size).save(buffer, kind)
    return f"data:image/{kind.lower()};base64,{base64.b64encode(buffer.getvalue()).decode()}"


def seeing(*urls: str, role: str = "user") -> dict[str, Any]:
    """A conversation with pictures."""
    parts = [{"type": "image_url", "image_url": {"url": url}} for url in urls]
    return chat(
        0,
        message("user", "What is this?"),
        message(role, parts),
        message("assistant", "A black square."),
    )


def asking(asked: str, answered: str) -> dict[str, Any]:
    """A question and its answer."""
    return chat(1, message("user", asked), message("assistant", answered))


def saying(text: str) -> dict[str, Any]:
    """A conversation whose answer says something."""
    return asking(question(1), text)


_GOOD_CALL = calling(call())
_LONG = " ".join(question(number) + " " + answer(number) for number in range(900, 915))
_BIG_PNG = image() + base64.b64encode(bytes(11_000_000)).decode()

DEFECTS: dict[str, Defect] = {
    # The bytes of a line
    "byte_order_mark": Defect(b"\xef\xbb\xbf" + to_bytes(chats()), to_bytes(chats()), 1),
    "not_utf8": Defect(to_bytes(chats()).decode().encode("utf-16"), to_bytes(chats()), None),
    "invalid_utf8": _chat(
        '{"messages": [{"role": "user", "content": "안녕"}]}'.encode("cp949"), chat(1)
    ),
    "nul_byte": _chat(b'{"messages": [\0\0\0\0', chat(1)),
    "crlf": Defect(to_bytes(chats()).replace(b"\n", b"\r\n"), to_bytes(chats()), None),
    "blank_line": _chat(b"  ", chat(1)),
    "line_too_long": _chat(
        b'{"messages": [{"role": "user", "content": "' + b"a" * (66 << 20) + b'"}]}', chat(1)
    ),
    "not_json_lines": Defect(
        json.dumps(chats()).encode(), to_bytes(chats()), None, "train.json", "train.jsonl"
    ),
    "foreign_format": Defect(
        to_bytes(
            {
                "conversations": [
                    {"from": "human", "value": question(n)},
                    {"from": "gpt", "value": answer(n)},
                ]
            }
            for n in range(12)
        ),
        to_bytes(chats(12, 0)),
        1,
    ),
    "file_name": Defect(to_bytes(chats()), to_bytes(chats()), None, "train.txt"),
    # JSON
    "invalid_json": _chat(b'{"messages": [{"role": "user" "content": "x"}]}', chat(1)),
    "not_a_number": _chat(b'{"messages": NaN}', chat(1)),
    "lone_surrogate": _chat(
        b'{"messages": [{"role": "user", "content": "a \\ud83d"}, '
        b'{"role": "assistant", "content": "b"}]}',
        chat(1),
    ),
    "nested_too_deep": _chat(b'{"messages": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", chat(1)),
    "data_type": _chat(b'["messages"]', chat(1)),
    "duplicate_key": _chat(
        b'{"messages": [{"role": "user", "content": "a", "content": "b"}, '
        b'{"role": "assistant", "content": "c"}]}',
        chat(1),
    ),
    # Chat
    "example_unrecognized_key": _chat(chat(1, topic="rivers"), chat(1)),
    "missing_messages_list": _chat({"messages": []}, chat(1)),
    "message_data_type": _messages("hello", message("assistant", "a")),
    "message_missing_key": _messages({"role": "user"}, message("assistant", "a")),
    "message_unrecognized_key": _messages(
        message("user", "q", topic="rivers"), message("assistant", "a")
    ),
    "unrecognized_role": _messages(message("User", "q"), message("assistant", "a")),
    "missing_content": _messages(message("user", ""), message("assistant", "a")),
    "example_missing_assistant_message": _messages(message("user", "q")),
    "last_message_not_assistant": _messages(
        message("user", "q"), message("assistant", "a"), message("user", "thanks")
    ),
    "missing_user_message": _messages(message("assistant", "a")),
    "system_not_first": _messages(
        message("user", "q"), message("system", "s"), message("assistant", "a")
    ),
    "roles_not_alternating": _messages(
        message("user", "q"), message("user", "and r?"), message("assistant", "a")
    ),
    "invalid_name": _messages(message("user", "q", name="Kim Min"), message("assistant", "a")),
    "invalid_weight": _messages(message("user", "q"), message("assistant", "a", weight=0.5)),
    "weight_not_assistant": _messages(message("user", "q", weight=1), message("assistant", "a")),
    "nothing_to_learn": _messages(message("user", "q"), message("assistant", "a", weight=0)),
    "content_part_type": _messages(
        message("user", [{"type": "input_audio", "input_audio": {}}]), message("assistant", "a")
    ),
    # Tools
    "invalid_flag": _chat(calling(call(), parallel_tool_calls="yes"), _GOOD_CALL),
    "invalid_tool_calls": _chat(calling({"id": "call_1", "function": {}}), _GOOD_CALL),
    "tool_calls_not_assistant": _chat(
        chat(
            0,
            message("user", "q", tool_calls=[call()]),
            message("tool", "18", tool_call_id="call_1"),
            message("assistant", "a"),
            tools=[WEATHER],
        ),
        _GOOD_CALL,
    ),
    "duplicate_tool_call_id": _chat(calling(call(), call()), _GOOD_CALL),
    "tool_call_unanswered": _chat(calling(call(), answers=()), _GOOD_CALL),
    "tool_message_without_call": _chat(calling(call(), answers=("call_1", "call_2")), _GOOD_CALL),
    "arguments_not_json_object": _chat(calling(call("Seoul")), _GOOD_CALL),
    "undeclared_function": _chat(calling(call(name="get_time")), _GOOD_CALL),
    "invalid_tool_declaration": _chat(calling(call(), tools=(WEATHER, {"type": "x"})), _GOOD_CALL),
    "duplicate_tool": _chat(calling(call(), tools=(WEATHER, WEATHER)), _GOOD_CALL),
    "argument_not_declared": _chat(calling(call('{"city": "Seoul", "at": 1}')), _GOOD_CALL),
    "argument_missing": _chat(calling(call("{}")), _GOOD_CALL),
    "deprecated_functions": _chat(chat(1, functions=[WEATHER["function"]]), chat(1)),
    # Images
    "image_not_user": _chat(seeing(image(), role="system"), seeing(image())),
    "invalid_image_url": _chat(seeing("data:image/png;base64,AAAA"), seeing(image())),
    "image_type": _chat(seeing(image("GIF")), seeing(image("WEBP"))),
    "image_mode": _chat(seeing(image("PNG", "L")), seeing(image("JPEG"))),
    "image_too_large": _chat(seeing(_BIG_PNG), seeing(image())),
    "too_many_images": _chat(seeing(*[image()] * 11), seeing(*[image()] * 10)),
    "image_size_unknown": _chat(seeing("https://example.com/a.png"), seeing(image())),
    "model_without_vision": _file(
        [*chats(), seeing(image())], [*chats(), chat(1)], model="gpt-4.1-2025-04-14"
    ),
    # Pairs
    "pair_missing_key": _pair({"prompt": "q\n\n###\n\n"}),
    "pair_key_case": _pair({"Prompt": "q\n\n###\n\n", "completion": " a END"}),
    "pair_not_text": _pair({"prompt": "q\n\n###\n\n", "completion": 7}),
    "empty_prompt": _pair(pair("", " a END")),
    "empty_completion": _pair(pair("q\n\n###\n\n", "")),
    "pair_unrecognized_key": _pair({**pair("q\n\n###\n\n", " a END"), "topic": "rivers"}),
    "missing_separator": _pair(pair("Another question?", " a END")),
    "separator_in_prompt": _pair(pair("q\n\n###\n\nmore\n\n###\n\n", " a END")),
    "missing_stop_sequence": _pair(pair("q\n\n###\n\n", " a")),
    "stop_sequence_in_completion": _pair(pair("q\n\n###\n\n", " a END b END")),
    "completion_without_leading_space": _pair(pair("q\n\n###\n\n", "a END")),
    "no_common_separator": _file(
        [pair(question(n), f" {answer(n)} END") for n in range(12)], pairs()
    ),
    "no_common_stop_sequence": _file(
        [pair(f"{question(n)} ->", f" {answer(n)}") for n in range(12)], pairs()
    ),
    "common_prompt_prefix": _file(
        [pair(f"Answer as a poet would: {question(n)} ->", f" {answer(n)} END") for n in range(12)],
        [pair(f"{'ABC'[n % 3]}: {question(n)} ->", f" {answer(n)} END") for n in range(12)],
    ),
    "common_completion_prefix": _file(
        [pair(f"{question(n)} ->", f" Answer: {answer(n)} END") for n in range(12)],
        [pair(f"{question(n)} ->", f" {'ABC'[n % 3]}: {answer(n)} END") for n in range(12)],
    ),
    "format_not_trained": _file(pairs(), chats()),
    # Preference and reinforcement
    "preference_input": _preference(input={"messages": []}),
    "preference_last_message": _preference(
        input={"messages": [message("user", "q"), message("assistant", "a")]}
    ),
    "preference_output": _preference(preferred_output=[]),
    "preference_outputs_equal": _preference(non_preferred_output=[message("assistant", answer(1))]),
    "reinforcement_last_message": _file(
        [*(reinforcement(n) for n in range(12)), reinforcement(20, message("system", "s"))],
        (reinforcement(n) for n in range(13)),
        13,
    ),
    "missing_reference": _file(
        [*(reinforcement(n) for n in range(12)), {"messages": [message("user", "q")]}],
        (reinforcement(n) for n in range(13)),
        13,
    ),
}

# Among many lines, and with a validation file
CLASSES = [pair(f"{question(n)} ->", f" {'yes' if n % 2 else 'no'}\n") for n in range(300)]
DEFECTS.update(
    {
        "mixed_formats": _file([*chats(), *pairs()], chats()),
        "unknown_format": _file([{"text": "a"}] * 12, chats()),
        "method_mismatch": _file(chats(), preferences(), method="dpo"),
        "too_few_examples": _file(chats(9), chats(10)),
        "few_examples": _file(chats(10), chats(50)),
        "missing_system_message": _file(
            [*chats(), chat(1, message("user", question(1)), message("assistant", answer(1)))],
            chats(),
        ),
        "varying_system_messages": _file(
            [
                *chats(),
                chat(
                    1,
                    message("system", "You rhyme."),
                    message("user", question(1)),
                    message("assistant", answer(1)),
                ),
            ],
            chats(),
        ),
        "all_answers_same": _file(
            [asking(question(n), "Yes.") for n in range(12)],
            [asking(question(n), answer(n)) for n in range(12)],
        ),
        "all_questions_same": _file(
            [asking("Why?" if n % 2 else "WHY ?", answer(n)) for n in range(12)],
            [asking(question(n), answer(n)) for n in range(12)],
        ),
        "mostly_upper_case": _file(
            [pair(f"{question(n)} ->", f" {answer(n).upper()}\n") for n in range(12)],
            [pair(f"{question(n)} ->", f" {answer(n)}\n") for n in range(12)],
        ),
        "examples_truncated": _file([*chats(), saying(_LONG * 400)], [*chats(), saying(_LONG)]),
        "class_imbalance": _file([*CLASSES[:200:2], *CLASSES[1:10:2]], CLASSES),
        "few_examples_per_class": _file(CLASSES[:100], CLASSES),
        "label_of_several_tokens": _file(
            [
                pair(f"{question(n)} ->", f" {('unquestionably so', 'no')[n % 2]}\n")
                for n in range(300)
            ],
            CLASSES,
        ),
        # What examples have to do with each other
        "exact_duplicate": _file([*chats(), chats(1)[0]], [*chats(), chat(1)], 13),
        "near_duplicate": _file(
            [*chats(), saying(_LONG), asking(question(2), _LONG + " Yes.")],
            [*chats(), saying(_LONG), asking(question(2), answer(2) * 5)],
            14,
        ),
        "conflicting_answers": _file(
            [*chats(), saying("Yes."), saying("No.")], [*chats(), saying("Yes.")], 14
        ),
        "validation_overlap": Defect(
            to_bytes(chats()),
            to_bytes(chats()),
            3,
            validation=(to_bytes([chats()[2], *chats(9, 300)]), to_bytes(chats(10, 300))),
        ),
        "validation_near_overlap": Defect(
            to_bytes([*chats(), saying(_LONG)]),
            to_bytes([*chats(), saying(_LONG)]),
            13,
            validation=(
                to_bytes(
                    [
                        *chats(9, 300),
                        chat(2, message("user", question(2)), message("assistant", _LONG)),
                    ]
                ),
                to_bytes(chats(10, 300)),
            ),
        ),
        "validation_invalid": Defect(
            to_bytes(chats()),
            to_bytes(chats()),
            None,
            validation=(to_bytes([{"messages": []}, *chats(9, 300)]), to_bytes(chats(10, 300))),
        ),
        "validation_format": Defect(
            to_bytes(chats()),
            to_bytes(chats()),
            None,
            validation=(to_bytes(preferences(10, 300)), to_bytes(chats(10, 300))),
        ),
        # What no model should learn
        "secret": _chat(saying("Use sk-proj-" + "aB3dE6gH9jK2" * 4 + "."), saying("Use your key.")),
        "personal_data": _chat(saying("Call 010-2345-6789."), saying("Call order 12-345.")),
        "mojibake": _chat(
            saying("프랑스의 수도는 파리입니다".encode().decode("cp1252", errors="replace")),
            saying("프랑스의 수도는 파리입니다"),
        ),
        "replacement_character": _chat(saying("caf\ufffd"), saying("café")),
        "nul_character": _chat(saying("a\0b"), saying("ab")),
        "invisible_character": _chat(saying("a\u200bb"), saying("a b")),
    }
)
# These need another catalogue or a file of a million lines; test_defects has them one by one.
ELSEWHERE = {
    "file_too_large",
    "model_without_method",
    "near_duplicates_not_all_compared",
    "tokens_need_extra",
    "tokens_not_counted",
    "training_closed",
    "training_closes",
    "too_many_errors",
    "too_many_image_examples",
    "unknown_model",
    "validation_too_large",
}
