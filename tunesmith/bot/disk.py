"""The disk that files are written to: whether it has room, and what its refusals mean."""

import errno
import shutil
from pathlib import Path

from tunesmith.bot.errors import DiskError
from tunesmith.bot.messages import say

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


def check_room(folder: Path) -> None:
    """Raise DiskError where the folder's disk is nearly full."""
    if shutil.disk_usage(folder).free < _RESERVE:
        raise DiskError(say("common.disk_full"))
