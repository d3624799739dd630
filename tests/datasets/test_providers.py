"""The same file is judged by the rules of the provider and the method in question."""

from pathlib import Path
from threading import Event
from typing import Any

import pytest

from tests.datasets.files import (
    Line,
    chat,
    chats,
    look,
    message,
    of_code,
    pairs,
    preference,
    preferences,
    reinforcement,
    said,
    to_bytes,
    write,
)
from tunesmith.bot.datasets.findings import Severity
from tunesmith.bot.errors import DatasetError
from tunesmith.bot.providers.catalogue import Catalogue, load_catalogue
from tunesmith.local.trainer.training.training_file import Kind, UnfitFileError, check

_CALL = {"id": "abcdefghi", "type": "function", "function": {"name": "f", "arguments": "{}"}}
_TOOL: dict[str, Any] = {
    "type": "function",
    "function": {"name": "f", "description": "d", "parameters": {}},
}
_EXCHANGE = [
    message("user", "Call it."),
    {"role": "assistant", "content": "", "tool_calls": [_CALL]},
    message("tool", "done", tool_call_id="abcdefghi"),
    message("assistant", "It is done."),
]


def _with(line: Line) -> list[Line]:
    return [*chats(), line]


def _turn(*messages: dict[str, Any], **more: Any) -> list[Line]:
    return _with(chat(1, *messages, **more))


