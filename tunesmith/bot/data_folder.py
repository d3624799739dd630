"""The data folder: only the user that the bot runs as reads what is in it.

What the bot writes from now on gets no rights for others either: `tunesmith run` sets its umask.
"""

import logging
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tunesmith.bot.errors import ConfigurationError
from tunesmith.bot.messages import say

_OTHERS = stat.S_IRWXG | stat.S_IRWXO
# A full disk may still take an empty file.
_PROBE = bytes(1 << 16)

_log = logging.getLogger(__name__)


def prepare(folder: Path) -> None:
    """Make the folder where it is missing, and take the rights of others on what is in it.

    Raises ConfigurationError where it can't be made or written to.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(_PROBE)
    except OSError as error:
        said = say("database.data_folder", folder=str(folder), said=error.strerror or "")
        raise ConfigurationError(said) from error
    _tighten(folder)


def _tighten(folder: Path) -> None:
    tightened = foreign = 0
    for path in _ours(folder):
        found = path.lstat()
        if stat.S_ISLNK(found.st_mode) or not found.st_mode & _OTHERS:
            continue
        try:
            path.chmod(stat.S_IMODE(found.st_mode) & ~_OTHERS)
            tightened += 1
        except PermissionError:  # a volume that is mounted may belong to another user
            foreign += 1
    if tightened:
        _log.warning("Others could read %d of the data folder's files and folders", tightened)
    if foreign:
        _log.warning("Others can still read %d files and folders of another user", foreign)


def _ours(folder: Path) -> Iterator[Path]:
    """The folder and what the bot writes into it: a team may keep other things there."""
    yield folder
    yield from folder.glob("tunesmith.db*")
    files = folder / "files"
    if files.is_dir():
        yield files
        yield from files.iterdir()
