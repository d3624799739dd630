"""Corrections as training examples, and the files that they go into."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.datasets.private_samples import filled
from tunesmith.bot.answers.corrections.file import add_rows, findings, style_of, write_pairs
from tunesmith.bot.answers.corrections.rows import Corrected, as_message, as_text
from tunesmith.bot.datasets import Report, Selection, inspect_sync
from tunesmith.bot.datasets.formats import Format
from tunesmith.bot.errors import UserError
from tunesmith.bot.providers.catalogue import load_catalogue
from tunesmith.handlers.correction.form import in_parts

SELECTION = Selection(load_catalogue())
TOOL: dict[str, Any] = {
    "type": "function",
    "function": {
        "name": "open_at",
        "parameters": {"type": "object", "properties": {"day": {"type": "string"}}},
    },
}


def said(text: str) -> dict[str, Any]:
    return {"role": "assistant", "content": text}


def corrected(
    question: str,
    answer: str,
    *,
    rejected: str = "No idea.",
    system: str | None = "Be short.",
    history: tuple[str, ...] = (),
) -> Corrected:
    messages: list[dict[str, Any]] = []
    if system:
        messages.append({"role": "system", "content": system})
    roles = ("user", "assistant")
    messages += [{"role": roles[n % 2], "content": text} for n, text in enumerate(history)]
    messages.append({"role": "user", "content": question})
    return Corrected(messages, None, said(rejected), said(answer))


def chat(question: str, answer: str) -> dict[str, Any]:
    system = {"role": "system", "content": "Be short."}
    return {"messages": [system, {"role": "user", "content": question}, said(answer)]}


def write(path: Path, rows: list[dict[str, Any]]) -> bytes:
    path.write_text("\n".join(json.dumps(row) for row in rows))
    return path.read_bytes()


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def inspected(path: Path) -> Report:
    return inspect_sync(path, name=path.name, selection=SELECTION)


def test_the_old_rows_stay_byte_by_byte_and_the_corrections_stand_behind_them(
    tmp_path: Path,
) -> None:
    old, new = tmp_path / "old.jsonl", tmp_path / "new.jsonl"
    before = write(old, [chat(f"Question {n}?", f"Answer {n}, 1.10.") for n in range(12)])
    given_ones = [corrected("When?", "At seven."), corrected("Where?", "Here.")]
    written = add_rows(old, old.name, given_ones, new)
    assert new.read_bytes().startswith(before)
    assert (written.rows, written.added, written.known, written.left) == (12, 2, 0, 0)
    assert read(new)[12:] == [chat("When?", "At seven."), chat("Where?", "Here.")]
    assert inspected(new).valid


def test_a_correction_that_equals_a_row_is_not_added_again(tmp_path: Path) -> None:
    old, new = tmp_path / "old.jsonl", tmp_path / "new.jsonl"
    write(old, [chat("When?", "At seven.")])
    twice = [corrected("When?", "At seven."), *[corrected("Where?", "Here.")] * 2]
    written = add_rows(old, old.name, twice, new)
    assert (written.added, written.known) == (1, 2)
    assert len(read(new)) == 2


def test_pairs_are_written_with_the_separator_stop_and_space_of_their_file(tmp_path: Path) -> None:
    old, new = tmp_path / "old.jsonl", tmp_path / "new.jsonl"
    write(
        old,
        [
            {"prompt": f"Question {n}\n\n###\n\n", "completion": f" Answer {n} END"}
            for n in range(9)
        ],
    )
    add_rows(old, old.name, [corrected("When?", "At seven.", system=None)], new)
    assert read(new)[-1] == {"prompt": "When?\n\n###\n\n", "completion": " At seven. END"}
    style = style_of(new).pairs
    assert style is not None
    assert style.stop == " END"


def test_earlier_answers_of_a_conversation_are_read_and_not_learnt(tmp_path: Path) -> None:
    old, new = tmp_path / "old.jsonl", tmp_path / "new.jsonl"
    write(old, [chat("When?", "At seven.")])
    follow_up = corrected("And on Sunday?", "Closed.", history=("When?", "At eight, maybe."))
    add_rows(old, old.name, [follow_up], new)
    *_, asked, answered, again, right = read(new)[-1]["messages"]
    assert (asked["content"], again["content"], right) == (
        "When?",
        "And on Sunday?",
        said("Closed."),
    )
    assert answered == {**said("At eight, maybe."), "weight": 0}


def test_a_preference_pair_holds_both_answers_and_only_one_turn(tmp_path: Path) -> None:
    out = tmp_path / "pairs.jsonl"
    one = corrected("When?", "At seven.", rejected="At eight.")
    follow_up = corrected("And?", "Closed.", history=("When?", "At eight."))
    written = write_pairs([one, one, follow_up], out)
    assert (written.added, written.known, written.left) == (1, 1, 1)
    [row] = read(out)
    assert row["preferred_output"] == [said("At seven.")]
    assert row["non_preferred_output"] == [said("At eight.")]
    assert row["input"]["messages"] == chat("When?", "")["messages"][:2]
    report = inspected(out)
    assert report.format is Format.PREFERENCE
    assert set(report.counts) <= {"too_few_examples", "few_examples"}


def test_a_file_of_another_tool_takes_corrections_in_its_converted_form(tmp_path: Path) -> None:
    old, new = tmp_path / "old.json", tmp_path / "new.jsonl"
    turns = [{"from": "human", "value": "When?"}, {"from": "gpt", "value": "At seven."}]
    old.write_text(json.dumps([{"conversations": turns}] * 3))
    add_rows(old, old.name, [corrected("Where?", "Here.", system=None)], new)
    rows = read(new)
    assert [set(row) for row in rows] == [{"messages"}] * 4


def test_private_data_and_secrets_of_a_correction_are_found_as_in_files() -> None:
    key = filled("sk-proj-{b62:48}")
    found = findings(corrected("Which key?", f"It is {key}."), Format.CHAT, SELECTION)
    assert found is not None
    assert [(one.code, key in one.excerpt) for one in found] == [("secret", False)]
    found = findings(corrected("Whom?", "mina.park@gmail.com"), Format.CHAT, SELECTION)
    assert [one.code for one in found or []] == ["personal_data"]
    assert findings(corrected("When?", "At seven."), Format.CHAT, SELECTION) == []


def test_tool_calls_are_edited_as_json_and_become_calls_again() -> None:
    function = {"name": "open_at", "arguments": '{"day": "monday"}'}
    message: dict[str, Any] = {
        "role": "assistant",
        "tool_calls": [{"id": "call_9", "type": "function", "function": function}],
    }
    shown = as_text(message)
    assert json.loads(shown) == [{"name": "open_at", "arguments": {"day": "monday"}}]
    made: dict[str, Any] = as_message(shown.replace("monday", "월요일"), message)
    [call] = made["tool_calls"]
    assert json.loads(call["function"]["arguments"]) == {"day": "월요일"}
    asked = Corrected([{"role": "user", "content": "When?"}], [TOOL], message, made)
    assert findings(asked, Format.CHAT, SELECTION) == []


@pytest.mark.parametrize("text", ["{", "{}", "[]", '[{"name": 1}]', '[{"name": "a"}]'])
def test_calls_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(UserError):
        as_message(text, {"role": "assistant", "tool_calls": [{}]})


@given(st.text(alphabet="ab \n한", max_size=9_000) | st.text(max_size=50))
def test_a_long_answer_is_cut_into_inputs_without_losing_a_character(answer: str) -> None:
    parts, joins = in_parts(answer)
    assert all(len(part) <= 3_000 for part in parts)
    assert "".join(part + join for part, join in zip(parts, [*joins, ""], strict=True)) == answer
