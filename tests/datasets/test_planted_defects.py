"""Defects as people's files have them, planted among good rows of five formats: each is found with
its line, and nothing is said of the other lines."""

import io
import json
from base64 import b64decode, b64encode
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.datasets.defects import image
from tests.datasets.files import Example, Line, answer, message, pair, question, write
from tunesmith.bot.datasets import Finding, Selection, inspect_sync
from tunesmith.bot.providers.catalogue import load_catalogue

Talk = list[Example]
FORMATS = ("chat", "pairs", "preference", "reinforcement", "sharegpt")
_SHAREGPT_ROLES = {"user": "human", "assistant": "gpt"}
_KEY = "sk-proj-Qm7Zt2Lx9Rb4Vn8Kc3Wd6Hf1Jg5Ps0Ty" + "AuXeBoMiDz7Lq3Nw8Rk2Vj"


def _row(kind: str, number: int, asked: str = "", answered: str = "") -> Example:
    """A good row of a format, or one with the given texts."""
    asked, answered = asked or question(number), answered or answer(number)
    user, assistant = message("user", asked), message("assistant", answered)
    match kind:
        case "chat":
            return {"messages": [user, assistant]}
        case "pairs":
            return pair(f"{asked}\n\n###\n\n", f" {answered} END")
        case "preference":
            rejected = [message("assistant", f"No idea about {number}.")]
            return {
                "input": {"messages": [user]},
                "preferred_output": [assistant],
                "non_preferred_output": rejected,
            }
        case "reinforcement":
            return {"messages": [user], "reference_answer": answered}
        case _:
            turns = [("human", asked), ("gpt", answered)]
            return {"conversations": [{"from": role, "value": text} for role, text in turns]}


