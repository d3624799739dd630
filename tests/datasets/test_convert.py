"""The converted file holds every row in another format, or nothing is written."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.datasets.files import Example, chat, chats, look, message, pairs, preferences, write
from tunesmith.bot.datasets import Selection
from tunesmith.bot.datasets.conversion.convert import ConvertResult, convert_sync, converted_name
from tunesmith.bot.datasets.formats import Format
from tunesmith.bot.errors import DatasetError
from tunesmith.bot.providers.catalogue import load_catalogue

SHAREGPT: list[Example] = [
    {"conversations": [{"from": "human", "value": f"q{n}"}, {"from": "gpt", "value": f"a{n}"}]}
    for n in range(12)
]


def converted(path: Path, provider: str | None = None, **more: Any) -> tuple[ConvertResult, Path]:
    """Convert a file for a provider."""
    out = path.parent / "out.jsonl"
    selection = Selection(load_catalogue(), provider=provider)
    return convert_sync(path, name=path.name, selection=selection, out=out, **more), out


def rows(path: Path) -> list[Any]:
    """The examples of a file."""
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def test_the_converted_file_is_read_as_it_is(tmp_path: Path) -> None:
    content = json.dumps(SHAREGPT, indent=1).encode()
    result, out = converted(write(tmp_path / "a.json", content))
    assert (result.name, result.format, result.lines, result.changed) == ("a.jsonl", "chat", 12, 12)
    assert [each.line for each in result.conversion.examples] == [1, 2, 3]
    report = look(out)
    assert report.conversion is None
    assert not {"not_json_lines", "foreign_format"} & report.counts.keys()
    assert report.tokens == look(tmp_path / "a.json").tokens


def test_pairs_become_chat_where_the_provider_takes_none_or_where_it_is_asked(
    tmp_path: Path,
) -> None:
    path = write(tmp_path / "a.jsonl", pairs())
    result, out = converted(path)
    assert result.format is Format.CHAT
    assert result.changed == 12
    assert all(list(row) == ["messages"] for row in rows(out))
    stay, _ = converted(path, "nebius", force=True)
    assert (stay.format, stay.changed) == (Format.PAIRS, 0)
    asked, _ = converted(path, "nebius", to=Format.CHAT, force=True)
    assert asked.format is Format.CHAT


def test_pairs_as_chat_keep_indentation_and_other_fields(tmp_path: Path) -> None:
    code = "    if x:\n        y()"
    given = [
        {"prompt": f"Code {n}?\n\n###\n\n", "completion": f" {code}\n END", "id": 10**30 + n}
        for n in range(12)
    ]
    path = write(tmp_path / "a.jsonl", [json.dumps(each).encode() for each in given])
    _, out = converted(path)
    first = rows(out)[0]
    assert first["messages"][0] == message("user", "Code 0?")
    assert first["messages"][1]["content"].startswith(code)
    assert first["id"] == 10**30


def test_chat_becomes_pairs_only_where_each_is_a_question_and_an_answer(tmp_path: Path) -> None:
    one = chat(1, message("user", "q"), message("assistant", "a"), source="s")
    path = write(tmp_path / "a.jsonl", [one] * 12)
    _, out = converted(path, to=Format.PAIRS)
    assert rows(out) == [{"prompt": "q", "completion": "a", "source": "s"}] * 12
    other = write(tmp_path / "b.jsonl", [one, chat(2)])
    with pytest.raises(DatasetError, match="line 2 is more than one question"):
        converted(other, to=Format.PAIRS, force=True)
    assert rows(out)[0]["prompt"] == "q"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a.jsonl", "b.jsonl", "out.jsonl"]


@pytest.mark.parametrize(
    ("given", "to"), [(chats(), Format.PREFERENCE), (preferences(), Format.CHAT)]
)
def test_what_would_have_to_be_made_up_is_refused(
    given: list[Any], to: Format, tmp_path: Path
) -> None:
    with pytest.raises(DatasetError, match="without making something up"):
        converted(write(tmp_path / "a.jsonl", given), to=to)


def test_an_unknown_format_is_not_converted(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r'not converted\. .* keys "name"'):
        converted(write(tmp_path / "a.jsonl", b'{"name": "a"}\n'))
    assert not (tmp_path / "out.jsonl").exists()


def test_a_file_is_overwritten_only_where_that_is_meant(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", pairs())
    out = write(tmp_path / "out.jsonl", b"mine")
    with pytest.raises(DatasetError, match=r"a file out\.jsonl already"):
        converted(path)
    assert out.read_bytes() == b"mine"
    converted(path, force=True)
    assert out.read_bytes() != b"mine"


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("a.json", "a.jsonl"),
        ("a.jsonl", "a.converted.jsonl"),
        ("a.v2.csv.gz", "a.v2.jsonl"),
        ("a.jsonl.zst", "a.jsonl"),
        ("train", "train.jsonl"),
    ],
)
def test_the_converted_file_has_a_name_of_its_own(name: str, made: str) -> None:
    assert converted_name(name) == made
