"""The folders of a run's models: each appears whole or not at all, and the last few stay."""

import shutil
from collections.abc import Callable
from pathlib import Path

from tunesmith.local.trainer.jobs import CHECKPOINTS_KEPT

_CHECKPOINTS = "checkpoints"


def folder_of(step: int) -> str:
    """Where the model of a step lies, relative to the job's folder."""
    return f"{_CHECKPOINTS}/step-{step}"


def write_whole(folder: Path, write: Callable[[Path], None]) -> None:
    """Let `write` fill a folder aside, which is then renamed into place."""
    if folder.exists():
        return  # A run that was killed before it noted its state comes here twice, bit for bit.
    aside = folder.with_name(f".{folder.name}")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    write(aside)
    aside.rename(folder)


def drop_old(job: Path) -> None:
    """Let go of the models that are too old, once the state that follows them is written."""
    folders = (job / _CHECKPOINTS).glob("step-*")
    oldest_first = sorted(folders, key=lambda path: int(path.name.removeprefix("step-")))
    for old in oldest_first[:-CHECKPOINTS_KEPT]:
        shutil.rmtree(old)
