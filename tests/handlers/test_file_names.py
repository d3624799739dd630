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
