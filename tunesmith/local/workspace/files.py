"""Files: their bytes on disk, and sharing them in a channel."""

import asyncio
import contextlib
import shutil
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path

from tunesmith.local.workspace import filetypes
from tunesmith.local.workspace.records import File
from tunesmith.local.workspace.state import State


class FileStore:
    """The bytes of every file under its id, in the data directory or a temporary one."""

    def __init__(self, data: Path | None) -> None:
        self._temporary = None if data else tempfile.TemporaryDirectory(prefix="workspace-files-")
        self._folder = data / "files" if data else Path(self._temporary.name)  # type: ignore[union-attr]
        self._folder.mkdir(parents=True, exist_ok=True)
        for interrupted in self._folder.glob("*.part"):
            interrupted.unlink()

    def path(self, file_id: str) -> Path:
        """Where the bytes of a file lie."""
        return self._folder / file_id

    async def write(self, file_id: str, chunks: AsyncIterator[bytes]) -> int:
        """Store a stream of bytes; returns its length. An interrupted stream leaves nothing."""
        partial = self._folder / f"{file_id}.part"
        size = 0
        try:
            with partial.open("wb") as out:
                async for chunk in chunks:
                    await asyncio.to_thread(out.write, chunk)
                    size += len(chunk)
            partial.replace(self.path(file_id))
        finally:
            partial.unlink(missing_ok=True)
        return size

    def delete(self, file_id: str) -> None:
        """Remove the bytes; missing ones are no error."""
        self.path(file_id).unlink(missing_ok=True)

    def clear(self) -> None:
        """Remove the bytes of all files."""
        for path in self._folder.iterdir():
            path.unlink()

    def close(self) -> None:
        """Remove a temporary directory."""
        if self._temporary is not None:
            with contextlib.suppress(OSError):
                shutil.rmtree(self._folder)
            self._temporary.cleanup()


def new_file(state: State, *, name: str, user: str, title: str | None = None) -> File:
    """A file record without bytes yet."""
    filetype, pretty_type, mimetype = filetypes.describe(name)
    return File(
        id=state.new_id("F"),
        name=name,
        title=title or name,
        mimetype=mimetype,
        filetype=filetype,
        pretty_type=pretty_type,
        user=user,
        created=int(time.time()),
    )
