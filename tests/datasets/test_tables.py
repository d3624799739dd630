"""Tables and JSON arrays hold the same as JSON Lines."""

import csv
import json
from pathlib import Path
from typing import Any, cast

import openpyxl
import pyarrow as pa
import pytest
from pyarrow import parquet

from tests.datasets.files import chat, chats, look, of_code, pair, pairs, said, to_bytes, write
from tunesmith.bot.datasets import Selection, inspect_sync
from tunesmith.bot.errors import DatasetError
from tunesmith.bot.providers.catalogue import load_catalogue


def table(path: Path, rows: list[list[str]], separator: str = ",") -> Path:
    """A CSV file."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=separator).writerows(rows)
    return path


PAIRS = [pair(f'질문 {n}, "so"\n\n###\n\n', f" 답 {n} END") for n in range(12)]
ROWS = [["prompt", "completion"], *([p["prompt"], p["completion"]] for p in PAIRS)]


@pytest.mark.parametrize(("name", "separator"), [("a.csv", ","), ("a.csv", ";"), ("a.tsv", "\t")])
def test_a_table_is_read_as_its_json_lines_would_be(
    name: str, separator: str, tmp_path: Path
) -> None:
    report = look(table(tmp_path / name, ROWS, separator))
    same = look(write(tmp_path / "same.jsonl", PAIRS))
    assert report.tokens == same.tokens
    assert report.format == same.format
    assert of_code(report, "not_json_lines")


def test_a_finding_in_a_table_names_its_row(tmp_path: Path) -> None:
    rows = [*ROWS, ["a question\n\n###\n\n", ""]]
    report = look(table(tmp_path / "a.csv", rows))
    assert [finding.line for finding in of_code(report, "empty_completion")] == [14]


def test_an_excel_sheet_is_read(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in ROWS:
        sheet.append(row)
    book.save(tmp_path / "a.xlsx")
    report = look(tmp_path / "a.xlsx")
    assert report.tokens == look(write(tmp_path / "same.jsonl", PAIRS)).tokens
    # As the bot keeps files, whose name is told apart.
    kept = (tmp_path / "a.xlsx").rename(tmp_path / "0f343b0931126a20")
    selection = Selection(load_catalogue())
    again = inspect_sync(kept, name="a.xlsx", selection=selection)
    assert again.tokens == report.tokens


def test_messages_in_a_cell_are_json(tmp_path: Path) -> None:
    rows = [["messages"], *([json.dumps(chat(number)["messages"])] for number in range(12))]
    report = look(table(tmp_path / "a.csv", rows))
    assert report.format == "chat"
    assert report.tokens == look(write(tmp_path / "same.jsonl", chats(12, 0))).tokens


def test_a_parquet_file_is_read_with_nested_columns(tmp_path: Path) -> None:
    table = cast("Any", pa.Table).from_pylist(chats(12))  # pyarrow has no types
    parquet.write_table(table, tmp_path / "a.parquet")
    report = look(tmp_path / "a.parquet")
    assert report.format == "chat"
    assert report.examples == 12
    assert report.tokens == look(write(tmp_path / "same.jsonl", chats(12))).tokens


@pytest.mark.parametrize("indent", [None, 2])
def test_a_json_array_is_read_on_one_line_or_many(indent: int | None, tmp_path: Path) -> None:
    path = write(tmp_path / "a.json", json.dumps(chats(12), indent=indent).encode())
    report = look(path)
    assert report.examples == 12
    assert report.tokens == look(write(tmp_path / "same.jsonl", chats(12))).tokens


def test_objects_over_several_lines_are_read(tmp_path: Path) -> None:
    text = "\n".join(json.dumps(example, indent=2) for example in chats(12))
    report = look(write(tmp_path / "a.jsonl", text.encode()))
    assert report.examples == 12
    assert "several lines" in said(of_code(report, "not_json_lines")[0])


def test_a_list_on_each_line_is_not_taken_for_an_array(tmp_path: Path) -> None:
    report = look(write(tmp_path / "a.jsonl", b'[{"role": "user"}]\n' * 12))
    assert report.counts["data_type"] == 12


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_is_read_where_it_is_marked(encoding: str, tmp_path: Path) -> None:
    mark = {"utf-16": "", "utf-16-le": "\ufeff", "utf-16-be": "\ufeff"}[encoding]
    content = (mark + to_bytes(chats(12)).decode()).encode(encoding)
    report = look(write(tmp_path / "a.jsonl", content))
    assert report.counts.keys() >= {"not_utf8"}
    assert report.examples == 12


def test_a_broken_array_is_refused_with_the_place(tmp_path: Path) -> None:
    content = json.dumps(chats(3), indent=1).encode()[:-40]
    with pytest.raises(DatasetError, match="line 46, after element 2: the string"):
        look(write(tmp_path / "a.json", content))


@pytest.mark.parametrize("name", ["a.xlsx", "a.parquet"])
def test_a_table_that_is_none_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="not a"):
        look(write(tmp_path / name, to_bytes(pairs())))


def test_a_json_lines_file_is_recognised_whatever_its_name(tmp_path: Path) -> None:
    report = look(write(tmp_path / "a.csv", chats(12)))
    assert report.examples == 12
    assert "not_json_lines" not in report.counts
