"""`tunesmith inspect`: the forms of its output, and what --select and --ignore leave of it."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from tests.datasets.files import Line, chats, message, pairs, write
from tunesmith.bot.cli import app
from tunesmith.bot.datasets.rules import RULES
from tunesmith.bot.providers.refusals import refusing


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["inspect", *map(str, arguments)])


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    """A blank line (error, fixable), a phone number (warning), few examples (note)."""
    told = {
        "messages": [message("user", "Where?"), message("assistant", "Call +82 2-2287-0114, 50%.")]
    }
    return write(tmp_path / "a.jsonl", [*chats(), b"", told])


def test_a_pipe_gets_one_finding_a_line_with_file_line_code_message_and_mark(bad: Path) -> None:
    lines = run(bad).stdout.splitlines()
    assert f"{bad}:13: blank_line The line is blank, so it is not a JSON object. [fixable]" in lines
    assert any(re.match(rf"{bad}:14: personal_data messages\[1\]\.content: ", x) for x in lines)
    assert f"{bad}: few_examples The file has 13 examples." in lines
    assert lines[-3].startswith("4 findings: 1 error, 1 warning, 2 notes")
    assert lines[-2] == "Up to 1 of 4 fixable with --fix."
    assert lines[-1] == "0 of 1 file valid for openai."


@pytest.mark.parametrize(("rows", "marked"), [(pairs(), True), ([{"text": "a"}] * 12, False)])
def test_only_pairs_that_nobody_trains_are_called_fixable(
    rows: list[Line], marked: bool, tmp_path: Path
) -> None:
    (found,) = re.findall(r"format_not_trained .*", run(write(tmp_path / "a.jsonl", rows)).stdout)
    assert found.endswith("[fixable]") is marked


def test_findings_of_a_file_stand_in_the_order_of_its_lines(bad: Path) -> None:
    found = re.findall(rf"^{bad}:(\d+): ", run(bad).stdout, re.MULTILINE)
    assert found == sorted(found, key=int)


def test_the_grouped_view_begins_with_the_verdict_and_ends_with_the_prices(bad: Path) -> None:
    said = run(bad, "--output-format", "grouped").stdout
    places = [
        said.index(words)
        for words in ("not valid for openai", "blank_line ×1", "1 of 4 fixable", "o200k_base", "$")
    ]
    assert places == sorted(places)
    assert said.startswith(str(bad))


def test_a_convertible_file_shows_its_first_rows_before_and_after(tmp_path: Path) -> None:
    rows = [{"instruction": f"Say {number}.", "output": f"{number}!"} for number in range(12)]
    path = write(tmp_path / "a.jsonl", [*rows])
    said = run(path, "--output-format", "grouped").stdout
    assert "Convertible: --fix OUT" in said
    assert len(re.findall(r"^    - .*instruction", said, re.MULTILINE)) == 3
    assert len(re.findall(r"^    \+ .*messages", said, re.MULTILINE)) == 3


def test_only_selected_codes_and_severities_are_reported_and_count(bad: Path) -> None:
    assert run(bad, "--select", "warning,note").exit_code == 0
    assert run(bad, "--ignore", "error").exit_code == 0
    assert run(bad, "--ignore", "personal_data", "--ignore", "note").exit_code == 1
    said = run(bad, "--select", "personal_data").stdout
    assert set(re.findall(rf"^{bad}:?\d*: (\w+) ", said, re.MULTILINE)) == {"personal_data"}
    assert "3 findings are left out" in said


def test_the_verdict_does_not_depend_on_what_is_selected(bad: Path) -> None:
    found = json.loads(run(bad, "--ignore", "error", "--output-format", "json").stdout)
    assert found["valid"] is False
    assert "blank_line" not in found["counts"]
    assert {finding["code"] for finding in found["findings"]} == set(found["counts"])


@pytest.mark.parametrize("option", ["--select", "--ignore"])
def test_an_unknown_code_is_refused_with_the_nearest_ones(option: str, bad: Path) -> None:
    result = run(bad, option, "blank_lines")
    assert result.exit_code == 2
    assert "blank_line" in result.stderr.replace("blank_lines", "")
    assert run(bad, option, "qqqqqqq").exit_code == 2


def test_annotations_for_github_are_escaped(tmp_path: Path, bad: Path) -> None:
    odd = bad.rename(tmp_path / "a,b:c.jsonl")
    lines = run(odd, tmp_path / "no.jsonl", "--output-format", "github").stdout.splitlines()
    name = str(odd).replace(",", "%2C").replace(":", "%3A")
    blank = "The line is blank, so it is not a JSON object."
    assert f"::error file={name},line=13,title=blank_line::{blank}" in lines
    assert any(line.startswith(f"::notice file={name},title=few_examples::") for line in lines)
    assert any(line.startswith(f"::warning file={name},line=14,") for line in lines)
    assert any("no.jsonl,title=unreadable::" in line for line in lines)
    assert all(line.startswith("::") for line in lines)


def test_sarif_names_rules_levels_lines_and_files_that_cannot_be_read(
    tmp_path: Path, bad: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    found: dict[str, Any] = json.loads(
        run(bad.name, bad, "no.jsonl", "--output-format", "sarif").stdout
    )
    assert found["version"] == "2.1.0"
    (ran,) = found["runs"]
    rules = ran["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == list(RULES)
    assert all(rule["shortDescription"]["text"] and rule["help"]["text"] for rule in rules)
    for result in ran["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["message"]["text"]
    blank, again = (each for each in ran["results"] if each["ruleId"] == "blank_line")
    assert blank["level"] == "error"
    place = blank["locations"][0]["physicalLocation"]
    assert place == {"artifactLocation": {"uri": "a.jsonl"}, "region": {"startLine": 13}}
    uri = again["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == bad.as_uri()
    few = next(each for each in ran["results"] if each["ruleId"] == "few_examples")
    assert few["level"] == "note"
    assert "region" not in few["locations"][0]["physicalLocation"]
    (invocation,) = ran["invocations"]
    assert invocation["executionSuccessful"] is False
    (notified,) = invocation["toolExecutionNotifications"]
    assert "no.jsonl" in notified["message"]["text"]


def test_sarif_of_a_good_file_has_no_results(tmp_path: Path) -> None:
    path = write(tmp_path / "good.jsonl", chats(120))
    (ran,) = json.loads(run(path, "--output-format", "sarif").stdout)["runs"]
    assert ran["results"] == []
    assert ran["invocations"][0]["executionSuccessful"] is True


def test_explain_says_what_a_code_means_with_samples_and_its_fix() -> None:
    said = run("explain", "nul_character").stdout
    for words in ("nul_character", "warning", "→", r'"a\u0000b"', '"ab"', "--fix"):
        assert words in said
    assert "--select exact_duplicate" in run("explain", "exact_duplicate").stdout
    assert "no one right fix" in run("explain", "secret").stdout


def test_explain_names_the_providers_for_which_it_is_an_error() -> None:
    (refusing_it,) = re.findall(r"An error for: (.*)", run("explain", "unrecognized_role").stdout)
    assert set(refusing_it.split(", ")) == set(refusing("unrecognized_role"))
    assert "An error for" not in run("explain", "few_examples").stdout


def test_explain_without_a_code_lists_every_rule_and_refuses_unknown_ones() -> None:
    listed = {line.split()[0] for line in run("explain").stdout.splitlines()}
    assert listed == set(RULES)
    result = run("explain", "nul_characters")
    assert result.exit_code == 2
    assert "nul_character" in result.stderr.replace("nul_characters", "")


def test_a_file_called_explain_is_read_by_its_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "explain", chats())
    assert "./explain" in run("./explain").stdout
