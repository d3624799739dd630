"""Temporary files of what is unpacked or converted: what they may take is bounded."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from tunesmith.bot import disk
from tunesmith.bot.errors import DatasetError
from tunesmith.bot.messages import say

# A set whose examples share a long system message is packed to a hundredth, bombs to a thousandth.
_RATIO = 200
_ALWAYS = 256 << 20
_NEVER = 2 << 30
# Rows of a table grow where their columns become keys and messages.
_GROWTH = 4
_ROOM_EVERY = 64 << 20


def most_bytes(size: int) -> int:
    """What a file of `size` bytes may unpack or convert to.

    200 times its size, but at least 256 MB, and at most 2 GB or four times its size.
    """
    return max(_ALWAYS, min(_RATIO * size, _NEVER), _GROWTH * size)


class Output:
    """A file that takes at most `most` bytes."""

    def __init__(self, file: IO[bytes], folder: Path, most: int) -> None:
        self._file, self._folder, self._most = file, folder, most
        self._written = self._unseen = 0

    def write(self, data: bytes) -> None:
        """Write more. Raises DatasetError where it becomes too much, DiskError without room."""
        self._written += len(data)
        if self._written > self._most:
            raise DatasetError(say("reading.unpacks_to_too_much", limit=self._most))
        self._unseen += len(data)
        if self._unseen > _ROOM_EVERY:
            self._unseen = 0
            disk.check_room(self._folder)
        try:
            self._file.write(data)
        except OSError as error:
            raise disk.refusal(error) or error from error


@contextmanager
def output(path: Path, most: int) -> Generator[Output]:
    """A new file. Raises DiskError where there is no room for it."""
    disk.check_room(path.parent)
    with path.open("wb") as file:
        yield Output(file, path.parent, most)
        try:
            file.flush()
        except OSError as error:
            raise disk.refusal(error) or error from error
