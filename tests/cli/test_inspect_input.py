"""`tunesmith inspect` and `split`: files, pipes, standard input, and how the command ends."""

import os
import pty
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from typer.testing import CliRunner, Result

from tests.datasets.files import chats, to_bytes, write
from tests.support.waiting import PATIENCE
from tunesmith.bot.cli import app

_GOOD = to_bytes(chats())
_COMMAND = [sys.executable, "-m", "tunesmith.bot"]


def run(*arguments: str | Path, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(app, [*map(str, arguments)], input=stdin)


def start(
    *arguments: str | Path,
    stdin: int | None = None,
    stdout: int | None = None,
    env: dict[str, str] | None = None,
    start_new_session: bool = False,
) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [*_COMMAND, *map(str, arguments)],
        stdin=stdin,
        stdout=stdout,
        stderr=subprocess.PIPE,
        env=env,
        start_new_session=start_new_session,
    )


def test_standard_input_is_read() -> None:
    result = run("inspect", "-", stdin=_GOOD + b"\n")
    assert result.exit_code == 1
    assert "<stdin>:13: blank_line " in result.stdout
    assert "file_name" not in result.stdout


def test_a_fifo_is_read(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    writer = subprocess.Popen(["/bin/sh", "-c", f"cat > {fifo}"], stdin=subprocess.PIPE)
    assert writer.stdin is not None
    writer.stdin.write(_GOOD)
    writer.stdin.close()
    result = run("inspect", fifo)
    assert writer.wait() == 0
    assert result.exit_code == 0
    assert "1 of 1 file valid" in result.stdout


def test_the_missing_file_is_blamed_and_the_others_are_reported(tmp_path: Path) -> None:
    good = write(tmp_path / "good.jsonl", _GOOD)
    result = run("inspect", tmp_path / "missing.jsonl", good, tmp_path)
    assert result.exit_code == 2
    missing, folder = result.stderr.splitlines()
    assert "missing.jsonl cannot be read" in missing
    assert f"{tmp_path}: This is a folder" in folder
    assert f"{good}: few_examples" in result.stdout


@pytest.mark.parametrize("content", [None, b""])
def test_a_validation_file_that_cannot_be_read_is_blamed(
    content: bytes | None, tmp_path: Path
) -> None:
    good, other = write(tmp_path / "good.jsonl", _GOOD), tmp_path / "other.jsonl"
    if content is not None:
        other.write_bytes(content)
    result = run("inspect", good, "--validation", other)
    assert result.exit_code == 2
    assert "other.jsonl" in result.stderr
    assert "good.jsonl" not in result.stderr


def test_a_name_cannot_steer_the_terminal(tmp_path: Path) -> None:
    path = write(tmp_path / "a\x1b[31m\n.jsonl", _GOOD)
    said = run("inspect", path).stdout
    assert "\x1b" not in said
    assert said.count("few_examples") == 1


@pytest.mark.parametrize("form", ["text", "json", "sarif"])
def test_a_closed_pipe_ends_the_command_quietly(form: str, tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", b"[]\n" * 3_000)
    with start("inspect", path, "--output-format", form, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 141


@pytest.fixture
def _interruptible() -> Iterator[None]:
    """Programs hear interrupts, also where these tests were begun in the background of a script."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("_interruptible")
def test_an_interrupt_ends_the_command_quietly_and_leaves_nothing(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    folder = tmp_path / "temporary"
    folder.mkdir()
    with start(
        "inspect",
        "-",
        "--fix",
        out,
        stdin=subprocess.PIPE,
        env=os.environ | {"TMPDIR": str(folder)},
        start_new_session=True,
    ) as process:
        deadline = time.monotonic() + PATIENCE
        while not list(folder.iterdir()) and time.monotonic() < deadline:
            time.sleep(0.02)  # until it reads standard input
        assert list(folder.iterdir())
        children = psutil.Process(process.pid).children(recursive=True)
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(PATIENCE) == 130
        assert process.stderr is not None
        assert process.stderr.read() == b""
    assert not psutil.wait_procs(children, timeout=PATIENCE)[1]
    assert list(folder.iterdir()) == []
    assert list(tmp_path.iterdir()) == [folder]


def test_a_bug_is_told_apart_from_findings_and_from_unreadable_files(tmp_path: Path) -> None:
    code = (
        "import sys; from tunesmith.bot.cli.inspect.session import Session\n"
        "del Session.inspect\n"
        "from tunesmith.bot.__main__ import main; main()"
    )
    path = write(tmp_path / "a.jsonl", _GOOD)
    command = [sys.executable, "-c", code, "inspect", str(path)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 3
    assert "AttributeError" in ended.stderr
    assert "bug in Tunesmith" in ended.stderr.splitlines()[-1]


def test_long_work_shows_a_bar_on_a_terminal(tmp_path: Path) -> None:
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [*_COMMAND, "inspect", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=slave,
        env=os.environ | {"TERM": "xterm", "COLUMNS": "80"},
    )
    os.close(slave)
    seen = b""
    while b"<stdin>" not in seen and select.select([master], [], [], PATIENCE)[0]:
        seen += os.read(master, 4096)
    assert b"<stdin>" in seen
    process.communicate(_GOOD, timeout=PATIENCE)
    os.close(master)
    assert process.returncode == 0


def test_split_writes_two_files_without_a_common_question(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", chats(40))
    one, two = tmp_path / "one.jsonl", tmp_path / "two.jsonl"
    options = ["--training", one, "--validation", two, "--share", "0.2"]
    result = run("split", path, *options)
    assert result.exit_code == 0
    assert "32 examples" in result.stdout
    lines = one.read_bytes().splitlines(), two.read_bytes().splitlines()
    assert sorted([*lines[0], *lines[1]]) == sorted(path.read_bytes().splitlines())
    assert len(lines[1]) == 8


def test_split_overwrites_nothing_without_force(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", chats(40))
    one, two = tmp_path / "one.jsonl", write(tmp_path / "two.jsonl", b"kept")
    options = ["--training", one, "--validation", two]
    with start("split", path, *options) as refused:
        assert refused.stderr is not None
        assert b"two.jsonl exists already" in refused.stderr.read()
    assert refused.returncode == 2
    assert (one.exists(), two.read_bytes()) == (False, b"kept")
    assert run("split", path, *options, "--force").exit_code == 0
    assert run("split", path, "--training", path, "--validation", two, "--force").exit_code != 0
    assert path.read_bytes() == to_bytes(chats(40))


def test_split_leaves_nothing_where_a_file_cannot_be_split(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", chats(4))
    one, two = tmp_path / "one.jsonl", tmp_path / "two.jsonl"
    assert run("split", path, "--training", one, "--validation", two).exit_code != 0
    assert list(tmp_path.iterdir()) == [path]
