"""The fields that a file's rows have, as a grader of reinforcement can name them."""

from collections.abc import Sequence
from pathlib import Path

from tunesmith.bot.datasets.fields import EXAMPLE_KEYS
from tunesmith.bot.datasets.formats import Format
from tunesmith.bot.datasets.json_line import BOM, read_line

_FIRST_BYTES = 262_144
_NO_REFERENCE = EXAMPLE_KEYS[Format.CHAT] | {"metadata"}
_USUAL_REFERENCE = "reference_answer"


def row_fields(path: Path) -> list[str]:
    """The keys of a file's first rows; none where no row could be read."""
    try:
        with path.open("rb") as file:
            head = file.read(_FIRST_BYTES).removeprefix(BOM).split(b"\n")
    except OSError:
        return []
    rows = [row for line in head if (row := read_line(line).example) is not None]
    return list(dict.fromkeys(key for row in rows for key in row))


def reference_field(fields: Sequence[str]) -> str:
    """The first of the fields that answers can be compared with; where none can, the one of
    OpenAI's guide.
    """
    return next((field for field in fields if field not in _NO_REFERENCE), _USUAL_REFERENCE)
