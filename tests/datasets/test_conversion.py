"""A file in another container or shape is read row by row as one of our formats."""

import gzip
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.datasets.converted import lines, read
from tests.datasets.files import (
    Example,
    answer,
    chat,
    chats,
    look,
    message,
    of_code,
    question,
    said,
    to_bytes,
    write,
)
from tunesmith.bot.datasets.conversion import as_json_lines
from tunesmith.bot.errors import DatasetError
from tunesmith.bot.messages import text_for

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

ASKED = [chat(n, message("user", question(n)), message("assistant", answer(n))) for n in range(12)]


def sharegpt(number: int) -> Example:
    """A conversation as ShareGPT has it."""
    turns = [("human", question(number)), ("gpt", answer(number))]
    return {"conversations": [{"from": who, "value": text} for who, text in turns]}


def test_a_foreign_file_is_reported_with_its_shape_and_three_rows_before_and_after(
    tmp_path: Path,
) -> None:
    report = look(write(tmp_path / "a.json", json.dumps([sharegpt(n) for n in range(12)]).encode()))
    same = look(write(tmp_path / "a.jsonl", [json.dumps(each).encode() for each in ASKED]))
    assert report.format == "chat"
    assert report.tokens == same.tokens
    assert not report.valid
    assert set(report.counts) - set(same.counts) == {
        "not_json_lines",
        "foreign_format",
        "file_name",
    }
    assert report.conversion is not None
    assert report.conversion.container == ["json_array"]
    assert report.conversion.shapes == {"sharegpt": 12}
    assert [each.line for each in report.conversion.examples] == [1, 2, 3]
    first = report.conversion.examples[0]
    assert '"conversations"' in first.before
    assert '"messages"' in first.after
    assert same.conversion is None


def test_rows_of_several_shapes_are_each_converted_by_their_own_and_their_lines_named(
    tmp_path: Path,
) -> None:
    rows: list[Example] = [
        chat(0),
        sharegpt(1),
        {"question": question(2), "answer": answer(2)},
        sharegpt(3),
        {"nobody": "knows"},
    ]
    path = write(tmp_path / "a.jsonl", [json.dumps(row).encode() for row in rows])
    made = read(path)
    assert made[0] == rows[0]
    assert made[1:4] == ASKED[1:4]
    assert made[4] == rows[4]
    found = of_code(look(path), "foreign_format")
    assert [(each.line, said(each)) for each in found] == [
        (2, "2 examples are written as ShareGPT (conversations), first in line 2, 4."),
        (3, "1 example is written as question and answer, in line 3."),
    ]


def test_a_file_in_our_own_format_is_read_where_it_is(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", chats())
    with as_json_lines(path, path.name) as source:
        assert source.path == path
        assert (source.findings, source.conversion) == ((), None)


def test_a_row_that_is_not_understood_stays_as_it_is_on_its_line(tmp_path: Path) -> None:
    odd = [
        b'{"conversations": [{"from": "human", "from": "gpt", "value": "a"}]}',
        b"",
        b'{"conversations": [{"from": "human", "value": "\\ud83d"}]}',
        b"not JSON",
        b'{"conversations": [{"from": "human", "value": {"deep": %s}}]}'
        % (b"[" * 3000 + b"]" * 3000),
    ]
    first = json.dumps(sharegpt(1)).encode()
    made = lines(write(tmp_path / "a.jsonl", [first, *odd, first]))
    assert made[1:6] == odd
    assert json.loads(made[0]) == json.loads(made[6]) == ASKED[1]


def test_a_byte_order_mark_before_a_foreign_row_is_still_found(tmp_path: Path) -> None:
    content = b"\xef\xbb\xbf" + to_bytes([json.dumps(sharegpt(n)).encode() for n in range(12)])
    report = look(write(tmp_path / "a.jsonl", content))
    assert report.counts["byte_order_mark"] == 1
    assert report.examples == 12


def test_numbers_keep_their_digits_in_every_container(tmp_path: Path) -> None:
    number = b"12345678901234567890123456"
    row = json.dumps(sharegpt(1)).encode()[:-1] + b', "id": ' + number + b"}"
    for name, content in [
        ("a.jsonl", row),
        ("a.json", b"[" + row + b"]"),
        ("b.jsonl", row.replace(b', "', b',\n  "')),
    ]:
        (made,) = lines(write(tmp_path / name, content))
        assert b'"id":' + number in made
    table = b"question,answer,id\na,b," + number + b"\n"
    assert read(write(tmp_path / "a.csv", table))[0]["id"] == number.decode()


@pytest.mark.parametrize(
    ("name", "pack"), [("a.jsonl.gz", gzip.compress), ("a.jsonl.zst", zstd.compress)]
)
def test_a_compressed_file_is_read(name: str, pack: Any, tmp_path: Path) -> None:
    path = write(tmp_path / name, pack(to_bytes(chats())))
    report = look(path)
    assert report.tokens == look(write(tmp_path / "same.jsonl", chats())).tokens
    assert report.counts["not_json_lines"] == 1
    assert report.conversion is not None
    assert report.conversion.container == [{".gz": "gzip", ".zst": "zstd"}[path.suffix]]
    table = pack(b"question,answer\n" + b"a,b\n" * 12)
    inner = look(write(tmp_path / name.replace("jsonl", "csv"), table))
    assert inner.conversion is not None
    assert inner.conversion.container[1:] == ["csv"]
    assert inner.counts["not_json_lines"] == 2


def test_a_tar_archive_is_named_even_where_it_is_compressed(tmp_path: Path) -> None:
    tar = b"train.jsonl".ljust(257, b"\0") + b"ustar\x0000".ljust(255, b"\0") + to_bytes(chats())
    with pytest.raises(DatasetError, match="an archive"):
        look(write(tmp_path / "a.tar.gz", gzip.compress(tar)))


@pytest.mark.parametrize("key", ["data", "examples", "train"])
@pytest.mark.parametrize("indent", [None, 2])
def test_a_list_in_an_object_is_read(key: str, indent: int | None, tmp_path: Path) -> None:
    path = write(tmp_path / "a.json", json.dumps({key: ASKED}, indent=indent).encode())
    assert read(path) == ASKED
    assert "a JSON object around a list" in said(of_code(look(path), "not_json_lines")[0])


def test_what_stands_beside_a_list_in_an_object_is_not_lost_silently(tmp_path: Path) -> None:
    path = write(tmp_path / "a.json", json.dumps({"data": ASKED, "version": 2}).encode())
    with pytest.raises(DatasetError, match="after element 12"):
        look(path)


def test_one_long_example_over_several_lines_is_one_row(tmp_path: Path) -> None:
    example = chat(1, message("user", "a"), message("assistant", "b " * 100_000))
    path = write(tmp_path / "a.json", json.dumps(example, indent=2).encode())
    assert read(path) == [example]


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b'[\n{"a": 1},\n{"a": 2', 3),
        (b'[\n{"a": 1},\n', 3),
        (b'[{"a": 1}] and more', 1),
        (b'{\n"a": [1,\n2', 3),
        (b'{\n"a": 1,\n}\n', 3),
    ],
)
def test_broken_json_is_refused_with_its_line(content: bytes, line: int, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=rf"wrong in line {line}, after"):
        look(write(tmp_path / "a.json", content))


