"""The data folder is for the bot's user only, and what is wrong with it is said in a sentence."""

import logging
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tunesmith.bot.data_folder import prepare
from tunesmith.bot.errors import ConfigurationError


def _rights(path: Path) -> str:
    return oct(stat.S_IMODE(path.stat().st_mode))


def test_a_new_folder_is_for_its_owner_only(tmp_path: Path) -> None:
    prepare(tmp_path / "a" / "data")
    assert _rights(tmp_path / "a" / "data") == "0o700"


def test_rights_of_others_are_taken_from_what_the_bot_wrote_and_from_nothing_else(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder, elsewhere = tmp_path / "data", tmp_path / "elsewhere"
    (folder / "files").mkdir(parents=True, mode=0o755)
    kept = [folder / "tunesmith.db", folder / "tunesmith.db-wal", folder / "files" / "abc"]
    for path in (*kept, folder / "notes.txt", elsewhere):
        path.write_text("x")
        path.chmod(0o644)
    (folder / "files" / "link").symlink_to(elsewhere)
    folder.chmod(0o755)
    with caplog.at_level(logging.WARNING):
        prepare(folder)
        prepare(folder)
    assert {_rights(path) for path in (folder, folder / "files")} == {"0o700"}
    assert {_rights(path) for path in kept} == {"0o600"}
    assert {_rights(path) for path in (folder / "notes.txt", elsewhere)} == {"0o644"}
    assert [record.message for record in caplog.records] == [
        "Others could read 5 of the data folder's files and folders"
    ]


@pytest.mark.parametrize("place", ["file", "file/below", "gone"])
def test_a_folder_that_cannot_be_made_or_written_to_is_refused_with_the_reason(
    tmp_path: Path, place: str
) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "gone").symlink_to(tmp_path / "nowhere" / "at" / "all")
    with pytest.raises(ConfigurationError, match="Set TUNESMITH_DATA_DIR"):
        prepare(tmp_path / place)


def test_a_full_disk_is_told_in_a_sentence(tmp_path: Path) -> None:
    # A limit on the size of files stands for the disk.
    command = f"ulimit -f 4; exec {sys.executable} -m tunesmith.bot migrate"
    settings = {**os.environ, "TUNESMITH_DATA_DIR": str(tmp_path / "data"), "LC_ALL": "C.UTF-8"}
    found = subprocess.run(
        ["bash", "-c", command],
        env=settings,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 2
    [said] = found.stderr.splitlines()
    assert "data cannot be used (File too large). Set TUNESMITH_DATA_DIR to a folder with" in said
