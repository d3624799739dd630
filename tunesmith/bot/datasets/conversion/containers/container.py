"""What every container says of itself."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from tunesmith.bot.datasets.findings import RawFinding
from tunesmith.bot.messages import Message, Value, say

# One JSON value, or one cell of a table, longer than this is not an example.
MAX_VALUE = 64 << 20


class Sheet(NamedTuple):
    """One sheet of a workbook: its rows are these lines; none where it was not read."""

    name: str
    first: int
    last: int


@dataclass(slots=True)
class Container:
    """The rows of a file, each as a line of JSON; line n is what people see as `offset` + n.

    `name` is what a report's JSON prints. `sheets` fills while the lines are read. `uniform` tells
    that the first rows say what shape the others have.
    """

    name: str
    lines: Iterator[bytes]
    kind: Message
    unit: Message
    offset: int = 0
    sheets: list[Sheet] = field(default_factory=list[Sheet])
    uniform: bool = True

    def finding(self) -> RawFinding:
        """That the file is no JSON Lines."""
        values: dict[str, Value] = {"kind": self.kind, "unit": self.unit}
        if len(self.sheets) > 1:
            values["kind"] = say(
                "finding.file.sheets", sheets=[_said(each) for each in self.sheets]
            )
        return RawFinding("not_json_lines", values=values)


def _said(sheet: Sheet) -> Message:
    if sheet.last < sheet.first:
        return say("finding.value.sheet_not_read", name=sheet.name)
    return say("finding.value.sheet", name=sheet.name, first=sheet.first, last=sheet.last)
