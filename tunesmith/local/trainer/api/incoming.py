"""Multipart forms with a file in them, streamed to the disk: memory stays small, whatever comes."""

import asyncio
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from aiohttp import BodyPartReader, web
from aiohttp.http_exceptions import HttpProcessingError

from tunesmith.local.trainer.api.errors import ApiError
from tunesmith.local.trainer.api.names import new_id

_CHUNK = 1024 * 1024
_MAX_FIELD_BYTES = 4096
_MAX_FIELDS = 32


@dataclass(frozen=True, slots=True)
class Form:
    """What came: the plain fields, and the file in a place of its own until somebody takes it.

    `size` and `sha256` are of the file's content.
    """

    fields: Mapping[str, str]
    filename: str
    path: Path
    size: int
    sha256: str


async def read_form(request: web.Request, file_field: str, folder: Path, limit: int) -> Form:
    """Read the form; the file goes into `folder`, at most `limit` bytes of it.

    Raises ApiError. The caller moves or removes the file.
    """
    if request.content_type != "multipart/form-data":
        raise ApiError(
            400, f"Expected multipart/form-data with a file in '{file_field}'.", param=file_field
        )
    path = folder / new_id("arriving-")
    try:
        return await _read_parts(request, file_field, path, limit)
    except (ValueError, AssertionError, HttpProcessingError) as error:
        path.unlink(missing_ok=True)
        raise ApiError(400, "We could not parse the multipart form of your request.") from error
    except BaseException:
        path.unlink(missing_ok=True)
        raise


async def _read_parts(request: web.Request, file_field: str, path: Path, limit: int) -> Form:
    fields: dict[str, str] = {}
    filename: str | None = None
    size, sha256 = 0, hashlib.sha256()
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader) or part.name is None:
            raise ApiError(400, "The form has a part that is no field.")
        if part.name == file_field:
            if filename is not None:
                raise ApiError(400, "The form has more than one file.", param=file_field)
            filename = Path(part.filename or file_field).name
            with path.open("wb") as file:
                size = await _save(part, file, limit, sha256.update)
        elif len(fields) == _MAX_FIELDS:
            raise ApiError(400, f"The form has more than {_MAX_FIELDS} fields.")
        else:
            chunk = await part.read_chunk(_MAX_FIELD_BYTES)
            fields[part.name] = chunk.decode()
    if filename is None:
        raise ApiError(
            400,
            f"Missing required parameter: '{file_field}'.",
            param=file_field,
            code="missing_required_parameter",
        )
    return Form(fields, filename, path, size, sha256.hexdigest())


async def _save(
    part: BodyPartReader, file: BinaryIO, limit: int, note: Callable[[bytes], None]
) -> int:
    """Write a part's bytes, and count and note them."""

    def write(chunk: bytes) -> None:
        file.write(chunk)
        note(chunk)

    size = 0
    while chunk := await part.read_chunk(_CHUNK):
        size += len(chunk)
        if size > limit:
            raise ApiError(
                413,
                f"The file is larger than the limit of {limit // 1024**2} MB.",
                param=part.name,
                code="file_too_large",
            )
        await asyncio.to_thread(write, chunk)
    return size


def join(parts: list[Path], path: Path, limit: int) -> tuple[int, str]:
    """Put parts together in one file; its size and MD5 (OpenAI's checksum for uploads).

    Stops as soon as there are more bytes than `limit`.
    """
    checksum = hashlib.md5(usedforsecurity=False)
    size = 0
    with path.open("wb") as whole:
        for part in parts:
            with part.open("rb") as source:
                while size <= limit and (chunk := source.read(_CHUNK)):
                    whole.write(chunk)
                    checksum.update(chunk)
                    size += len(chunk)
    return size, checksum.hexdigest()