_USER, _ANSWER = message("user", "Why?"), message("assistant", "So.")
_FILES: dict[str, list[Line]] = {
    "good": chats(),
    "blank line": _with(b""),
    "byte order mark": [b"\xef\xbb\xbf" + to_bytes(chats(1)).strip(), *chats(11, 200)],
    "a key twice": _with(
        b'{"messages": [{"role": "user", "content": "a", "content": "b"},'
        b' {"role": "assistant", "content": "c"}]}'
    ),
    "half a character": _with(
        b'{"messages": [{"role": "user", "content": "\\ud83d"},'
        b' {"role": "assistant", "content": "c"}]}'
    ),
    "tools": _turn(*_EXCHANGE, tools=[_TOOL]),
    "developer": _turn(message("developer", "Be brief."), _USER, _ANSWER),
    "a role of another case": _turn(message("User", "Why?"), _ANSWER),
    "two users": _turn(_USER, message("user", "Why then?"), _ANSWER),
    "ends with a question": _turn(_USER, _ANSWER, _USER),
    "no answer": _turn(_USER),
    "weight 2": _turn(_USER, message("assistant", "So.", weight=2)),
    "weight of a question": _turn(message("user", "Why?", weight=1), _ANSWER),
    "nothing counts": _turn(_USER, message("assistant", "So.", weight=0)),
    "no content": _turn(message("user", None), _ANSWER),
    "a column more": _turn(_USER, _ANSWER, topic="rivers"),
    "a key more": _turn(message("user", "Why?", mood="sour"), _ANSWER),
    "an image by its address": _turn(
        message("user", [{"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}]),
        _ANSWER,
    ),
    "two formats": [*chats(), *pairs(1)],
    "pairs": pairs(),
    "texts": [{"text": f"A story of {number}."} for number in range(12)],
    "texts with a column more": [{"text": f"A story of {n}.", "id": n} for n in range(12)],
}
# Those that take each file; the other providers of the table refuse it.
_TABLE = ("openai", "together", "mistral", "local")
_TAKEN = {
    "good": "openai together mistral local",
    "blank line": "local",
    "byte order mark": "openai",
    "a key twice": "openai together mistral local",
    "half a character": "openai together mistral",
    "tools": "openai mistral",
    "developer": "local",
    "a role of another case": "",
    "two users": "openai mistral local",
    "ends with a question": "together local",
    "no answer": "mistral",
    "weight 2": "",
    "weight of a question": "openai together mistral local",
    "nothing counts": "openai together mistral",
    "no content": "",
    "a column more": "openai mistral local",
    "a key more": "together mistral local",
    "an image by its address": "openai mistral",
    "two formats": "local",
    "pairs": "together local",
    "texts": "together",
    "texts with a column more": "",
}


@pytest.mark.parametrize("name", _FILES)
def test_a_file_is_valid_for_the_providers_that_take_it(name: str, tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", _FILES[name])
    valid = [provider for provider in _TABLE if look(path, provider=provider).valid]
    assert valid == _TAKEN[name].split()


@pytest.mark.parametrize("name", _FILES)
def test_the_local_trainer_says_the_same_of_these_files(name: str, tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", _FILES[name])
    try:
        kind = Kind("supervised", frozenset())
        check(path, kind, param="training_file", file_id="f", stop=Event())
    except UnfitFileError:
        taken = False
    else:
        taken = True
    assert taken == ("local" in _TAKEN[name])


def test_what_no_source_states_as_refused_is_a_warning(tmp_path: Path) -> None:
    same = [message("assistant", "So.")]
    path = write(
        tmp_path / "a.jsonl",
        [*preferences(), preference(1, preferred_output=same, non_preferred_output=same)],
    )
    report = look(path)
    assert report.valid
    (finding,) = of_code(report, "preference_outputs_equal")
    assert finding.severity is Severity.WARNING


def test_a_role_that_is_not_taken_is_named_with_those_that_are(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", _FILES["tools"])
    report = look(path, provider="together")
    (finding,) = of_code(report, "role_not_taken")
    assert (finding.line, finding.path) == (13, "messages[2].role")
    assert said(finding) == 'Together takes no message from "tool".'
    assert {finding.path for finding in of_code(report, "tools_not_taken")} == {
        "tools",
        "messages[1].tool_calls",
    }


def test_bedrock_takes_reinforcement_only_and_from_a_hundred_examples(tmp_path: Path) -> None:
    lines = [reinforcement(number) for number in range(100)]
    path = write(tmp_path / "a.jsonl", lines)
    assert look(path, provider="bedrock").valid
    assert look(path, provider="bedrock").method == "reinforcement"
    few = look(write(tmp_path / "b.jsonl", lines[1:]), provider="bedrock")
    assert "too_few_examples" in few.counts
    whole = load_catalogue().model_dump()
    assert whole["providers"]["bedrock"]["max_examples"] == 20_000
    whole["providers"]["bedrock"]["max_examples"] = 99
    many = look(path, provider="bedrock", catalogue=Catalogue.model_validate(whole))
    assert "too_many_examples" in many.counts
    assert not look(write(tmp_path / "c.jsonl", chats(120)), provider="bedrock").valid


def test_providers_that_are_only_checked_for_are_neither_priced_nor_named_as_a_way_out(
    tmp_path: Path,
) -> None:
    report = look(write(tmp_path / "a.jsonl", chats()), provider="together")
    assert report.valid
    assert report.costs == []


@pytest.mark.parametrize("model", ["gpt-4o-mini", "ft:gpt-4o-mini-2024-07-18:acme::abc123"])
def test_a_model_is_known_by_its_alias_and_by_what_was_tuned_on_it(
    model: str, tmp_path: Path
) -> None:
    report = look(write(tmp_path / "a.jsonl", chats()), model=model)
    assert report.valid
    names = {(cost.provider, cost.model) for cost in report.costs}
    assert ("openai", "gpt-4o-mini-2024-07-18") in names
    assert {name for _, name in names} == {"gpt-4o-mini-2024-07-18"}


def test_a_method_that_nobody_has_is_refused_with_those_that_there_are(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="no method sft; they have supervised, dpo, reinf"):
        look(write(tmp_path / "a.jsonl", chats()), method="sft")


def test_over_long_examples_are_named_by_their_lines(tmp_path: Path) -> None:
    long = chat(1, message("user", "why " * 70_000), message("assistant", "So."))
    report = look(write(tmp_path / "a.jsonl", [long, *chats(), long | {"tools": []}]))
    found = of_code(report, "examples_truncated")
    assert [finding.line for finding in found] == [1, 14]
    assert "is trained on 65,536" in said(found[0])
    assert report.counts["examples_truncated"] == 2


def test_examples_of_another_format_are_named_by_their_lines(tmp_path: Path) -> None:
    report = look(write(tmp_path / "a.jsonl", [*pairs(1), *chats(), *pairs(2)]))
    assert [finding.line for finding in of_code(report, "mixed_formats")] == [1, 14, 15]


def test_errors_of_the_validation_file_are_named_by_their_lines_there(tmp_path: Path) -> None:
    training = write(tmp_path / "a.jsonl", chats(30))
    validation = write(tmp_path / "b.jsonl", [*chats(5, 300), b"", *chats(5, 400), b"[]"])
    report = look(training, validation=validation)
    assert not report.valid
    assert [said(finding) for finding in of_code(report, "validation_invalid")] == [
        "Line 6 of the validation file: The line is blank, so it is not a JSON object.",
        "Line 12 of the validation file: The line is a list, not a JSON object.",
    ]
    assert report.counts["validation_invalid"] == 2
