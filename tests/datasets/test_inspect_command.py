"""`tunesmith inspect`: exit codes, JSON, the fixed file, and what the docs say of them."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from tests.datasets.files import chats, preferences, to_bytes, write
from tunesmith.bot.cli import app
from tunesmith.bot.datasets.rule import Rule
from tunesmith.bot.datasets.rules import RULES
from tunesmith.bot.messages.text import topic

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "inspect.md").read_text(encoding="utf-8")
BROKEN = ROOT / "docs" / "examples" / "broken.jsonl"


def run(*arguments: str | Path) -> Result:
    """Run the command."""
    return CliRunner().invoke(app, ["inspect", *map(str, arguments)])


def as_json(*arguments: str | Path) -> dict[str, Any]:
    """Run the command with JSON as its output."""
    return json.loads(run(*arguments, "--output-format", "json").stdout)


def test_exit_codes_tell_valid_files_from_bad_ones_and_from_none(tmp_path: Path) -> None:
    good = write(tmp_path / "good.jsonl", chats())
    assert run(good).exit_code == 0
    assert run(BROKEN).exit_code == 1
    assert run(good, BROKEN).exit_code == 1
    assert run(tmp_path / "missing.jsonl", good).exit_code == 2
    empty = run(write(tmp_path / "empty.jsonl", b""))
    assert empty.exit_code == 2
    assert "empty" in empty.stderr
    assert len(empty.stderr.splitlines()) == 1


def test_the_text_names_verdict_figures_costs_and_findings(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", [*chats(), b""])
    said = run(path, "--output-format", "grouped").stdout
    for words in (
        "not valid",
        "12 examples",
        "o200k_base",
        "p95",
        "gpt-4o-mini",
        "blank_line",
        "13",
    ):
        assert words in said


def test_json_has_the_fields_that_the_page_documents(tmp_path: Path) -> None:
    found = as_json(write(tmp_path / "a.jsonl", [*chats(), b""]))
    rows = re.search(r"### What `--output-format json` gives\n(.*?)\n## ", PAGE, re.DOTALL)
    assert rows is not None
    documented = {
        name
        for row in re.findall(r"^\| (.*?) \|", rows[1], re.MULTILINE)
        for name in re.findall(r"`(\w+)`", row)
    }
    assert set(found) == documented
    for field, key in (("findings", "findings"), ("costs", "costs")):
        row = re.search(rf"^\| `{field}` \| (.*) \|$", rows[1], re.MULTILINE)
        assert row is not None
        assert set(found[key][0]) <= set(re.findall(r"`(\w+)`", row[1]))
    assert found["findings"][0] | {"hint": "", "excerpt": ""} == {
        "code": "blank_line",
        "severity": "error",
        "line": 13,
        "path": "",
        "message": "The line is blank, so it is not a JSON object.",
        "hint": "",
        "excerpt": "",
    }
    assert set(found["tokens"]["per_example"]) == {"min", "max", "mean", "median", "p5", "p95"}
    paid = next(cost for cost in found["costs"] if cost["model"] == "gpt-4o-mini-2024-07-18")
    assert paid["usd"] == pytest.approx(paid["billed_tokens"] * 3 / 1e6)
    assert paid["billed_tokens"] == found["tokens"]["total"] * paid["epochs"]


def test_json_lists_every_finding_not_only_the_worst(tmp_path: Path) -> None:
    found = as_json(write(tmp_path / "a.jsonl", b"[]\n" * 500))
    assert sum(finding["code"] == "data_type" for finding in found["findings"]) == 500


def test_several_files_are_a_line_of_json_each(tmp_path: Path) -> None:
    files = [write(tmp_path / f"{number}.jsonl", chats(12 + number)) for number in range(3)]
    lines = run(*files, "--output-format", "json").stdout.splitlines()
    assert [json.loads(line)["examples"] for line in lines] == [12, 13, 14]


def test_provider_model_and_method_narrow_the_answer(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", preferences())
    found = as_json(path, "--provider", "openai", "--model", "gpt-4.1-2025-04-14")
    assert [(cost["provider"], cost["model"]) for cost in found["costs"]] == [
        ("openai", "gpt-4.1-2025-04-14")
    ]
    assert found["method"] == "dpo"
    assert run(path, "--method", "supervised").exit_code == 1


def test_free_tokens_and_hosting_are_told_where_the_catalogue_sets_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "a.jsonl", chats())
    before = run(path, "--output-format", "grouped").output
    assert "hosting $/h" not in before
    assert "free)" not in before
    own = tmp_path / "catalogue.toml"
    own.write_text(
        '[providers.azure]\nhosting_usd_per_hour = "1.70"\n'
        '[[providers.openai.models]]\nname = "gpt-4.1-mini-2025-04-14"\nfree_train_tokens = 50\n'
    )
    monkeypatch.setenv("TUNESMITH_CATALOGUE", str(own))
    rows = run(path, "--output-format", "grouped").output.splitlines()
    assert any("hosting $/h" in row for row in rows)
    assert any("azure/" in row and "1.70" in row for row in rows)
    assert any("gpt-4.1-mini" in row and "(50 free)" in row for row in rows)


def test_fix_writes_a_corrected_file_and_keeps_the_original(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", [*chats(), b"", chats(1)[0]])
    out = tmp_path / "out.jsonl"
    result = run(path, "--fix", out)
    assert result.exit_code == 0
    assert "blank_line 1" in result.stderr
    assert result.stdout.startswith(f"{out}:")
    assert out.read_bytes() == to_bytes([*chats(), *chats(1)])
    assert run(path, "--fix", path).exit_code == 2
    assert run(path, out, "--fix", out).exit_code == 2


def test_a_validation_file_is_checked_along(tmp_path: Path) -> None:
    training = write(tmp_path / "a.jsonl", chats(30))
    validation = write(tmp_path / "b.jsonl", chats(10))
    found = as_json(training, "--validation", validation)
    assert found["counts"]["validation_overlap"] == 10
    assert found["validation"]["examples"] == 10


def test_every_code_is_on_the_page_with_its_severity_its_fix_and_its_words() -> None:
    row = r"^\| `(\w+)` \| (error|warning|note)( ✎| \(✎\))? \| (.*) \|$"
    rows = re.findall(row, PAGE, re.MULTILINE)
    documented = {code: (severity, fix.strip(), words) for code, severity, fix, words in rows}
    assert documented == {
        code: (str(rule.severity), _fix_mark(rule), _on_the_page(code))
        for code, rule in RULES.items()
    }


def _fix_mark(rule: Rule) -> str:
    if rule.on_request:
        return "(✎)"
    return "✎" if rule.fixable else ""


def _on_the_page(code: str) -> str:
    """A code's English, with the bare names of its placeholders."""
    entry = topic("en", "finding")[f"message.{code}"]
    words = entry if isinstance(entry, str) else entry["other"]
    return re.sub(r"\{(\w+):\w+\}", r"{\1}", words)


def test_the_broken_example_is_broken_where_the_page_says() -> None:
    found = as_json(BROKEN)
    told: dict[int, set[str]] = {}
    for line, words in re.findall(r"^\| (\d+) \| (.*) \|$", PAGE, re.MULTILINE):
        told[int(line)] = set(re.findall(r"`(\w+)`", words))
    seen: dict[int, set[str]] = {line: set() for line in told}
    for finding in found["findings"]:
        if finding["line"] is not None:
            seen.setdefault(finding["line"], set()).add(finding["code"])
    assert seen == told


def test_the_pages_samples_are_what_the_command_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    path = BROKEN.relative_to(ROOT)
    screen, lines = re.findall(r"\$ tunesmith inspect .*?\n(.*?)  …\n", PAGE, re.DOTALL)
    assert run(path, "--output-format", "grouped").stdout.startswith(screen)
    assert lines.strip() in run(path).stdout
