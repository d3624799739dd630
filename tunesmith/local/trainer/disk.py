"""Telling a full disk from other failures: it is waited for, and nothing fails for it."""

import errno
import shutil
import sqlite3
from pathlib import Path

_FULL = frozenset((errno.ENOSPC, errno.EDQUOT))
_LEAST_SPACE = 1024 * 1024
"""Bytes. With less, a process that died is taken to have died of it."""


def is_full(error: BaseException) -> bool:
    """Did this fail because no space is left?

    Libraries in other languages (safetensors, torch) keep the system's words and no number.
    """
    if isinstance(error, OSError):
        return error.errno in _FULL
    if isinstance(error, sqlite3.Error):
        return getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
    return "No space left on device" in str(error)


def has_no_space(folder: Path) -> bool:
    """Can hardly anything be written to this folder's disk?"""
    return shutil.disk_usage(folder).free < _LEAST_SPACE
