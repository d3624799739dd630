"""What Together's checker takes and refuses, and what is said of the same rows here.

Source: github.com/togethercomputer/together-python, src/together/utils/files.py and its tests; the
rows are written anew. The verdicts differ only where a test says so.
"""

import base64
from pathlib import Path
from typing import Any

import pytest

from tests.datasets.defects import image
from tests.datasets.files import Line, chat, look, message, pair, write
from tunesmith.bot.errors import DatasetError

_ASK, _SAY = message("user", "Which tide is it?"), message("assistant", "High until four.")
_TOLD = message("system", "Answer as a harbour master.")

TAKEN: dict[str, list[Line]] = {
    "a question and its answer": [chat(0, _ASK, _SAY)],
    "a system message first": [chat(0, _TOLD, _ASK, _SAY)],
    "several turns": [chat(0, _ASK, _SAY, message("user", "And then?"), _SAY)],
    "weights of all messages": [chat(0, _ASK | {"weight": 0}, _SAY | {"weight": 1})],
    "weights of some answers": [chat(
        0, _ASK, _SAY | {"weight": 0}, message("user", "And then?"), _SAY)],
    "a pair": [pair("Translate: tide", "Gezeit")],
    "texts": [{"text": "The tide rises."}, {"text": "The tide falls."}],
    "an image": [chat(0, message("user", [
        {"type": "text", "text": "Which boat?"},
        {"type": "image_url", "image_url": {"url": image()}}]), _SAY)],
}  # fmt: skip
REFUSED: dict[str, tuple[str, int, list[Line]]] = {
    "no answer": ("example_missing_assistant_message", 1, [chat(0, _ASK)]),
    "no messages": ("missing_messages_list", 1, [{"messages": []}]),
    "a column beside messages": ("example_unrecognized_key", 1, [
        chat(0, _ASK, _SAY, source="log")]),
    "a message without content": ("message_missing_key", 1, [chat(0, {"role": "user"}, _SAY)]),
    "another role": ("unrecognized_role", 1, [chat(0, message("harbour", "Hello"), _SAY)]),
    "two questions in a row": ("roles_not_alternating", 1, [chat(0, _ASK, _ASK, _SAY)]),
    "messages that are texts": ("message_data_type", 1, [{"messages": ["Hello", "Ahoy"]}]),
    "a number as content": ("missing_content", 1, [chat(0, message("user", 7), _SAY)]),
    "weight 2": ("invalid_weight", 1, [chat(0, _ASK, _SAY | {"weight": 2})]),
    "weight 1.0": ("invalid_weight", 1, [chat(0, _ASK | {"weight": 1.0}, _SAY)]),
    "half a pair": ("pair_missing_key", 2, [pair("Tide?", "High"), {"prompt": "Wind?"}]),
    "a line that is no JSON": ("invalid_json", 2, [chat(0, _ASK, _SAY), b'{"messages": [']),
    "a line that is a text": ("data_type", 2, [chat(0, _ASK, _SAY), b'"Ahoy"']),
    "an image that is text": ("invalid_image_url", 1, [chat(0, message("user", [
        {"type": "image_url", "image_url": {"url": "aGFyYm91cg=="}}]), _SAY)]),
}  # fmt: skip


@pytest.mark.parametrize("name", TAKEN)
def test_what_together_takes_is_valid(name: str, tmp_path: Path) -> None:
    report = look(write(tmp_path / "train.jsonl", TAKEN[name]), provider="together")
    assert report.valid, report.counts


@pytest.mark.parametrize("name", REFUSED)
def test_what_together_refuses_is_refused_with_its_line(name: str, tmp_path: Path) -> None:
    code, line, rows = REFUSED[name]
    report = look(write(tmp_path / "train.jsonl", rows), provider="together")
    assert not report.valid
    assert line in {found.line for found in report.findings if found.code == code}, report.counts


def test_rows_of_two_formats_are_refused(tmp_path: Path) -> None:
    rows: list[Line] = [chat(0, _ASK, _SAY), pair("Tide?", "High")]
    report = look(write(tmp_path / "train.jsonl", rows), provider="together")
    assert "mixed_formats" in report.counts
    assert not report.valid


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\xfa"], ids=["empty", "not a text"])
def test_a_file_without_rows_is_refused(content: bytes, tmp_path: Path) -> None:
    with pytest.raises(DatasetError):
        look(write(tmp_path / "train.jsonl", content), provider="together")


def test_a_table_is_not_taken_but_convertible(tmp_path: Path) -> None:
    path = write(tmp_path / "train.csv", b"prompt,completion\nTide?,High until four\n")
    report = look(path, provider="together")
    assert not report.valid
    assert report.conversion is not None


@pytest.mark.parametrize("data", ["...", base64.b64encode(b"tide").decode()])
def test_an_image_that_cannot_be_read_is_refused_though_together_reads_only_its_address(
    data: str, tmp_path: Path
) -> None:
    part: dict[str, Any] = {"url": f"data:image/jpeg;base64,{data}"}
    seen = message("user", [{"type": "image_url", "image_url": part}])
    report = look(write(tmp_path / "train.jsonl", [chat(0, seen, _SAY)]), provider="together")
    assert "invalid_image_url" in report.counts
    assert not report.valid
