"""The files that a command reads (named ones, pipes, standard input as `-`) and those it writes."""

import errno
import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, NamedTuple

from tunesmith.bot.errors import DatasetError
from tunesmith.bot.messages import say

_STANDARD_INPUT = "-"
# The name that a pipe's content is read by: JSON Lines, unless it shows that it is something else.
_PIPED_NAME = "input.jsonl"
_CHUNK = 1 << 20


class Source(NamedTuple):
    """A file to read at `path`, under the `name` it was saved by; people see `shown`."""

    shown: str
    path: Path
    name: str


def shown(argument: str) -> str:
    """An argument as it is spoken of: as it was given, on one line."""
    if argument == _STANDARD_INPUT:
        return "<stdin>"
    return "".join(letter if letter.isprintable() else "�" for letter in argument)


@contextmanager
def source(argument: str) -> Generator[Source]:
    """The file that an argument names; what comes through a pipe is first copied to the disk.

    Raises OSError where there is none, DatasetError where it is a folder.
    """
    path = Path(argument)
    if argument == _STANDARD_INPUT:
        with _copied(sys.stdin.buffer) as copy:
            yield Source(shown(argument), copy, _PIPED_NAME)
        return
    mode = path.stat().st_mode
    if stat.S_ISDIR(mode):
        raise DatasetError(say("cli.folder"))
    if stat.S_ISREG(mode):
        yield Source(shown(argument), path, path.name)
        return
    with path.open("rb") as pipe, _copied(pipe) as copy:
        yield Source(shown(argument), copy, _PIPED_NAME)


@contextmanager
def _copied(stream: IO[bytes]) -> Generator[Path]:
    with tempfile.TemporaryDirectory(prefix="tunesmith-") as folder:
        copy = Path(folder) / _PIPED_NAME
        with copy.open("wb") as file:
            shutil.copyfileobj(stream, file, _CHUNK)
        yield copy


def refuse_to_overwrite(out: Path, given: Source, *, force: bool) -> None:
    """Raise DatasetError where no file can be at `out`, or one is that is not to be replaced."""
    name = shown(str(out))
    if not os.path.lexists(out):
        if not out.parent.is_dir():
            reason = os.strerror(errno.ENOENT)
            raise DatasetError(say("cli.unwritable", name=name, reason=reason))
        return
    if not out.is_file():
        raise DatasetError(say("cli.not_a_file", name=name))
    if out.samefile(given.path):
        raise DatasetError(say("cli.same_file", name=name))
    if not force:
        raise DatasetError(say("cli.exists", name=name))
