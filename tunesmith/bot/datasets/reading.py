"""A file as blocks of whole lines, and what its first bytes say."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, Protocol

from tunesmith.bot.datasets.json_line import BOM
from tunesmith.bot.errors import DatasetError
from tunesmith.bot.messages import say

BLOCK_BYTES = 1 << 20
MAX_LINE_BYTES = 64 << 20

# The first bytes of what people attach by mistake.
_SIGNATURES = {
    b"PK\x03\x04": say("reading.archive", kind="ZIP"),
    b"\x1f\x8b": say("reading.archive", kind="gzip"),
    b"BZh": say("reading.archive", kind="bzip2"),
    b"\xfd7zXZ": say("reading.archive", kind="xz"),
    b"\x28\xb5\x2f\xfd": say("reading.archive", kind="Zstandard"),
    b"7z\xbc\xaf": say("reading.archive", kind="7-Zip"),
    b"%PDF": say("reading.pdf"),
    b"\x89PNG": say("reading.image"),
    b"\xff\xd8\xff": say("reading.image"),
    b"SQLite format 3": say("reading.sqlite_database"),
    b"\xd0\xcf\x11\xe0": say("reading.old_office_document"),
}


_TAR_PLACE = 257


class Digest(Protocol):
    """A hash object of hashlib."""

    def update(self, data: bytes, /) -> None:
        """Take more bytes in."""
        ...


class Block(NamedTuple):
    """A range of a file that holds whole lines, or one line `too_long` to be read."""

    offset: int
    length: int
    too_long: bool = False


def refuse_what_is_no_text(path: Path) -> None:
    """Raise DatasetError where a file's first bytes say that it cannot be a training file."""
    with path.open("rb") as file:
        head = file.read(4096)
    if not head.strip(b" \t\r\n" + BOM) and path.stat().st_size <= len(head):
        raise DatasetError(say("reading.empty"))
    for signature, kind in _SIGNATURES.items():
        if head.startswith(signature):
            raise DatasetError(say("reading.no_text", kind=kind))
    if head[_TAR_PLACE:].startswith(b"ustar"):
        raise DatasetError(say("reading.no_text", kind=say("reading.archive", kind="tar")))
    start = head.removeprefix(BOM).lstrip()[:200].lower()
    if start.startswith((b"<!doctype", b"<html", b"<?xml")):
        raise DatasetError(say("reading.web_page"))


def blocks(path: Path, digest: Digest) -> Iterator[Block]:
    """The blocks of a file in order, about BLOCK_BYTES each; every byte goes into the digest."""
    start = position = 0
    with path.open("rb", buffering=0) as file:
        while chunk := file.read(BLOCK_BYTES):
            digest.update(chunk)
            last = chunk.rfind(b"\n") + 1
            if last and position - start > MAX_LINE_BYTES:
                first = position + chunk.find(b"\n") + 1
                yield Block(start, first - start, too_long=True)
                start = first
            if position + last > start and last:
                yield Block(start, position + last - start)
                start = position + last
            position += len(chunk)
    if position > start:
        yield Block(start, position - start, too_long=position - start > MAX_LINE_BYTES)


def sha256(path: Path) -> str:
    """The SHA-256 of a whole file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_block(path: Path, block: Block) -> bytes:
    """The lines of a block, without the last one's line feed."""
    with path.open("rb", buffering=0) as file:
        file.seek(block.offset)
        return file.read(block.length).removesuffix(b"\n")


def long_line_holds(path: Path, block: Block) -> str:
    """The code for a line too long to be read: is it blank, zeros, or just too long?"""
    left, blank, zeros = block.length, True, True
    with path.open("rb", buffering=0) as file:
        file.seek(block.offset)
        while left > 0 and (chunk := file.read(min(left, BLOCK_BYTES))) and (blank or zeros):
            left -= len(chunk)
            blank = blank and not chunk.strip()
            zeros = zeros and not chunk.strip(b"\0\r\n")
    return "blank_line" if blank else "nul_byte" if zeros else "line_too_long"
