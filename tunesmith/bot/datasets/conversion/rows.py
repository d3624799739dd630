"""Rows of other shapes turned into ours, one at a time."""

from collections import defaultdict
from dataclasses import dataclass, field

from tunesmith.bot.datasets import formats
from tunesmith.bot.datasets.conversion import exact, shapes
from tunesmith.bot.datasets.conversion.shapes.shape import Shape
from tunesmith.bot.datasets.conversion.summary import ConvertedRow, converted_row
from tunesmith.bot.datasets.findings import JsonObject, RawFinding
from tunesmith.bot.datasets.json_line import BOM, keys_in, keys_in_text
from tunesmith.bot.messages import say

# Rows shown before and after, and lines named for each shape.
_MAX_EXAMPLES = 3
_LISTED_LINES = 5


def is_known(row: JsonObject) -> bool:
    """Whether a row has the keys of a format, or of a shape that is converted."""
    return shapes.recognise(row) is not None or formats.recognise(row) is not None


def is_foreign(line: bytes) -> bool:
    """Whether a line is a row of another shape."""
    row = _read(line)
    return row is not None and shapes.recognise(row) is not None


def _read(line: bytes) -> JsonObject | None:
    try:
        value = exact.loads(line)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


@dataclass(slots=True)
class Rows:
    """How many rows there are of a kind, and the first lines."""

    count: int = 0
    first: list[int] = field(default_factory=list[int])

    def add(self, line: int) -> None:
        """One more row."""
        self.count += 1
        if len(self.first) < _LISTED_LINES:
            self.first.append(line)


class Converter:
    """Converts rows by their own shapes, and keeps what there is to say about it.

    A row that it does not understand stays as it is. Lines count from `offset` + 1.
    """

    def __init__(self, offset: int) -> None:
        self._number = offset
        self.converted: dict[str, Rows] = defaultdict(Rows)
        self.left: dict[str, Rows] = defaultdict(Rows)
        self.examples: list[ConvertedRow] = []

    def skip(self) -> None:
        """Leave the next line as it is."""
        self._number += 1

    def convert(self, line: bytes) -> bytes:
        """The next line, converted where its row has another shape, with a line feed."""
        self._number += 1
        line = line.removesuffix(b"\n")
        mark = BOM if self._number == 1 and line.startswith(BOM) else b""
        row = _read(line.removeprefix(mark))
        shape = None if row is None else shapes.recognise(row)
        if row is None or shape is None:
            return line + b"\n"
        return mark + self._as_ours(line.removeprefix(mark), row, shape)

    def _as_ours(self, line: bytes, row: JsonObject, shape: Shape) -> bytes:
        # Of a key that occurs twice, only one would be left: the line stays, and is found.
        converted = shapes.convert(row, shape) if _writes_each_key_once(line, row) else None
        try:
            made = line if converted is None else exact.dumps(converted)
        except TypeError:  # half a character, or nested too deep
            made = line
        (self.left if made is line else self.converted)[shape.name].add(self._number)
        if made is not line and len(self.examples) < _MAX_EXAMPLES:
            self.examples.append(converted_row(self._number, line, made))
        return made + b"\n"

    def findings(self) -> list[RawFinding]:
        """One finding for each shape, at its first line; one more where rows of it stayed."""
        found = [
            RawFinding(
                code,
                rows.first[0],
                values={
                    "shape": say(f"finding.shape.{name}"),
                    "count": rows.count,
                    "lines": [str(line) for line in rows.first],
                },
            )
            for code, shapes_of in (
                ("foreign_format", self.converted),
                ("row_not_converted", self.left),
            )
            for name, rows in shapes_of.items()
        ]
        return sorted(found, key=lambda each: each.line or 0)


def _writes_each_key_once(line: bytes, row: JsonObject) -> bool:
    written = keys_in_text(line, [line])[0]
    return written < 0 or written == keys_in(row)
