"""The disk that files are written to: whether it has room, and what its refusals mean."""

import contextlib
import errno
import os
import shutil
import stat
import tempfile
import time
from pathlib import Path

from tunesmith.bot.errors import DiskError
from tunesmith.bot.messages import say

TEMPORARY = "tunesmith-"
"""What the names of temporary folders of ours begin with."""

_LEFT_OVER_SECONDS = 86_400.0
# Left free whatever is unpacked or converted: the database is on the same disk.
_RESERVE = 256 << 20
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_REFUSES = frozenset({errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO})


def refusal(error: OSError) -> DiskError | None:
    """What an error in writing to a folder of ours means; None where it is none of the disk's."""
    if error.errno in _FULL:
        return DiskError(say("common.disk_full"))
    if error.errno in _REFUSES:
        return DiskError(say("common.disk_refuses"))
    return None


def remove_left_over() -> None:
    """Remove temporary folders of ours that a process left when it was killed.

    Those in which nothing changed for a day: no work on a file lets one rest as long.
    """
    before = time.time() - _LEFT_OVER_SECONDS
    for folder in Path(tempfile.gettempdir()).glob(f"{TEMPORARY}*"):
        with contextlib.suppress(OSError):
            found = folder.lstat()
            if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
                continue
            if max(path.lstat().st_mtime for path in (folder, *folder.iterdir())) < before:
                shutil.rmtree(folder, ignore_errors=True)


def check_room(folder: Path) -> None:
    """Raise DiskError where the folder's disk is nearly full."""
    if shutil.disk_usage(folder).free < _RESERVE:
        raise DiskError(say("common.disk_full"))
