"""What the checks say, in every language: findings, and why a file cannot be read."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.datasets.defects import DEFECTS
from tests.datasets.files import chat, chats, look, message, of_code, said, write
from tests.datasets.samples import SAMPLED, SampledRule, found_in, planted
from tunesmith.bot.datasets import Report
from tunesmith.bot.datasets.checks.samples import call, calling
from tunesmith.bot.datasets.masking import quoted
from tunesmith.bot.errors import DatasetError
from tunesmith.bot.messages import Message, say, text_for

STORED = Path(__file__).with_name("stored")
TRANSLATED = ("ko", "zh")
_ENGLISH = re.compile(r"\b(a|an|and|are|expected|from|has|in|is|it|more|no|not|or|the|this)\b")
_OTHER_LETTERS = re.compile("[가-힣一-鿿]")


@pytest.mark.parametrize("code", sorted(DEFECTS))
def test_a_real_finding_is_said_without_a_word_of_english_prose(code: str, tmp_path: Path) -> None:
    defect = DEFECTS[code]
    validation = None
    if defect.validation is not None:
        validation = write(tmp_path / "valid.jsonl", defect.validation[0])
    path = write(tmp_path / defect.name, defect.bad)
    found = of_code(look(path, validation=validation, **defect.ask), code)
    assert found
    for finding in found:
        for words in (finding.message, finding.hint):
            _assert_translated(words)


@pytest.mark.parametrize("rule", SAMPLED, ids=lambda rule: rule.code)
def test_a_samples_finding_is_said_without_a_word_of_english_prose(
    rule: SampledRule, tmp_path: Path
) -> None:
    lines, _ = planted(rule, rule.bad)
    for finding in found_in(write(tmp_path / "a.jsonl", lines)):
        if finding.code == rule.code:
            _assert_translated(finding.message)
            _assert_translated(finding.hint)


def _assert_translated(message: Message) -> None:
    for language in TRANSLATED:
        words = text_for(language)(message)
        assert _OTHER_LETTERS.search(words), words
        assert not _ENGLISH.search(_without_values(words)), words


def _without_values(words: str) -> str:
    """Without what stands in quotes or braces: names and values of the file."""
    return re.sub(r"\{.*\}|\"(?:\\.|[^\"])*\"", "", words)


_FUNCTION: Any = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "parameters": {
            "type": "object",
            "properties": {
                "city": {"type": ["string", "null"]},
                "kind": {"enum": ["a", 1, None]},
                "more": {"type": "object", "required": ["x"]},
                "days": {"type": "integer", "minimum": 1},
            },
        },
    },
}
_CALLS: list[Any] = [7, {}, [1], [{}], [{"id": "a"}], [{"id": "a", "type": "function"}]]
_OUTPUTS: list[Any] = [None, 1, [], [{}], [{"role": "user", "content": "a"}], [{}, {}]]
# Lines whose words have words in them that no defect of DEFECTS has.
_NESTED = {
    "invalid_json": [
        b"{'a': 1}",
        b'{"a" 1}',
        b'{"a": }',
        b'{"a": 1,}',
        b'{"a": [1,]}',
        b'{"a": 1} 2',
        b'{"a',
        b'{"a": "\t"}',
        b'{"a": "\\x"}',
        b'{"a": "\\u12"}',
        b'\xef\xbb\xbf{"a": 1}',
        b'{"a": %s}' % (b"1" * 5_000),
    ],
    "data_type": [b"null", b"true", b"1", b'"a"', b"[]"],
    "missing_content": [
        json.dumps({"messages": [{"role": "user", "content": content}]}).encode()
        for content in (None, 1, " ", "", [{"type": "text"}], [{"type": "text", "text": ""}])
    ],
    "last_message_not_assistant": [b'{"messages": [{"role": "assistant", "content": "a"}, {}]}'],
    "unrecognized_role": [b'{"messages": [{"role": 1, "content": "a"}]}'],
    "message_missing_key": [b'{"messages": [{}]}'],
    "content_part_type": [b'{"messages": [{"role": null, "content": [1]}]}'],
    "example_unrecognized_key": [
        json.dumps({"messages": [{"role": "assistant"}], "a": 1, "b": 1, "c": 1, "d": 1}).encode()
    ],
    "invalid_tool_calls": [
        json.dumps({"messages": [{"role": "assistant", "tool_calls": calls}]}).encode()
        for calls in _CALLS
    ],
    "invalid_tool_declaration": [
        json.dumps({"messages": [{"role": "user", "content": "a"}], "tools": tools}).encode()
        for tools in (
            1,
            [1],
            [{"type": "function"}],
            [{"type": "function", "function": {"name": "f", "parameters": 1}}],
        )
    ],
    "argument_invalid": [
        orjson.dumps(calling(call(arguments), tools=[_FUNCTION]))
        for arguments in ('{"city": 7}', '{"kind": "x"}', '{"more": {}}', '{"days": 0}')
    ],
    "preference_input": [
        json.dumps({"preferred_output": [], "input": asked}).encode()
        for asked in (None, 1, {}, {"messages": [{"role": "user", "content": "q"}], "x": 1})
    ],
    "preference_output": [json.dumps({"preferred_output": output}).encode() for output in _OUTPUTS],
}


@pytest.mark.parametrize(
    ("code", "line"), [(code, line) for code, lines in _NESTED.items() for line in lines]
)
def test_what_stands_within_a_sentence_is_said_in_the_readers_language_too(
    code: str, line: bytes, tmp_path: Path
) -> None:
    found = of_code(look(write(tmp_path / "a.jsonl", [*chats(1), line])), code)
    assert found
    for finding in found:
        _assert_translated(finding.message)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"messages": [', "Not valid JSON at character 15: a value is expected."),
        (b"{messages: []}", "Not valid JSON at character 2: a key in double quotes is expected."),
        (b'{"messages" []}', 'Not valid JSON at character 13: ":" is expected.'),
        (b'{"messages": [1 2]}', 'Not valid JSON at character 17: "," is expected.'),
        (
            b'{"messages": []}]',
            "Not valid JSON at character 17: there is more after the end of the object.",
        ),
    ],
)
def test_why_a_line_is_no_json_is_said(line: bytes, reason: str, tmp_path: Path) -> None:
    (finding,) = of_code(look(write(tmp_path / "a.jsonl", [line])), "invalid_json")
    assert said(finding) == reason


def test_of_many_names_three_are_said_and_the_others_counted(tmp_path: Path) -> None:
    line = chat(1, **{f"k{number}": 1 for number in range(1_203)})
    report = look(write(tmp_path / "a.jsonl", [*chats(), line]))
    (finding,) = of_code(report, "example_unrecognized_key")
    assert said(finding) == 'Not a key of this format: "k0", "k1", "k2", and 1,200 more.'
    assert said(finding, "ko").endswith('"k0", "k1", "k2" 및 그 외 1,200개.')


@pytest.mark.parametrize(
    ("count", "words"), [(1, "The file has 1 example;"), (3, "The file has 3 examples;")]
)
def test_counts_choose_the_plural(count: int, words: str, tmp_path: Path) -> None:
    report = look(write(tmp_path / "a.jsonl", chats(count)))
    (finding,) = of_code(report, "too_few_examples")
    assert said(finding).startswith(words)


def test_a_list_of_roles_is_a_list_in_every_language(tmp_path: Path) -> None:
    line = chat(1, message("tool", "a", tool_call_id="b"), *chat(1)["messages"])
    report = look(write(tmp_path / "a.jsonl", [*chats(2), line]), provider="local")
    (finding,) = of_code(report, "role_not_taken")
    assert [text_for(language)(finding.hint) for language in ("en", *TRANSLATED)] == [
        "It takes system, developer, user, or assistant.",
        "받는 역할: system, developer, user 또는 assistant.",
        "可用角色：system、developer、user或assistant。",
    ]


def test_only_what_is_in_the_file_is_masked(tmp_path: Path) -> None:
    secret = "sk-proj-" + "aB3dE6gH9jK2" * 4
    line = json.dumps({"messages": [{"role": secret, "content": "a"}], secret: 1}).encode()
    report = look(write(tmp_path / "a.jsonl", [line]), model="gpt-4.1-nano-2025-04-14-x")
    assert secret[8:20] not in report.model_dump_json()
    (finding,) = of_code(report, "unknown_model")
    assert "gpt-4.1-nano-2025-04-14-x" in said(finding)


def test_text_of_the_file_is_quoted_as_in_json_and_cut() -> None:
    assert quoted("\n\n###\n\n") == '"\\n\\n###\\n\\n"'
    assert quoted('a "b"') == '"a \\"b\\""'
    assert quoted("\ud83d") == '"?"'
    assert quoted("x" * 50) == '"' + "x" * 40 + '"'
    assert quoted("mina.kim@corp.com") == '"min•••"'


def test_a_report_that_an_earlier_version_stored_is_shown_as_it_stands() -> None:
    stored = (STORED / "report_0_1.json").read_text("utf-8")
    report = Report.model_validate_json(stored)
    before = json.loads(stored)["findings"]
    for language in ("en", *TRANSLATED):
        text = text_for(language)
        assert [finding.in_words(text) for finding in report.findings] == before


def test_a_stored_report_is_said_in_each_readers_language(tmp_path: Path) -> None:
    report = look(write(tmp_path / "a.jsonl", [*chats(), b"[]"]))
    stored = Report.model_validate(json.loads(report.model_dump_json()))
    (finding,) = of_code(stored, "data_type")
    assert finding.message == say("finding.message.data_type", kind=say("finding.kind.list"))
    assert [said(finding, language) for language in ("en", *TRANSLATED)] == [
        "The line is a list, not a JSON object.",
        "행이 JSON 객체가 아니라 목록입니다.",
        "本行是列表，不是 JSON 对象。",
    ]


def _unreadable() -> Iterator[tuple[str, bytes, str]]:
    yield "a.jsonl", b"", "The file is empty"
    yield "a.jsonl", b"PK\x03\x04" + bytes(60), "an archive (ZIP)"
    yield "a.jsonl", b"\x1f\x8b" + bytes(60), "compressed file (gzip)"
    yield "a.jsonl", b"\x28\xb5\x2f\xfd" + bytes(60), "compressed file (zstd)"
    yield "a.json", b'[{"a": "\xff"}]', "Line 1 is not UTF-8"
    yield "a.json", b'[\n{"a": 1},\n{"a": }\n]', "line 3, after element 1: a value is expected"
    yield "a.jsonl", b"%PDF-1.7", "a PDF"
    yield "a.jsonl", b"\x89PNG" + bytes(60), "an image"
    yield "a.jsonl", b"SQLite format 3" + bytes(60), "an SQLite database"
    yield "a.jsonl", b"\xd0\xcf\x11\xe0" + bytes(60), "an old Office document"
    yield "a.jsonl", b"<!doctype html>", "a web page"
    yield "a.jsonl", b"\xff\xfe\x00\xd8", "UTF-16"
    yield "a.json", b'{\n"messages": []\n}\n{\n"messages": [', "after element 1"
    yield "a.xlsx", b"no sheet", "not an Excel file"
    yield "a.parquet", b"PAR1 no", "not a Parquet file"
    yield "a.csv", b'prompt,completion\na,"b\n', "begins in line 2"
    yield "a.csv", b"prompt,completion\na,\xff\n", "Line 2 is not UTF-8"


@pytest.mark.parametrize(("name", "content", "words"), list(_unreadable()))
def test_the_reason_why_a_file_cannot_be_read_is_said(
    name: str, content: bytes, words: str, tmp_path: Path
) -> None:
    with pytest.raises(DatasetError) as refused:
        look(write(tmp_path / name, content))
    assert words in str(refused.value)
    _assert_translated(refused.value.message)
