"""The fixed file: everything fixed that has one right fix, the original left as it is.

No row is left out but blank ones, and those that `exact_duplicate` removes where it is named. What
is shown to others is shortened and masked; the complete diff is for whoever has the file.
"""

import hashlib
import tempfile
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from contextlib import closing, nullcontext, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING

import numpy as np
import orjson
from numpy.typing import NDArray
from pydantic import BaseModel

from tunesmith.bot.datasets import conversion, reading, workers
from tunesmith.bot.datasets.conversion import Source
from tunesmith.bot.datasets.diff import UnifiedDiff
from tunesmith.bot.datasets.example import identify
from tunesmith.bot.datasets.fixing import FixPlan, fix_line
from tunesmith.bot.datasets.formats import Format
from tunesmith.bot.datasets.json_line import keys_in_text, read_line
from tunesmith.bot.datasets.key_index import IDENTITY, KeyIndex, Records, make_records
from tunesmith.bot.datasets.masking import first_difference, shortened
from tunesmith.bot.datasets.rules import FIXABLE, FIXED_BY_DEFAULT
from tunesmith.bot.datasets.scan import first_look
from tunesmith.bot.datasets.verdict import Selection
from tunesmith.bot.datasets.writing import refuse_to_overwrite, unfinished
from tunesmith.bot.errors import DatasetError
from tunesmith.bot.messages import say

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
    """What is fixed: counts by code, the number of lines that differ, and the first changes.

    `counts` is empty where there was nothing to fix. `name` is the fixed file's.
    """

    name: str
    counts: dict[str, int]
    changes: list[Change]
    changed: int = 0

    def diff(self) -> str:
        """The first changes as a diff, as they may be shown to others."""
        parts: list[str] = []
        for change in self.changes:
            parts.append(f"@@ -{change.line} @@ {', '.join(change.codes)}")
            parts.append(f"- {change.before}")
            if change.after is not None:
                parts.append(f"+ {change.after}")
        return "\n".join(parts)


async def fix(
    processes: "Processes",
    path: Path,
    *,
    name: str,
    selection: Selection,
    out: Path | None,
    codes: Collection[str] | None = None,
    diff: Path | None = None,
) -> FixResult:
    """`fix_sync` in a worker process; `diff` is the file to which the diff is written."""
    call = partial(_fix_with_diff, path, diff, name=name, selection=selection, out=out, codes=codes)
    return await processes.run(call, seconds=workers.time_limit(path))


def _fix_with_diff(
    path: Path,
    diff: Path | None,
    *,
    name: str,
    selection: Selection,
    out: Path | None,
    codes: Collection[str] | None,
) -> FixResult:
    with nullcontext() if diff is None else diff.open("w", encoding="utf-8") as file:
        return fix_sync(path, name=name, selection=selection, out=out, codes=codes, diff=file)


def fix_sync(
    path: Path,
    *,
    name: str,
    selection: Selection,
    out: Path | None,
    codes: Collection[str] | None = None,
    diff: IO[str] | None = None,
    force: bool = False,
) -> FixResult:
    """Write the fixed file to `out`; None writes nothing, and tells what would be fixed.

    `codes` are the rules whose fixes are applied (those without a fix are passed over); None means
    `FIXED_BY_DEFAULT`. Every changed line goes to `diff`, as it is. Raises DatasetError where the
    file cannot be read at all, where its format is unknown, and where `out` exists without `force`.
    """
    chosen = FIXED_BY_DEFAULT if codes is None else FIXABLE.intersection(codes)
    if out is not None:
        refuse_to_overwrite(out, force=force)
    result = FixResult(name=f"{Path(name).stem}.fixed.jsonl", counts={}, changes=[], changed=0)
    with conversion.as_json_lines(path, name) as source, tempfile.TemporaryFile() as draft:
        settings = first_look(source.path, "")
        if not settings.recognised:
            raise DatasetError(say("reading.not_fixed"))
        provider = selection.catalogue.providers[selection.judge]
        to_chat = Format.PAIRS not in provider.formats and "format_not_trained" in chosen
        plan = FixPlan(chosen, settings.format, settings.style, to_chat)
        counts, repeated = _write_draft(source, plan, draft, result)
        unified = None if diff is None else UnifiedDiff(diff, name, result.name)
        with source.path.open("rb") as given, unfinished(out) if out else nullcontext() as file:
            lines = _versions(given, draft, repeated, without_blank="blank_line" in chosen)
            for number, (before, after) in enumerate(lines, 1):
                if before != after:
                    result.changed += 1
                    if unified is not None:
                        unified.change(number, before, after)
                if file is not None:
                    file.write(after)
    counts["exact_duplicate"] += len(repeated)
    counts.update(found.code for found in source.findings if found.code in FIXABLE)
    if "file_name" in chosen and not name.lower().endswith(".jsonl"):
        counts["file_name"] += 1
    result.counts = dict((+counts).most_common())
    return result


