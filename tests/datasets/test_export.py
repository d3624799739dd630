"""Findings as files for a spreadsheet or a program, and the lengths as a picture."""

import csv
import io
import json
from pathlib import Path

import pytest
from PIL import Image

from tests.datasets.files import chat, chats, message, write
from tunesmith.bot.datasets import Question, Report, inspect_sync
from tunesmith.bot.datasets.export import histogram, write_csv, write_json
from tunesmith.bot.providers.catalogue import load_catalogue


@pytest.fixture
def inspected(tmp_path: Path) -> tuple[Report, Path]:
    """A report, and the file of all findings."""
    bad = [chat(0, message('=HYPERLINK("http://x")', "q"), message("assistant", "a"))] * 30
    path = write(tmp_path / "a.jsonl", [*chats(), *bad])
    findings = tmp_path / "findings.jsonl"
    question = Question(load_catalogue())
    return inspect_sync(path, name="a.jsonl", question=question, findings=findings), findings


def test_the_table_has_every_finding_and_no_formula(
    inspected: tuple[Report, Path], tmp_path: Path
) -> None:
    report, findings = inspected
    write_csv(findings, tmp_path / "out.csv")
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


def test_the_histogram_is_a_picture(inspected: tuple[Report, Path]) -> None:
    with Image.open(io.BytesIO(histogram(inspected[0]))) as picture:
        assert picture.format == "PNG"
        assert picture.width > 800


def test_a_report_goes_through_json_and_back(inspected: tuple[Report, Path]) -> None:
    report = inspected[0]
    assert Report.model_validate(report.model_dump(mode="json")) == report
