"""Request bodies as pieces of bounded size."""

from collections.abc import AsyncIterator

from aiohttp import BodyPartReader, StreamReader

_CHUNK = 1 << 18


async def read_in_chunks(source: BodyPartReader | StreamReader) -> AsyncIterator[bytes]:
    """The bytes of a body or of one part of a form."""
    if isinstance(source, StreamReader):
        async for chunk in source.iter_chunked(_CHUNK):
            yield chunk
        return
    while chunk := await source.read_chunk(_CHUNK):
        yield bytes(chunk)
