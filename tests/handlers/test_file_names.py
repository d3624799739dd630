"""Which attached files are for us, by their names."""

import pytest

from tunesmith.handlers.dataset.tasks.check import is_training_file
from tunesmith.handlers.slack.payloads import SlackFile


@pytest.mark.parametrize(
    ("name", "attached", "asked"),
    [
        ("a.jsonl", True, True),
        ("A.JSONL.GZ", True, True),
        ("a.jsonl.zst", True, True),
        ("a.json", False, True),
        ("a.json.gz", False, True),
        ("a.csv", False, True),
        ("a.csv.gz", False, True),
        ("a.tar.gz", False, False),
        ("a.gz", False, False),
        ("notes.txt", False, False),
        (None, True, True),
    ],
)
def test_compressed_training_files_are_checked_and_tables_only_where_somebody_asks(
    name: str | None, attached: bool, asked: bool
) -> None:
    file = SlackFile(id="F1", name=name)
    assert is_training_file(file) == attached
    assert is_training_file(file, tables=True) == asked


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("a.jsonl", "a.jsonl"),
        ("학습 데이터.jsonl", "학습 데이터.jsonl"),
        ("../../etc/passwd.jsonl", "passwd.jsonl"),
        ("C:\\secret\\a.jsonl", "a.jsonl"),
        ("a\0b\n*c*.jsonl", "a�b_*c*.jsonl"),
        ("lnosj.\u202ejsonl", "lnosj._jsonl"),
        ("a\ud800.jsonl", "a?.jsonl"),
        ("folder/", "_"),
        ("x" * 5_000 + ".jsonl", "x" * 99 + "…" + "x" * 94 + ".jsonl"),
    ],
)
def test_a_name_is_without_folders_and_what_cannot_be_seen(name: str, shown: str) -> None:
    assert SlackFile(id="F1", name=name).name == shown
