"""Tables, workbooks and Parquet files are read row by row as one of our formats."""

import csv
import json
from pathlib import Path
from typing import Any, cast

import openpyxl
import pyarrow as pa
import pytest
from pyarrow import parquet

from tests.datasets.converted import lines, read
from tests.datasets.files import chat, look, message, of_code, pairs, said, to_bytes, write
from tunesmith.bot.datasets.conversion import source as conversion_source
from tunesmith.bot.errors import DatasetError


def sheet(book: openpyxl.Workbook, title: str, rows: list[list[Any]]) -> None:
    """A sheet with rows."""
    added = book.create_sheet(title)
    for row in rows:
        added.append(row)


def test_rows_of_a_table_keep_their_numbers_and_all_their_cells(tmp_path: Path) -> None:
    text = 'question,answer,,answer\nq1,a1,i1,b1\n\n"q\n2",,i2\nq3,a3,i3,b3,more\n\n\n'
    path = write(tmp_path / "a.csv", text.encode())
    made = lines(path)
    assert [bool(line) for line in made] == [True, False, True, True]
    first, second, third = (json.loads(line) for line in made if line)
    beside = {"column 3": "i1", "answer (column 4)": "b1"}
    assert first == {**chat(0, message("user", "q1"), message("assistant", "a1")), **beside}
    assert second["messages"][0]["content"] == "q\n2"
    assert third["column 5"] == "more"
    assert [each.line for each in of_code(look(path), "missing_content")] == [4]


def test_a_table_that_is_not_utf_8_is_refused_with_its_line(tmp_path: Path) -> None:
    content = "question,answer\na,b\nWo?,Köln\n".encode("latin-1")
    with pytest.raises(DatasetError, match="Line 3 is not UTF-8"):
        look(write(tmp_path / "a.csv", content))


def test_a_tsv_in_utf_16_is_read(tmp_path: Path) -> None:
    table = "question\tanswer\n" + "왜?\t그래서.\n" * 12
    assert len(read(write(tmp_path / "a.tsv", table.encode("utf-16")))) == 12


def test_all_sheets_with_the_columns_of_a_format_are_read_and_the_others_named(
    tmp_path: Path,
) -> None:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    sheet(book, "One", [["question", "answer"], *([f"q{n}", f"a{n}"] for n in range(3))])
    sheet(book, "Notes", [["todo"], ["more examples"]])
    sheet(book, "Two", [["instruction", "output"], *([f"q{n}", f"a{n}"] for n in range(3, 5))])
    book.save(tmp_path / "a.xlsx")
    made = read(tmp_path / "a.xlsx")
    assert [each["messages"][0]["content"] for each in made] == [f"q{n}" for n in range(5)]
    (finding,) = of_code(look(tmp_path / "a.xlsx"), "not_json_lines")
    assert said(finding) == (
        "The file is an Excel workbook: sheet One, rows 2 to 4 as counted here, sheet Notes "
        "without columns of a format, not read, and sheet Two, rows 5 to 6 as counted here; "
        "each row was read as an example."
    )


def test_a_later_sheet_is_converted_by_its_own_shape(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversion_source, "_HEAD", 1)
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    sheet(book, "One", [["prompt", "completion"], ["q0", "a0"], ["q1", "a1"]])
    sheet(book, "Two", [["instruction", "output"], ["q2", "a2"]])
    book.save(tmp_path / "a.xlsx")
    assert [list(each) for each in read(tmp_path / "a.xlsx")] == [
        ["prompt", "completion"],
        ["prompt", "completion"],
        ["messages"],
    ]


def test_parquet_is_read_as_hugging_face_writes_it(tmp_path: Path) -> None:
    called = {"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    turns = [
        {"role": "user", "content": "a"},
        {"role": "assistant", "content": None, "tool_calls": [called]},
        {"role": "tool", "content": "b", "tool_call_id": "c1"},
        {"role": "assistant", "content": "c"},
    ]
    rows = [{"messages": turns, "tools": json.dumps([{"name": "f"}]), "source": None}]
    table = cast("Any", pa.Table).from_pylist(rows)  # pyarrow has no types
    parquet.write_table(table, tmp_path / "a.parquet")
    declared = {"tools": [{"type": "function", "function": {"name": "f"}}]}
    assert read(tmp_path / "a.parquet") == [{"messages": turns, **declared}]
    sequence = [{"conversations": {"from": ["human", "gpt"], "value": ["a", "b"]}}]
    parquet.write_table(cast("Any", pa.Table).from_pylist(sequence), tmp_path / "b.parquet")
    assert read(tmp_path / "b.parquet") == [
        {"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}
    ]


def test_messages_in_the_cells_of_a_table_are_messages_and_other_json_is_text(
    tmp_path: Path,
) -> None:
    rows = [
        ["prompt", "completion"],
        [json.dumps([message("user", "a")]), json.dumps([message("assistant", "b")])],
        ['{"city": "Seoul"}', "[1, 2]"],
    ]
    with (tmp_path / "a.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    made = read(tmp_path / "a.csv")
    assert made[0] == {"messages": [message("user", "a"), message("assistant", "b")]}
    assert made[1] == {"prompt": '{"city": "Seoul"}', "completion": "[1, 2]"}


def test_pairs_in_a_table_stay_pairs(tmp_path: Path) -> None:
    path = write(tmp_path / "a.json", b"[" + b",".join(to_bytes(pairs()).splitlines()) + b"]")
    assert look(path).format == "prompt_completion"


def test_kto_in_a_table_is_kto_too(tmp_path: Path) -> None:
    table = b"prompt,completion,label\n" + b"a,b,True\na,c,False\n" * 6
    assert look(write(tmp_path / "a.csv", table)).format == "kto"
