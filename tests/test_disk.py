"""What a killed process left on the disk."""

import os
import tempfile
import time
from pathlib import Path

import pytest

from tunesmith.bot import disk


def test_temporary_folders_that_rested_for_a_day_are_removed_and_no_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    old = time.time() - 2 * 86_400
    for name in ("tunesmith-left", "tunesmith-in-use", "of-somebody-else"):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "made.jsonl").write_bytes(b"{}")
        os.utime(folder / "made.jsonl", (old, old))
        os.utime(folder, (old, old))
    os.utime(tmp_path / "tunesmith-in-use" / "made.jsonl")
    disk.remove_left_over()
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "of-somebody-else",
        "tunesmith-in-use",
    ]
