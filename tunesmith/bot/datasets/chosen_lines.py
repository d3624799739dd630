"""Some lines of a training file: what their examples ask, and the file without them.

Lines count from 1, as findings count them: those of a table are its own.
"""

from collections.abc import Collection
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import orjson

from tunesmith.bot.datasets import conversion, formats, workers
from tunesmith.bot.datasets.dialogue import dialogue
from tunesmith.bot.datasets.findings import Json
from tunesmith.bot.datasets.masking import shortened
from tunesmith.bot.datasets.writing import unfinished
from tunesmith.bot.errors import DatasetError
from tunesmith.bot.messages import say

if TYPE_CHECKING:
    from tunesmith.bot.processes import Processes


class Asked(NamedTuple):
    """A line of the file as people have it, and the last question of its example: short, without
    what is private; "" where there is none to be read.
    """

    line: int
    question: str


def asked_sync(path: Path, *, name: str, uploaded: Collection[int]) -> dict[int, Asked]:
    """What these lines of the file ask, by their number in what a provider is sent of it.

    Raises DatasetError where the file can't be read.
    """
    found: dict[int, Asked] = {}
    with conversion.as_json_lines(path, name) as source, source.path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if number in uploaded:
                found[number] = Asked(number + source.offset, _question(line))
    return found


async def drop(
    processes: "Processes", path: Path, *, name: str, lines: Collection[int], out: Path
) -> int:
    """`drop_sync` in a worker process."""
    call = partial(drop_sync, path, name=name, lines=lines, out=out)
    return await processes.run(call, seconds=workers.time_limit(path))


def drop_sync(path: Path, *, name: str, lines: Collection[int], out: Path) -> int:
    """Write all but these lines of a file, in order; gives how many were dropped.

    Raises DatasetError where it has none of them.
    """
    dropped = 0
    with (
        conversion.as_json_lines(path, name) as source,
        source.path.open("rb") as given,
        unfinished(out) as kept,
    ):
        for number, line in enumerate(given, 1 + source.offset):
            if number in lines:
                dropped += 1
            else:
                kept.write(line)
        if not dropped:
            raise DatasetError(say("rows.not_there"))
    return dropped


def _question(line: bytes) -> str:
    """The last thing that is asked before the last answer."""
    example: Json = None
    with suppress(orjson.JSONDecodeError):
        example = orjson.loads(line)
    if isinstance(example, dict) and (kind := formats.recognise(example)) is not None:
        asked = dialogue(example, kind).asked
        return shortened(asked[-1]) if asked else ""
    return ""
