"""A training file as JSON Lines in our formats, whatever it came as."""

import hashlib
import tempfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from tunesmith.bot import disk
from tunesmith.bot.datasets import reading
from tunesmith.bot.datasets.conversion import containers
from tunesmith.bot.datasets.conversion.containers import wrapping
from tunesmith.bot.datasets.conversion.containers.container import Container
from tunesmith.bot.datasets.conversion.containers.output import Output, most_bytes, output
from tunesmith.bot.datasets.conversion.containers.wrapping import Unwrapped
from tunesmith.bot.datasets.conversion.rows import Converter, is_foreign, is_known
from tunesmith.bot.datasets.conversion.summary import Conversion
from tunesmith.bot.datasets.findings import RawFinding
from tunesmith.bot.datasets.json_line import BOM

# A file's shapes are recognised in so many of its first bytes.
_HEAD = 1 << 18
_CHUNK = 1 << 20


class Source(NamedTuple):
    """A file of JSON Lines: the given one, or a temporary one made from it.

    Line n of `path` is line n + `offset` of what people see (in a table, the row). `conversion` is
    None where the file is read as it is; `findings` say why it is not.
    """

    path: Path
    offset: int = 0
    findings: tuple[RawFinding, ...] = ()
    conversion: Conversion | None = None


@contextmanager
def as_json_lines(path: Path, name: str) -> Generator[Source]:
    """The file as JSON Lines in our formats, for as long as the context lasts.

    `name` is the file's name as people know it. Each row is converted by itself, and line n stays
    row n. Raises DatasetError where the file cannot be read.
    """
    with tempfile.TemporaryDirectory(prefix=disk.TEMPORARY) as folder:
        yield _opened(path, name, Path(folder))


def _opened(path: Path, name: str, folder: Path) -> Source:
    made, most = folder / "made.jsonl", most_bytes(path.stat().st_size)
    given = wrapping.unwrap(path, name, folder)
    container = containers.recognise(given.path, given.name, is_known)
    if container is not None:
        return _from_container(given, container, made, most)
    reading.refuse_what_is_no_text(given.path)
    if any(map(is_foreign, _head_of(_lines_of(given.path)))):
        return _from_lines(given, made, most)
    conversion = Conversion(container=list(given.wrappings)) if given.wrappings else None
    return Source(given.path, 0, given.findings, conversion)


def _from_container(given: Unwrapped, container: Container, made: Path, most: int) -> Source:
    """Its rows, converted where the first ones have another shape."""
    head = list(_head_of(container.lines))
    rows, converter = chain(head, container.lines), Converter(container.offset)
    foreign = not container.uniform or any(map(is_foreign, head))
    with output(made, most) as file:
        for line in map(converter.convert, rows) if foreign else rows:
            file.write(line)
    findings = (*given.findings, container.finding(), *converter.findings())
    names = (*given.wrappings, container.name)
    return Source(made, container.offset, findings, _conversion(names, converter))


def _from_lines(given: Unwrapped, made: Path, most: int) -> Source:
    """The lines of a file, those converted that have another shape."""
    converter = Converter(0)
    with output(made, most) as file:
        _convert_file(given.path, converter, file)
    findings = (*given.findings, *converter.findings())
    return Source(made, 0, findings, _conversion(given.wrappings, converter))


def _conversion(containers: tuple[str, ...], converter: Converter) -> Conversion:
    return Conversion(
        container=list(containers),
        shapes={name: rows.count for name, rows in converter.converted.items()},
        left={name: rows.count for name, rows in converter.left.items()},
        examples=converter.examples,
    )


def _lines_of(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while line := file.readline(reading.MAX_LINE_BYTES):
            yield line.removeprefix(BOM)


def _head_of(lines: Iterator[bytes]) -> Iterator[bytes]:
    """The first lines, from which it is known whether a file has rows of another shape."""
    size = 0
    while size < _HEAD and (line := next(lines, None)) is not None:
        size += len(line)
        yield line


def _convert_file(path: Path, converter: Converter, out: Output) -> None:
    """Write the converted lines; one that is too long to be read stays as it is."""
    for block in reading.blocks(path, hashlib.sha256()):
        if block.too_long:
            converter.skip()
            with path.open("rb") as file:
                file.seek(block.offset)
                for start in range(0, block.length, _CHUNK):
                    out.write(file.read(min(_CHUNK, block.length - start)))
        else:
            for line in reading.read_block(path, block).split(b"\n"):
                out.write(converter.convert(line))
