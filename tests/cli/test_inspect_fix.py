"""`tunesmith inspect --fix`, `--dry-run` and `--diff`: what is written, told and kept."""

from pathlib import Path

import orjson
import pytest
from typer.testing import CliRunner, Result

from tests.datasets.files import chat, chats, message, question, to_bytes, write
from tunesmith.bot.cli import app
from tunesmith.bot.cli.inspect.choices import Target
from tunesmith.bot.datasets.conversion.convert import TARGETS


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["inspect", *map(str, arguments)])


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    """A blank line (error), and a repeated example (warning)."""
    return write(tmp_path / "a.jsonl", [*chats(), b"", chats(1)[0]])


def test_the_fixed_file_is_reported_on_and_decides_the_exit_code(bad: Path) -> None:
    out = bad.with_name("out.jsonl")
    assert run(bad).exit_code == 1
    result = run(bad, "--fix", out)
    assert result.exit_code == 0
    assert result.stdout.startswith(f"{out}:")
    assert "blank_line 1" in result.stderr
    assert str(out) in result.stderr.splitlines()[-1]


def test_a_row_is_only_removed_where_its_rule_is_named(bad: Path) -> None:
    out = bad.with_name("out.jsonl")
    assert "exact_duplicate Same example as line 1.\n" in run(bad).stdout
    run(bad, "--fix", out, "--select", "warning")
    assert out.read_bytes() == bad.read_bytes()
    run(bad, "--fix", out, "--select", "blank_line,exact_duplicate", "--force")
    assert out.read_bytes() == to_bytes(chats())


def test_what_is_ignored_is_not_fixed(bad: Path) -> None:
    out = bad.with_name("out.jsonl")
    assert "Nothing to fix" in run(bad, "--fix", out, "--ignore", "error").stderr
    assert out.read_bytes() == bad.read_bytes()


def test_a_dry_run_tells_what_would_change_and_writes_nothing(bad: Path) -> None:
    out = bad.with_name("out.jsonl")
    for options in (["--dry-run"], ["--dry-run", "--fix", str(out)]):
        result = run(bad, *options)
        assert result.exit_code == 1
        assert "Would fix" in result.stderr
        assert "@@ -13 @@ blank_line" in result.stderr
        assert result.stdout.startswith(f"{bad}:")
    assert list(bad.parent.iterdir()) == [bad]


def test_the_diff_has_every_line_that_differs_in_full(tmp_path: Path) -> None:
    odd = [chat(number, message("User", question(number)), mood="x") for number in range(30)]
    path, out = write(tmp_path / "a.jsonl", [*odd, b"", *chats()]), tmp_path / "out.jsonl"
    result = run(path, "--diff")
    assert result.exit_code == 1
    assert "Would fix" in result.stderr
    run(path, "--fix", out)
    before, after = path.read_text().splitlines(), out.read_text().splitlines()
    lines = result.stdout.splitlines()[2:]
    assert {line[1:] for line in lines if line[0] == "-"} == set(before) - set(after)
    assert {line[1:] for line in lines if line[0] == "+"} == set(after) - set(before)


def test_nothing_differs_in_a_good_file(bad: Path) -> None:
    result = run(write(bad, chats()), "--diff")
    assert result.exit_code == 0
    assert result.stdout == ""


def test_the_given_file_and_what_is_no_file_are_never_written(bad: Path) -> None:
    before, folder = bad.read_bytes(), bad.parent
    taken = write(folder / "taken.jsonl", b"mine")
    assert run(bad, "--fix", taken).exit_code == 2
    assert taken.read_bytes() == b"mine"
    for out in (bad, folder, folder / "nowhere" / "out.jsonl"):
        assert run(bad, "--fix", out, "--force").exit_code == 2
    assert bad.read_bytes() == before
    assert {path.name for path in folder.iterdir()} == {"a.jsonl", "taken.jsonl"}


def test_a_file_of_an_unknown_format_is_not_fixed_and_says_so(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", b'{"colour": "red"}\n\n' * 12)
    assert "fixable" not in run(path).stdout
    result = run(path, "--fix", tmp_path / "out.jsonl")
    assert result.exit_code == 2
    assert "a.jsonl: The format of the file is unknown" in result.stderr
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_is_converted_to_the_format_that_is_asked_for(tmp_path: Path) -> None:
    rows = [{"instruction": f"Say {number}.", "output": f"{number}!"} for number in range(12)]
    path, out = write(tmp_path / "a.json", orjson.dumps(rows)), tmp_path / "out.jsonl"
    result = run(path, "--fix", out, "--to", "prompt_completion", "--provider", "nebius")
    assert result.stdout.startswith(f"{out}:")
    assert set(orjson.loads(out.read_bytes().splitlines()[0])) == {"prompt", "completion"}
    run(path, "--fix", out, "--force")
    assert set(orjson.loads(out.read_bytes().splitlines()[0])) == {"messages"}


def test_a_format_to_convert_to_needs_somewhere_to_write(bad: Path) -> None:
    result = run(bad, "--to", "chat")
    assert result.exit_code == 2
    assert "--fix OUT" in result.stderr
    impossible = run(bad, "--to", "preference", "--fix", bad.with_name("out.jsonl"))
    assert impossible.exit_code == 2
    assert [path.name for path in bad.parent.iterdir()] == ["a.jsonl"]


def test_every_format_that_can_be_converted_to_may_be_asked_for() -> None:
    assert [str(target) for target in Target] == [str(target) for target in TARGETS]