def test_a_broken_first_line_is_no_other_container(tmp_path: Path) -> None:
    report = look(write(tmp_path / "a.jsonl", [b'{"messages": [', *chats()]))
    assert report.counts["invalid_json"] == 1
    assert report.examples == 12


def test_every_shape_and_container_has_its_words_in_every_language(tmp_path: Path) -> None:
    path = write(tmp_path / "a.json", json.dumps([sharegpt(n) for n in range(2)]).encode())
    for language in ("en", "ko", "zh"):
        text = text_for(language)
        for finding in look(path).findings:
            assert "finding." not in text(finding.message)


@pytest.mark.parametrize(
    "row",
    [
        {"prompt": "a", "completion": "b", "label": True},
        {
            "prompt": [message("user", "a")],
            "completion": [message("assistant", "b")],
            "label": False,
        },
        {"messages": [message("user", "a"), message("assistant", "b")], "label": True},
        {"conversations": sharegpt(1)["conversations"], "kto_tag": False},
        {"instruction": "a", "output": "b", "label": True},
    ],
)
def test_kto_is_named_and_never_read_as_chat_or_as_pairs(row: Example, tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", [json.dumps(row).encode()] * 12)
    report = look(path)
    assert report.format == "kto"
    assert not report.valid
    assert "kto" in said(of_code(report, "format_not_trained")[0])
    assert {"conflicting_answers", "example_unrecognized_key"}.isdisjoint(report.counts)
    key = "label" if "label" in row else "kto_tag"
    assert read(path)[0][key] == row[key]


def test_a_class_beside_a_pair_is_no_kto(tmp_path: Path) -> None:
    report = look(
        write(tmp_path / "a.jsonl", [b'{"prompt": "a", "completion": "b", "label": "x"}'])
    )
    assert report.format == "prompt_completion"


def test_text_to_train_on_as_it_stands_is_named(tmp_path: Path) -> None:
    rows = [json.dumps({"text": question(n) + answer(n), "url": "a"}).encode() for n in range(12)]
    report = look(write(tmp_path / "a.jsonl", rows))
    assert report.format == "text"
    assert report.tokens.assistant == report.tokens.total > 0
    assert "text" in said(of_code(report, "format_not_trained")[0])


def test_a_file_that_nobody_knows_is_said_to_be_with_its_keys_and_the_nearest_formats(
    tmp_path: Path,
) -> None:
    rows = [b'{"message": [{"role": "user"}], "n": 1}'] * 12
    report = look(write(tmp_path / "a.jsonl", rows))
    (finding,) = of_code(report, "unknown_format")
    assert said(finding) == (
        'No line is an example of a known format. The first ones have the keys "message" and "n".'
    )
    assert text_for("en")(finding.hint).startswith("Write them as one of the nearest: chat or ")
    assert "missing_messages_list" not in report.counts
    table = b"topic,questions,answers\n" + b"a,b,c\n" * 12
    (finding,) = of_code(look(write(tmp_path / "a.csv", table)), "unknown_format")
    assert '"questions"' in said(finding)
    assert "question and answer" in text_for("en")(finding.hint)
