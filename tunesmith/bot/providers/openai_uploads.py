"""Files on their way to a provider of OpenAI's protocol: whole, or in parts (its Uploads API).

An upload in parts has at most 64 MB each, is open for an hour, and becomes a file when it is
completed (developers.openai.com/api/reference/resources/uploads, read in the SDK's reference of
openai 3.52).
"""

import io
from pathlib import Path
from typing import IO, BinaryIO, cast

from openai import AsyncOpenAI, Omit, omit
from openai.types import FileObject
from openai.types.file_create_params import ExpiresAfter

from tunesmith.bot.providers.trainer import Upload

PART_BYTES = 64_000_000


async def whole(
    openai: AsyncOpenAI, path: Path, filename: str, upload: Upload, expires: int | None
) -> FileObject:
    """Upload a file in one call, streamed from disk."""
    with path.open("rb") as file:
        span = _span(file, 0, upload.total, upload)
        return await openai.files.create(
            file=(filename, span), purpose="fine-tune", expires_after=_expires(expires)
        )


async def in_parts(
    openai: AsyncOpenAI, path: Path, filename: str, upload: Upload, expires: int | None
) -> FileObject | None:
    """Upload a file in parts, after those that an earlier try has uploaded.

    None where the provider does not tell of the file that it has become.
    """
    if upload.id is None:
        begun = await openai.uploads.create(
            bytes=upload.total,
            filename=filename,
            mime_type="text/jsonl",
            purpose="fine-tune",
            expires_after=_expires(expires),
        )
        upload.id = begun.id
    with path.open("rb") as file:
        while (start := len(upload.parts) * PART_BYTES) < upload.total:
            span = _span(file, start, min(PART_BYTES, upload.total - start), upload)
            part = await openai.uploads.parts.create(upload.id, data=(filename, span))
            upload.parts.append(part.id)
    done = await openai.uploads.complete(upload.id, part_ids=upload.parts)
    return done.file


def _expires(seconds: int | None) -> ExpiresAfter | Omit:
    return omit if seconds is None else {"anchor": "created_at", "seconds": seconds}


def _span(file: BinaryIO, start: int, length: int, upload: Upload) -> IO[bytes]:
    # A raw file has all that the SDK calls.
    return cast("IO[bytes]", _Span(file, start, length, upload))


class _Span(io.RawIOBase):
    """A span of an open file as a file of its own; what is read of it counts as sent."""

    def __init__(self, file: BinaryIO, start: int, length: int, upload: Upload) -> None:
        self._file = file
        self._start = start
        self._length = length
        self._upload = upload
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._length}[whence]
        self._at = base + offset
        return self._at

    def read(self, size: int = -1) -> bytes:
        left = self._length - self._at
        self._file.seek(self._start + self._at)
        data = self._file.read(left if size < 0 else min(size, left))
        self._at += len(data)
        self._upload.sent = self._start + self._at
        return data
