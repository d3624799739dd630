"""The fixed file: everything fixed that has one right fix, the original left as it is."""

import hashlib
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np
import orjson
from numpy.typing import NDArray
from pydantic import BaseModel

from tunesmith.bot.datasets import conversion, formats, reading, workers
from tunesmith.bot.datasets.block import Settings
from tunesmith.bot.datasets.example import identify
from tunesmith.bot.datasets.findings import JsonObject
from tunesmith.bot.datasets.fix_example import as_chat, fix_example
from tunesmith.bot.datasets.formats import Format
from tunesmith.bot.datasets.json_line import BOM
from tunesmith.bot.datasets.key_index import IDENTITY, KeyIndex, Records, make_records
from tunesmith.bot.datasets.masking import first_difference, shortened
from tunesmith.bot.datasets.pair_style import PairStyle
from tunesmith.bot.datasets.scan import first_look
from tunesmith.bot.datasets.verdict import Selection

if TYPE_CHECKING:
    from tunesmith.bot.processes import Processes

# How many changes are shown.
MAX_CHANGES = 20
_SHOWN_BEFORE = 20


class Change(BaseModel):
    """One line before and after, shortened and masked; `after` is None where it was left out."""

    line: int
    codes: list[str]
    before: str
    after: str | None


class FixResult(BaseModel):
    """What the fixed file has fixed: counts by code, and the first changes.

    `counts` is empty where there was nothing to fix. `name` is the fixed file's.
    """

    name: str
    counts: dict[str, int]
    changes: list[Change]

    def diff(self) -> str:
        """The first changes as a diff."""
        parts: list[str] = []
        for change in self.changes:
            parts.append(f"@@ -{change.line} @@ {', '.join(change.codes)}")
            parts.append(f"- {change.before}")
            if change.after is not None:
                parts.append(f"+ {change.after}")
        return "\n".join(parts)


async def fix(
    processes: "Processes", path: Path, *, name: str, selection: Selection, out: Path
) -> FixResult:
    """`fix_sync` in a worker process."""
    call = partial(fix_sync, path, name=name, selection=selection, out=out)
    return await processes.run(call, seconds=workers.time_limit(path))


def fix_sync(path: Path, *, name: str, selection: Selection, out: Path) -> FixResult:
    """Write the fixed file to `out`. Raises DatasetError where it cannot be read at all."""
    counts: Counter[str] = Counter()
    changes: list[Change] = []
    with (
        conversion.as_json_lines(path, name) as source,
        tempfile.TemporaryFile() as draft,
        closing(KeyIndex(IDENTITY)) as index,
    ):
        counts.update(found.code for found in source.findings)
        settings = first_look(source.path, "")
        to_chat = Format.PAIRS not in selection.catalogue.providers[selection.judge].formats
        number = 1
        with workers.run(
            partial(fix_block, settings, to_chat),
            reading.blocks(source.path, hashlib.sha256()),
            size=source.path.stat().st_size,
        ) as blocks:
            for block in blocks:
                draft.writelines(line + b"\n" for line in block.lines)
                block.records["line"] += np.uint32(number)
                index.add(block.records)
                counts += block.counts
                for change in block.changes[: MAX_CHANGES - len(changes)]:
                    change.line += number + source.offset
                    changes.append(change)
                number += len(block.lines)
        repeated = _repeated_lines(index)
        if len(repeated):
            counts["exact_duplicate"] += len(repeated)
        draft.seek(0)
        with out.open("wb") as file:
            file.writelines(_kept(draft, repeated))
    if not name.lower().endswith(".jsonl"):
        counts["file_name"] += 1
    return FixResult(
        name=f"{Path(name).stem}.fixed.jsonl", counts=dict(counts.most_common()), changes=changes
    )


def _repeated_lines(index: KeyIndex) -> NDArray[np.uint32]:
    """The lines that say what an earlier one says, in order."""
    repeated = [group["line"][1:] for group in index.groups()]
    return np.sort(np.concatenate([np.zeros(0, np.uint32), *repeated]))


def _kept(draft: Iterable[bytes], repeated: NDArray[np.uint32]) -> Iterator[bytes]:
    """The draft's lines without blank and repeated ones."""
    left_out = iter(repeated.tolist())
    skip = next(left_out, None)
    for number, line in enumerate(draft, 1):
        if number == skip:
            skip = next(left_out, None)
        elif line != b"\n":
            yield line


@dataclass(slots=True)
class FixedBlock:
    """The lines of one block, fixed; left out are those that are empty here."""

    lines: list[bytes]
    records: Records
    counts: Counter[str]
    changes: list[Change]


def fix_block(settings: Settings, to_chat: bool, block: reading.Block) -> FixedBlock:
    """Fix the lines of a block; changes count their lines from 0."""
    data = reading.read_block(settings.path, block)
    before = [data] if block.too_long else data.split(b"\n")
    after: list[bytes] = []
    done = [Counter[str]() for _ in before]
    first_with: dict[int, int] = {}
    for number, line in enumerate(before):
        first = block.offset == 0 and number == 0
        fixed, is_example = _fix_line(line, settings, done[number], to_chat=to_chat, first=first)
        if is_example and first_with.setdefault(identify(fixed), number) != number:
            fixed = b""
            done[number]["exact_duplicate"] += 1
        after.append(fixed)
    records = make_records(IDENTITY, key=list(first_with), line=list(first_with.values()))
    changed = [number for number, codes in enumerate(done) if codes.total()][:MAX_CHANGES]
    changes = [_change(n, list(+done[n]), before[n], after[n]) for n in changed]
    return FixedBlock(after, records, sum(done, Counter[str]()), changes)


def _fix_line(
    line: bytes, settings: Settings, done: Counter[str], *, to_chat: bool, first: bool
) -> tuple[bytes, bool]:
    """The fixed line, empty where it is left out, and whether it holds an example."""
    if first and line.startswith(BOM):
        done["byte_order_mark"] += 1
        line = line.removeprefix(BOM)
    if line.endswith(b"\r"):
        done["crlf"] += 1
        line = line.removesuffix(b"\r")
    if not line.strip():
        done["blank_line"] += 1
        return b"", False
    try:
        example = orjson.loads(line)
    except orjson.JSONDecodeError:
        return line, False
    if not isinstance(example, dict):
        return line, False
    example = cast("JsonObject", example)
    return _fix_example(example, line, settings, done, to_chat=to_chat), True


def _fix_example(
    example: JsonObject, line: bytes, settings: Settings, done: Counter[str], *, to_chat: bool
) -> bytes:
    counted = done.total()
    kind = formats.recognise(example, settings.format) or settings.format
    example = fix_example(example, kind, None if to_chat else settings.style, done)
    if kind is Format.PAIRS and to_chat:
        example = as_chat(example, settings.style or PairStyle(), done)
    if done.total() == counted:
        return line
    try:
        return orjson.dumps(example)
    except orjson.JSONEncodeError:  # nested deeper than orjson writes
        return line


def _change(number: int, codes: list[str], before: bytes, after: bytes) -> Change:
    """A change as it is shown: from a little before the first difference."""
    old, new = _rewritten(before), after.decode(errors="replace")
    start = max(0, first_difference(old, new) - _SHOWN_BEFORE)
    return Change(
        line=number,
        codes=codes,
        before=shortened(old[start:]),
        after=shortened(new[start:]) if after else None,
    )


def _rewritten(line: bytes) -> str:
    """A line as it would be written here, so that only real differences are seen."""
    with suppress(orjson.JSONDecodeError, orjson.JSONEncodeError):
        line = orjson.dumps(orjson.loads(line))
    return line.decode(errors="replace")