def _write_draft(
    source: Source, plan: FixPlan, draft: IO[bytes], result: FixResult
) -> tuple[Counter[str], NDArray[np.uint32]]:
    """Write each line fixed, empty where nothing is left; gives counts and the repeated lines."""
    counts: Counter[str] = Counter()
    number = 1
    with (
        closing(KeyIndex(IDENTITY)) as index,
        workers.team(size=source.path.stat().st_size) as run,
    ):
        blocks = reading.blocks(source.path, hashlib.sha256())
        for block in run(partial(fix_block, source.path, plan), blocks):
            draft.writelines(line + b"\n" for line in block.lines)
            block.records["line"] += np.uint32(number)
            index.add(block.records)
            counts += block.counts
            for change in block.changes[: MAX_CHANGES - len(result.changes)]:
                change.line += number + source.offset
                result.changes.append(change)
            number += len(block.lines)
        draft.seek(0)
        return counts, _repeated_lines(index)


def _repeated_lines(index: KeyIndex) -> NDArray[np.uint32]:
    """The lines that say what an earlier one says, in order."""
    repeated = [group["line"][1:] for group in index.groups()]
    return np.sort(np.concatenate([np.zeros(0, np.uint32), *repeated]))


def _versions(
    before: Iterable[bytes],
    draft: Iterable[bytes],
    repeated: NDArray[np.uint32],
    *,
    without_blank: bool,
) -> Iterator[tuple[bytes, bytes]]:
    """Each line as it was and as it is written; b"" where it is left out."""
    left_out = iter(repeated.tolist())
    skip = next(left_out, None)
    for number, (line, fixed) in enumerate(zip(before, draft, strict=True), 1):
        if number == skip:
            skip = next(left_out, None)
            yield line, b""
        elif without_blank and fixed == b"\n":
            yield line, b""
        else:
            yield line, fixed if line.endswith(b"\n") else fixed.removesuffix(b"\n")


@dataclass(slots=True)
class FixedBlock:
    """The lines of one block, fixed; those that are left out are empty.

    `records` identify the examples where repeated ones are to be removed.
    """

    lines: list[bytes]
    records: Records
    counts: Counter[str]
    changes: list[Change]


def fix_block(path: Path, plan: FixPlan, block: reading.Block) -> FixedBlock:
    """Fix the lines of a block; changes count their lines from 0."""
    data = reading.read_block(path, block)
    if block.too_long:
        return FixedBlock([data], make_records(IDENTITY, key=[], line=[]), Counter(), [])
    before = data.split(b"\n")
    after: list[bytes] = []
    done = [Counter[str]() for _ in before]
    identities: dict[int, int] = {}
    for number, (raw, written) in enumerate(zip(before, keys_in_text(data, before), strict=True)):
        line = read_line(raw, written=written, first=block.offset == 0 and number == 0)
        after.append(fix_line(line, plan, done[number]))
        if "exact_duplicate" in plan.codes and line.example is not None:
            identities[number] = identify(read_line(after[-1]))
    changed = [number for number, codes in enumerate(done) if codes.total()][:MAX_CHANGES]
    changes = [_change(n, list(+done[n]), before[n], after[n]) for n in changed]
    records = make_records(IDENTITY, key=list(identities.values()), line=list(identities))
    return FixedBlock(after, records, sum(done, Counter[str]()), changes)


def _change(number: int, codes: list[str], before: bytes, after: bytes) -> Change:
    """A change as it is shown: from a little before the first difference."""
    old, new = _rewritten(before), _rewritten(after)
    start = max(0, first_difference(old, new) - _SHOWN_BEFORE)
    return Change(
        line=number,
        codes=codes,
        before=shortened(old, start),
        after=shortened(new, start) if after else None,
    )


def _rewritten(line: bytes) -> str:
    """A line as orjson would write it, so that only real differences are seen."""
    with suppress(orjson.JSONDecodeError, orjson.JSONEncodeError):
        line = orjson.dumps(orjson.loads(line))
    return line.decode(errors="replace")
