"""The files that corrections go into: an old file with them behind its rows, or their pairs alone.

All of it is plain and slow: it runs in a worker process.
"""

import tempfile
from collections.abc import Sequence
from pathlib import Path

from pydantic import BaseModel

from tunesmith.bot import disk
from tunesmith.bot.answers.corrections.rows import (
    Corrected,
    Style,
    lines,
    preference_row,
    training_row,
)
from tunesmith.bot.datasets import Selection, conversion, inspect_sync, reading
from tunesmith.bot.datasets.example import identify
from tunesmith.bot.datasets.formats import Format
from tunesmith.bot.datasets.json_line import read_line
from tunesmith.bot.datasets.pair_style import read_pair
from tunesmith.bot.datasets.report import Finding
from tunesmith.bot.datasets.scan import first_look
from tunesmith.bot.datasets.writing import unfinished

_HEAD_BYTES = 1 << 20


class Written(BaseModel):
    """What a file was written from: the rows of the old one, and the corrections behind them.

    `known` are corrections that equal a row before them and were left out, `left` those of which
    no row of that format can be made.
    """

    rows: int = 0
    added: int = 0
    known: int = 0
    left: int = 0


def add_rows(path: Path, name: str, corrections: Sequence[Corrected], out: Path) -> Written:
    """Write the rows of a training file as they are, and an example for each correction behind
    them. `name` is the file's name as people know it. Raises DatasetError where it can't be read.
    """
    with conversion.as_json_lines(path, name) as source, unfinished(out) as file:
        style = style_of(source.path)
        rows = [training_row(one, style) for one in corrections]
        written = Written(left=rows.count(None))
        new = {identify(read_line(line)): line for line in lines([row for row in rows if row])}
        written.known = len(rows) - written.left - len(new)
        with source.path.open("rb") as old:
            for line in old:
                file.write(line if line.endswith(b"\n") else line + b"\n")
                written.rows += bool(line.strip())
                if len(line) < reading.MAX_LINE_BYTES and new.pop(_identity(line), None):
                    written.known += 1
        for line in new.values():
            file.write(line)
    written.added = len(new)
    return written


def write_pairs(corrections: Sequence[Corrected], out: Path) -> Written:
    """Write the preference pair of each correction that has one."""
    rows = [preference_row(one) for one in corrections]
    new = {identify(read_line(line)): line for line in lines([row for row in rows if row])}
    with unfinished(out) as file:
        for line in new.values():
            file.write(line)
    left = rows.count(None)
    return Written(added=len(new), known=len(rows) - left - len(new), left=left)


def findings(corrected: Corrected, kind: Format, selection: Selection) -> list[Finding] | None:
    """What the checks of training files say of a correction's example in a file of that format;
    None where none can be made.
    """
    row = training_row(corrected, Style(kind)) or preference_row(corrected)
    if row is None:
        return None
    with tempfile.TemporaryDirectory(prefix=disk.TEMPORARY) as folder:
        alone = Path(folder) / "alone.jsonl"
        alone.write_bytes(lines([row])[0])
        report = inspect_sync(alone, name=alone.name, selection=selection)
    return [found for found in report.findings if found.line is not None]


def style_of(path: Path) -> Style:
    """How the examples of a file of JSON Lines are written."""
    settings = first_look(path, "")
    if settings.format is not Format.PAIRS:
        return Style(settings.format)
    with path.open("rb") as file:
        head = [read_line(line.rstrip(b"\n")).example for line in file.readlines(_HEAD_BYTES)]
    completions = [read_pair(example)[1] for example in head if example is not None]
    spaced = sum(completion.startswith(" ") for completion in completions)
    return Style(settings.format, settings.style, spaced * 2 > len(completions))


def _identity(line: bytes) -> int:
    return identify(read_line(line.rstrip(b"\r\n")))
