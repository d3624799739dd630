"""Findings as files for a spreadsheet or a program, and the lengths as a picture."""

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from tests.datasets.files import chat, chats, message, write
from tunesmith.bot.datasets import Report, Selection, inspect_sync
from tunesmith.bot.datasets.export import write_csv, write_json
from tunesmith.bot.datasets.findings import Severity
from tunesmith.bot.datasets.histogram import Labels, histogram
from tunesmith.bot.datasets.report import Finding
from tunesmith.bot.messages import say, text_for
from tunesmith.bot.providers.catalogue import load_catalogue

_LABELS = Labels("Tokens", "Examples", "Median", "95th percentile")


@pytest.fixture
def inspected(tmp_path: Path) -> tuple[Report, Path]:
    """A report, and the file of all findings."""
    bad = [chat(0, message('=HYPERLINK("http://x")', "q"), message("assistant", "a"))] * 30
    path = write(tmp_path / "a.jsonl", [*chats(), *bad])
    findings = tmp_path / "findings.jsonl"
    selection = Selection(load_catalogue())
    return inspect_sync(path, name="a.jsonl", selection=selection, findings=findings), findings


def test_the_table_has_every_finding_and_no_formula(
    inspected: tuple[Report, Path], tmp_path: Path
) -> None:
    report, findings = inspected
    write_csv(findings, tmp_path / "out.csv", text_for("en"))
    rows = list(csv.DictReader(io.StringIO((tmp_path / "out.csv").read_text("utf-8-sig"))))
    assert len(rows) == sum(report.counts.values())
    assert {row["code"] for row in rows} == set(report.counts)
    assert not [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "@"))]


def test_the_json_has_the_report_and_every_finding(
    inspected: tuple[Report, Path], tmp_path: Path
) -> None:
    report, findings = inspected
    write_json(report, findings, tmp_path / "out.json")
    read = json.loads((tmp_path / "out.json").read_text())
    assert len(read["findings"]) == sum(report.counts.values())
    assert read["counts"] == report.counts


def test_the_table_is_in_its_readers_language_and_the_json_in_english(
    inspected: tuple[Report, Path], tmp_path: Path
) -> None:
    report, findings = inspected
    write_csv(findings, tmp_path / "out.csv", text_for("ko"))
    write_json(report, findings, tmp_path / "out.json")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "out.csv").read_text("utf-8-sig"))))
    listed = json.loads((tmp_path / "out.json").read_text())["findings"]
    assert [row["code"] for row in rows] == [finding["code"] for finding in listed]
    (korean,) = {row["message"] for row in rows if row["code"] == "unrecognized_role"}
    (english,) = {one["message"] for one in listed if one["code"] == "unrecognized_role"}
    assert korean.startswith("알 수 없는 역할(role)입니다: ")
    assert english.startswith("Unknown role: ")


@pytest.mark.parametrize("longest", [1, 40, 5_000])
def test_the_histogram_is_a_picture_whatever_the_lengths(longest: int, tmp_path: Path) -> None:
    asked = message("user", "q")
    lengths = [*(n % 40 for n in range(200)), longest]
    examples = [chat(0, asked, message("assistant", "word " * n)) for n in lengths]
    path = write(tmp_path / "a.jsonl", examples)
    report = inspect_sync(path, name="a.jsonl", selection=Selection(load_catalogue()))
    with Image.open(io.BytesIO(histogram(report.tokens, _LABELS, _LABELS))) as picture:
        assert picture.format == "PNG"
        assert picture.size == (1200, 510)


def test_labels_that_no_font_can_draw_give_way_to_plain_ones(
    inspected: tuple[Report, Path],
) -> None:
    tokens = inspected[0].tokens
    unknown = replace(_LABELS, examples="\U000e0001")
    plain = histogram(tokens, _LABELS, _LABELS)
    assert histogram(tokens, unknown, _LABELS) == plain
    assert histogram(tokens, replace(_LABELS, examples="Other"), _LABELS) != plain


def test_a_report_goes_through_json_and_back(inspected: tuple[Report, Path]) -> None:
    report = inspected[0]
    assert Report.model_validate(report.model_dump(mode="json")) == report


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r=", "\n=", "＝", "＠"])
def test_no_cell_begins_as_a_formula_does_and_nothing_of_it_is_lost(
    start: str, tmp_path: Path
) -> None:
    excerpt = f"{start}HYPERLINK(1)"
    finding = Finding(
        code="secret",
        severity=Severity.ERROR,
        line=1,
        path="",
        message=say("reading.empty"),
        hint=say("reading.empty"),
        excerpt=excerpt,
    )
    listed = write(tmp_path / "list", finding.model_dump_json().encode() + b"\n")
    write_csv(listed, tmp_path / "out.csv", text_for("en"))
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as file:
        [row] = csv.DictReader(file)
    assert row["excerpt"] == f"'{excerpt}"
