"""Replicas of one database share one files folder, or do not start."""

import asyncio
import shutil
from pathlib import Path

import pytest

from tunesmith.bot.database import open_database
from tunesmith.bot.errors import ConfigurationError
from tunesmith.bot.settings import Settings


async def _open(url: str, folder: Path, *, new: bool = False) -> None:
    settings = Settings(data_dir=folder, database_url=url)
    async with open_database(settings, new_files_folder=new):
        pass


async def test_replicas_with_one_folder_start(database_url: str, tmp_path: Path) -> None:
    await _open(database_url, tmp_path)
    await _open(database_url, tmp_path)


async def test_a_replica_with_a_folder_of_its_own_is_refused(
    database_url: str, tmp_path: Path
) -> None:
    await _open(database_url, tmp_path / "a")
    with pytest.raises(ConfigurationError, match="is not the files folder") as refused:
        await _open(database_url, tmp_path / "b")
    assert "tunesmith migrate --new-files-folder" in str(refused.value)
    assert not any((tmp_path / "b").iterdir()), "nothing is written to a folder that is refused"


async def test_a_folder_that_was_moved_or_restored_is_the_same(
    database_url: str, tmp_path: Path
) -> None:
    await _open(database_url, tmp_path / "a")
    shutil.copytree(tmp_path / "a", tmp_path / "backup")
    shutil.rmtree(tmp_path / "a")
    await _open(database_url, tmp_path / "backup")


async def test_a_lost_folder_is_refused_until_somebody_accepts_it(
    database_url: str, tmp_path: Path
) -> None:
    await _open(database_url, tmp_path)
    shutil.rmtree(tmp_path / "files")
    with pytest.raises(ConfigurationError, match="is not the files folder"):
        await _open(database_url, tmp_path)
    await _open(database_url, tmp_path, new=True)
    await _open(database_url, tmp_path)


async def test_a_folder_that_another_database_used_is_taken(
    database_url: str, tmp_path: Path
) -> None:
    await _open(f"sqlite:///{tmp_path / 'other.db'}", tmp_path)
    await _open(database_url, tmp_path)


async def test_of_first_starts_at_once_with_two_folders_one_is_refused(
    database_url: str, tmp_path: Path
) -> None:
    starts = [_open(database_url, tmp_path / name) for name in ("a", "b")]
    outcomes = await asyncio.gather(*starts, return_exceptions=True)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == [
        "ConfigurationError",
        "NoneType",
    ]


async def test_first_starts_at_once_with_one_folder_agree(
    database_url: str, tmp_path: Path
) -> None:
    await asyncio.gather(*(_open(database_url, tmp_path) for _ in range(4)))
    await _open(database_url, tmp_path)


async def test_a_folder_that_cannot_be_used_is_named(database_url: str, tmp_path: Path) -> None:
    (tmp_path / "files").write_text("a file")
    with pytest.raises(ConfigurationError, match=r"The files folder .*/files cannot be used"):
        await _open(database_url, tmp_path)
