"""A training file as JSON Lines in our formats, whatever it came as."""

import hashlib
import tempfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, NamedTuple

from tunesmith.bot.datasets import reading
from tunesmith.bot.datasets.conversion import containers
from tunesmith.bot.datasets.conversion.containers import wrapping
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
    with tempfile.TemporaryDirectory(prefix="tunesmith-") as folder:
        yield _opened(path, name, Path(folder))


def _opened(path: Path, name: str, folder: Path) -> Source:
    given = wrapping.unwrap(path, name, folder)
    container = containers.recognise(given.path, given.name, is_known)
    if container is None:
        reading.refuse_what_is_no_text(given.path)
        if not any(map(is_foreign, _first_lines(given.path))):
            conversion = Conversion(container=list(given.wrappings)) if given.wrappings else None
            return Source(given.path, 0, given.findings, conversion)
    converter = Converter(0 if container is None else container.offset)
    made = folder / "made.jsonl"
    with made.open("wb") as file:
        if container is None:
            _convert_file(given.path, converter, file)
        else:
            file.writelines(map(converter.convert, container.lines))
    held = [] if container is None else [container.name]
    findings = list(given.findings)
    if container is not None:
        findings.append(container.finding())
    conversion = Conversion(
        container=[*given.wrappings, *held],
        shapes=dict(converter.counts),
        examples=converter.examples,
    )
    return Source(
        made,
        0 if container is None else container.offset,
        (*findings, *converter.findings()),
        conversion,
    )


def _first_lines(path: Path) -> Iterator[bytes]:
    size = 0
    with path.open("rb") as file:
        while size < _HEAD and (line := file.readline(reading.MAX_LINE_BYTES)):
            size += len(line)
            yield line.removeprefix(BOM)


def _convert_file(path: Path, converter: Converter, out: IO[bytes]) -> None:
    """Write the converted lines; one that is too long to be read stays as it is."""
    for block in reading.blocks(path, hashlib.sha256()):
        if block.too_long:
            converter.skip()
            with path.open("rb") as file:
                file.seek(block.offset)
                for start in range(0, block.length, _CHUNK):
                    out.write(file.read(min(_CHUNK, block.length - start)))
        else:
            out.writelines(map(converter.convert, reading.read_block(path, block).split(b"\n")))
