"""The converted file: JSON Lines of one of our formats, the original left as it is."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel

from tunesmith.bot.datasets import formats, workers
from tunesmith.bot.datasets.as_chat import as_chat
from tunesmith.bot.datasets.block import Settings
from tunesmith.bot.datasets.conversion import exact
from tunesmith.bot.datasets.conversion.shapes.nearest import nearest
from tunesmith.bot.datasets.conversion.source import Source, as_json_lines
from tunesmith.bot.datasets.conversion.summary import Conversion, converted_row
from tunesmith.bot.datasets.findings import JsonObject, quoted_names
from tunesmith.bot.datasets.formats import Format
from tunesmith.bot.datasets.json_line import keys_in, keys_in_text
from tunesmith.bot.datasets.pair_style import PairStyle
from tunesmith.bot.datasets.scan import first_look
from tunesmith.bot.datasets.verdict import Selection
from tunesmith.bot.datasets.writing import refuse_to_overwrite, unfinished
from tunesmith.bot.errors import DatasetError
from tunesmith.bot.messages import say

if TYPE_CHECKING:
    from tunesmith.bot.processes import Processes

# The formats that a file can be converted to.
TARGETS = (Format.CHAT, Format.PAIRS, Format.PREFERENCE)
_SUFFIXES = frozenset({".csv", ".gz", ".json", ".jsonl", ".parquet", ".tsv", ".xlsx", ".zst"})
_MAX_EXAMPLES = 3


class ConvertResult(BaseModel):
    """The converted file's name and format, how many lines it has and how many of them are new.

    `conversion` shows what it was converted from, and the first rows before and after.
    """

    name: str
    format: Format
    lines: int
    changed: int
    conversion: Conversion


async def convert(
    processes: "Processes",
    path: Path,
    *,
    name: str,
    selection: Selection,
    out: Path,
    to: Format | None = None,
) -> ConvertResult:
    """`convert_sync` in a worker process."""
    call = partial(convert_sync, path, name=name, selection=selection, out=out, to=to)
    return await processes.run(call, seconds=workers.time_limit(path))


def convert_sync(
    path: Path,
    *,
    name: str,
    selection: Selection,
    out: Path,
    to: Format | None = None,
    force: bool = False,
) -> ConvertResult:
    """Write the file's examples to `out` as JSON Lines in the format `to`.

    None means the format that the rows are read in, or chat where that is pairs and the provider
    takes none. Line n of `out` is what row n says; a row that is not understood stays as it is.
    Raises DatasetError where the file cannot be read, where nobody knows its format, where an
    example would lose something in the other one, and where `out` exists without `force`.
    """
    refuse_to_overwrite(out, force=force)
    with as_json_lines(path, name) as source:
        look = first_look(source.path, "")
        if not look.recognised:
            keys = quoted_names(look.keys) or [say("finding.value.none")]
            said = say("reading.unknown_format", keys=keys, nearest=nearest(look.keys))
            raise DatasetError(said)
        pairs_taken = Format.PAIRS in selection.catalogue.providers[selection.judge].formats
        target = to or (
            Format.CHAT if look.format is Format.PAIRS and not pairs_taken else look.format
        )
        result = ConvertResult(
            name=converted_name(name),
            format=target,
            lines=0,
            changed=sum(source.conversion.shapes.values()) if source.conversion else 0,
            conversion=source.conversion or Conversion(),
        )
        _write(source, look, result, out)
    return result


def converted_name(name: str) -> str:
    """A name for the converted file that is not the given one's."""
    stem = Path(name)
    while stem.suffix.lower() in _SUFFIXES:
        stem = stem.with_suffix("")
    return f"{stem}.converted.jsonl" if f"{stem}.jsonl" == name else f"{stem}.jsonl"


def _write(source: Source, look: Settings, result: ConvertResult, out: Path) -> None:
    rewrite = _rewriter(look, result.format)
    examples = result.conversion.examples
    with source.path.open("rb") as given, unfinished(out) as file:
        for number, line in enumerate(given, source.offset + 1):
            raw = line.rstrip(b"\r\n")
            made = raw if rewrite is None else _rewritten(raw, rewrite, look.format, number)
            if made is not raw:
                result.changed += 1
                if len(examples) < _MAX_EXAMPLES:
                    examples.append(converted_row(number, raw, made))
            file.write(made + b"\n")
            result.lines += 1


def _rewriter(look: Settings, target: Format) -> Callable[[JsonObject], JsonObject | None] | None:
    """What turns an example into one of the target; None where it is one."""
    if look.format is target:
        return None
    if (look.format, target) == (Format.PAIRS, Format.CHAT):
        return partial(as_chat, style=look.style or PairStyle())
    if (look.format, target) == (Format.CHAT, Format.PAIRS):
        return as_pair
    raise DatasetError(say("reading.no_conversion", found=look.format, wanted=target))


def _rewritten(
    raw: bytes, rewrite: Callable[[JsonObject], JsonObject | None], kind: Format, number: int
) -> bytes:
    """The line in the other format; as it is where there is no example of that kind on it."""
    try:
        value = exact.loads(raw)
    except ValueError:
        return raw
    if not isinstance(value, dict) or formats.recognise(value, kind) is not kind:
        return raw
    written = keys_in_text(raw, [raw])[0]
    if written not in (-1, keys_in(value)):
        return raw
    made = rewrite(value)
    if made is None:
        raise DatasetError(say("reading.no_pair", line=number))
    return raw if made is value else exact.dumps(made)


def as_pair(example: JsonObject) -> JsonObject | None:
    """A chat example as a pair; None where it is more than one question and one answer."""
    match example:
        case {
            "messages": [
                {"role": "user", "content": str(prompt), **asked},
                {"role": "assistant", "content": str(completion), **answered},
            ],
            **others,
        } if not asked and not answered and not others.keys() & {"prompt", "completion"}:
            return {"prompt": prompt, "completion": completion, **others}
        case _:
            return None