# What is done to the bytes of a line.
_LINES: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "comma after the row": ("invalid_json", lambda raw: raw + b","),
    "comma before the last brace": ("invalid_json", lambda raw: raw[:-1] + b",}"),
    "smart quotes": ("invalid_json", lambda raw: raw.replace(b'"', "“".encode())),
    "two rows in a line": ("invalid_json", lambda raw: raw + b" " + raw),
    "two rows without a blank": ("invalid_json", lambda raw: raw + raw),
    "Python's way of writing": ("invalid_json", lambda raw: raw.replace(b'"', b"'")),
    "row cut off": ("invalid_json", lambda raw: raw[: len(raw) // 2]),
    "last brace missing": ("invalid_json", lambda raw: raw[:-1]),
    "tab within a text": ("invalid_json", lambda raw: raw.replace(b"would", b"\twould").replace(
        b"First", b"\tFirst")),
    "comment": ("invalid_json", lambda _: b"// rows from March"),
    "comment after the row": ("invalid_json", lambda raw: raw + b"  # checked"),
    "True": ("invalid_json", lambda raw: raw[:-1] + b',"checked":True}'),
    "key without quotes": ("invalid_json", lambda raw: b"{" + raw[2:].replace(b'":', b":", 1)),
    "wrong escape": ("invalid_json", lambda raw: raw.replace(b"would", b"w\\xould").replace(
        b"First", b"F\\xirst")),
    "no JSON": ("invalid_json", lambda _: b"user: Which lamp? assistant: The third."),
    "NaN": ("not_a_number", lambda raw: raw[:-1] + b',"metadata":NaN}'),
    "CP949": ("invalid_utf8", lambda raw: raw.replace(b"would", "다시".encode("cp949"))),
    "UTF-8 cut in a character": ("invalid_utf8", lambda raw: raw.replace(b"would", b"\xeb\x8b")),
    "byte order mark": ("invalid_json", lambda raw: b"\xef\xbb\xbf" + raw),
    "NUL bytes": ("nul_byte", lambda raw: raw + b"\0" * 8),
    "blank line": ("blank_line", lambda _: b"   "),
    "row in a list": ("data_type", lambda raw: b"[" + raw + b"]"),
    "row in a string": ("data_type", lambda raw: orjson.dumps(raw.decode())),
    "number": ("data_type", lambda _: b"42"),
    "same key twice": ("duplicate_key", lambda raw: raw[:-1] + b"," + raw[1:]),
    "half an emoji": ("lone_surrogate", lambda raw: raw.replace(b"would", b"\\ud83d")),
}  # fmt: skip
# What stands in a question.
_TEXTS: dict[str, tuple[str, str]] = {
    "key": ("secret", f"Why does {_KEY} not work?"),
    "password in an address": ("secret", "Use postgres://app:Vq8Zt2Lx9R@db.corp.net/shop, how?"),
    "password in Korean": ("secret", "비밀번호: qW7!xZ92pL 로 들어가면 되나요?"),
    "phone number": ("personal_data", "Can you call 010-4827-3391 about the violin?"),
    "card": ("personal_data", "Was 4539 1488 0343 6467 charged twice for the compass?"),
    "address": ("personal_data", "Did marta.kowalczyk@poczta.pl write to you about it?"),
    "misread letters": ("mojibake", "Where is the cafÃ© that serves piÃ±as?"),
    "lost character": ("replacement_character", "Where is the caf\ufffd by the harbour?"),
    "invisible character": ("invisible_character", "Where\u200b is the tea house by the lake?"),
    "NUL character": ("nul_character", "Who\0 wrote the song about the glacier?"),
}


def _conversation(talk: Any, **more: Any) -> dict[str, Line]:
    return {"chat": {"messages": talk, **more}}


def _any_conversation(*turns: tuple[str, Any]) -> dict[str, Line]:
    """Turns as chat and as ShareGPT write them."""
    talk = [message(role, text) for role, text in turns]
    said = [{"from": _SHAREGPT_ROLES.get(role, role), "value": text} for role, text in turns]
    return {"chat": {"messages": talk}, "sharegpt": {"conversations": said}}


def _asked(number: int, *more: Example) -> Talk:
    return [message("user", question(number)), *more]


_DECLARED = {
    "type": "function",
    "function": {
        "name": "find_room",
        "parameters": {
            "type": "object",
            "properties": {"beds": {"type": "integer"}, "note": {"type": "string"}},
            "required": ["beds"],
        },
    },
}


def _calling(
    number: int, arguments: Any, *, name: str = "find_room", answers: tuple[str, ...] = ("c1",)
) -> dict[str, Line]:
    call = {"id": "c1", "type": "function", "function": {"name": name, "arguments": arguments}}
    answered = [message("tool", f"Room {number}", tool_call_id=each) for each in answers]
    last = message("assistant", answer(number))
    talk = _asked(number, {"role": "assistant", "tool_calls": [call]}, *answered, last)
    return _conversation(talk, tools=[_DECLARED])


def _seeing(number: int, url: str, role: str = "user", **detail: str) -> dict[str, Line]:
    part = {"type": "image_url", "image_url": {"url": url, **detail}}
    seen = message(role, [{"type": "text", "text": f"The picture {question(number)}"}, part])
    last = message("assistant", answer(number))
    return _conversation([seen, last] if role == "user" else [*_asked(number), seen])


def _cut_image() -> str:
    head, _, data = image("JPEG", size=(64, 64)).partition(",")
    return f"{head},{b64encode(b64decode(data)[:-20]).decode()}"


def _rows() -> dict[str, tuple[str, dict[str, Line]]]:
    """Rows that are wrong in themselves, each in the formats in which it makes sense."""
    q, a = question, answer
    told = message("assistant", "Ask the keeper of the lighthouse.")
    ask = message("user", "Who keeps the lighthouse key?")
    end = "\n\n###\n\n"

    def pairs(**row: Any) -> dict[str, Line]:
        return {"pairs": row}

    def preferring(**parts: Any) -> dict[str, Line]:
        return {"preference": _row("preference", 230) | parts}

    return {
        "another role": ("unrecognized_role", {
            **_any_conversation(("narrator", q(201)), ("assistant", a(201))),
            "reinforcement": {"messages": [message("human", q(201))], "reference_answer": "x"}}),
        "role in capitals": ("unrecognized_role", _conversation(
            [message("User", q(202)), message("Assistant", a(202))])),
        "empty answer": ("missing_content", _any_conversation(("user", q(203)), ("assistant", ""))),
        "null": ("missing_content", _any_conversation(("user", q(204)), ("assistant", None))),
        "number as content": ("missing_content", _any_conversation(
            ("user", q(205)), ("assistant", 7))),
        "empty question": ("missing_content", {"reinforcement": {
            "messages": [message("user", "")], "reference_answer": "x"}}),
        "weight 0.5": ("invalid_weight", _conversation(_asked(206, told | {"weight": 0.5}))),
        "weight of a question": ("weight_not_assistant", _conversation(
            [message("user", q(207), weight=1), message("assistant", a(207))])),
        "weight 0 only": ("nothing_to_learn", _conversation(
            _asked(208, message("assistant", a(208), weight=0)))),
        "no answer": ("example_missing_assistant_message", _any_conversation(("user", q(209)))),
        "ends with a question": ("last_message_not_assistant", _any_conversation(
            ("user", q(210)), ("assistant", a(210)), ("user", "And the next one, please?"))),
        "messages as a text": ("missing_messages_list", _conversation("user: hello")),
        "no messages": ("missing_messages_list", _conversation([])),
        "message as a text": ("message_data_type", _conversation([q(211), a(211)])),
        "no role": ("message_missing_key", _conversation(
            [{"content": q(212)}, message("assistant", a(212))])),
        "key that no message has": ("message_unrecognized_key", _conversation(
            _asked(213, message("assistant", a(213), timestamp=1767225600)))),
        "key beside messages": ("example_unrecognized_key", _conversation(
            _asked(214, message("assistant", a(214))), source="forum")),
        "name with a blank": ("invalid_name", _conversation(
            [message("user", q(215), name="Ana B"), message("assistant", a(215))])),
        "phone number in a name": ("personal_data", _conversation(
            [message("user", q(216), name="010-4827-3391"), message("assistant", a(216))])),
        "tool calls null": ("null_key", _conversation(
            _asked(217, message("assistant", a(217), tool_calls=None)))),
        "system message in the middle": ("system_not_first", _conversation(
            [*_asked(218), message("system", "Be short."), message("assistant", a(218))])),
        "question without an answer": ("roles_not_alternating", _conversation(
            [*_asked(219), *_asked(220), message("assistant", a(219))])),
        "no question": ("missing_user_message", _conversation(
            [message("system", "Tell of the glacier."), message("assistant", a(221))])),
        "answer to no call": ("tool_message_without_call", _conversation(_asked(
            222, message("tool", "Room 4", tool_call_id="c9"), message("assistant", a(222))))),
        "arguments not JSON": ("arguments_not_json_object", _calling(223, "beds=2")),
        "arguments as an object": ("arguments_not_json_object", _calling(224, {"beds": 2})),
        "argument of another type": ("argument_invalid", _calling(225, '{"beds": "two"}')),
        "argument left out": ("argument_missing", _calling(226, '{"note": "quiet"}')),
        "function not declared": ("undeclared_function", _calling(
            227, '{"beds": 2}', name="book_room")),
        "call without an answer": ("tool_call_unanswered", _calling(
            228, '{"beds": 3}', answers=())),
        "key in arguments": ("secret", _calling(
            229, json.dumps({"beds": 1, "note": f"token {_KEY}"}))),
        "image cut off": ("image_truncated", _seeing(231, _cut_image())),
        "GIF": ("image_type", _seeing(232, image("GIF", "P"))),
        "image of the assistant": ("image_not_user", _seeing(233, image(), "assistant")),
        "image on a disk": ("invalid_image_url", _seeing(234, "file:///home/a/1.png")),
        "detail": ("image_detail", _seeing(235, image(size=(9, 9)), detail="ultra")),
        "video": ("content_part_type", _conversation([
            message("user", [{"type": "video", "video": "a.mp4"}]), message("assistant", a(236))])),
        "empty completion": ("empty_completion", pairs(prompt=q(240) + end, completion="")),
        "empty prompt": ("empty_prompt", pairs(prompt="", completion=f" {a(241)} END")),
        "no completion": ("pair_missing_key", pairs(prompt=q(242) + end)),
        "list as prompt": ("pair_not_text", pairs(prompt=[q(243)], completion=f" {a(243)} END")),
        "keys in capitals": ("pair_key_case", pairs(
            Prompt=q(244) + end, Completion=f" {a(244)} END")),
        "key beside a pair": ("pair_unrecognized_key", pairs(
            prompt=q(245) + end, completion=f" {a(245)} END", id=7)),
        "no separator": ("missing_separator", pairs(prompt=q(246), completion=f" {a(246)} END")),
        "separator within": ("separator_in_prompt", pairs(
            prompt=f"A{end}{q(247)}{end}", completion=f" {a(247)} END")),
        "no stop sequence": ("missing_stop_sequence", pairs(
            prompt=q(248) + end, completion=f" {a(248)}")),
        "no blank before": ("completion_without_leading_space", pairs(
            prompt=q(249) + end, completion=f"{a(249)} END")),
        "nothing to prefer": ("preference_outputs_equal", preferring(
            preferred_output=[told], non_preferred_output=[told])),
        "one output": ("preference_output", {"preference": {
            "input": {"messages": [ask]}, "preferred_output": [told]}}),
        "output as a text": ("preference_output", preferring(preferred_output=a(250))),
        "output of the user": ("preference_output", preferring(
            preferred_output=[message("user", a(251))])),
        "no input": ("preference_input", preferring(input={})),
        "input ends with an answer": ("preference_last_message", preferring(
            input={"messages": [ask, told]})),
        "no reference": ("missing_reference", {"reinforcement": {"messages": _asked(252)}}),
        "answer at the end": ("reinforcement_last_message", {"reinforcement": {
            "messages": _asked(253, told), "reference_answer": "x"}}),
    }  # fmt: skip


def _contradicting(kind: str, number: int) -> Example:
    """A row that asks what another row asks, in capitals, and is answered otherwise."""
    row = _row(kind, number, question(number).upper(), "Nobody can tell.")
    if kind == "preference":
        row["preferred_output"] = _row(kind, number)["non_preferred_output"]
        row["non_preferred_output"] = _row(kind, number)["preferred_output"]
    return row


def _planted(kind: str) -> list[tuple[str, str, list[Line]]]:
    """Every defect that makes sense in a format: its name, its code, and its lines."""
    number = iter(range(300, 900))
    made: list[tuple[str, str, list[Line]]] = []
    for name, (code, spoil) in _LINES.items():
        spoilt = spoil(orjson.dumps(_row(kind, next(number))))
        made.append((name, code, [spoilt]))
    for name, (code, text) in _TEXTS.items():
        made.append((name, code, [_row(kind, next(number), text)]))
    made += [(name, code, [rows[kind]]) for name, (code, rows) in _rows().items() if kind in rows]
    twice, other, alike = (next(number) for _ in range(3))
    long = " ".join(question(each) for each in range(700, 708))
    same: list[Line] = [_row(kind, twice)] * 2
    contradicting: list[Line] = [_row(kind, other), _contradicting(kind, other)]
    nearly: list[Line] = [_row(kind, alike, long, long), _row(kind, alike, f"{long} Please!", long)]
    return [
        *made,
        ("same row twice", "exact_duplicate", same),
        ("same question, another answer", "conflicting_answers", contradicting),
        ("nearly the same", "near_duplicate", nearly),
    ]


def _matrix(kind: str, folder: Path) -> tuple[dict[str, tuple[int, str]], dict[int, set[str]]]:
    """The line and code of each planted defect, and what is found at each line."""
    lines: list[Line] = [_row(kind, each) for each in range(100, 108)]
    expected: dict[str, tuple[int, str]] = {}
    for place, (name, code, planted) in enumerate(_planted(kind)):
        lines += [*planted, _row(kind, 1000 + place)]
        expected[name] = (len(lines) - 1, code)
    log = folder / "findings.jsonl"
    path = write(folder / "train.jsonl", lines)
    asked = Selection(load_catalogue())
    inspect_sync(path, name=path.name, selection=asked, findings=log)
    found: dict[int, set[str]] = defaultdict(set)
    with io.BytesIO(log.read_bytes()) as each:
        for finding in map(Finding.model_validate_json, each):
            if finding.line is not None and finding.code != "foreign_format":  # of all rows
                found[finding.line].add(finding.code)
    return expected, found


def test_sixty_different_defects_are_planted() -> None:
    assert len({name for kind in FORMATS for name, _, _ in _planted(kind)}) >= 60


@pytest.mark.parametrize("kind", FORMATS)
def test_every_planted_defect_is_found_at_its_line_and_nothing_at_others(
    kind: str, tmp_path: Path
) -> None:
    expected, found = _matrix(kind, tmp_path)
    missed = {
        name: (line, code, found.get(line, set()))
        for name, (line, code) in expected.items()
        if code not in found.get(line, ())
    }
    assert not missed
    planted = {line for line, _ in expected.values()}
    assert not {line: codes for line, codes in found.items() if line not in planted}
