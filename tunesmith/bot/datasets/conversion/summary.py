"""What a report says of a file that was converted to be read."""

from pydantic import BaseModel

from tunesmith.bot.datasets.masking import first_difference, shortened

_SHOWN_BEFORE = 20


class ConvertedRow(BaseModel):
    """One row before and after, shortened and masked."""

    line: int
    before: str
    after: str


class Conversion(BaseModel):
    """Why a file is not read as it is, and what it is converted from.

    `container` names what holds the rows, from the outside in (["gzip", "csv"]); `shapes` how many
    rows of which shape were converted, `left` how many were not understood and stayed as they are.
    `examples` are the first converted rows.
    """

    container: list[str] = []
    shapes: dict[str, int] = {}
    left: dict[str, int] = {}
    examples: list[ConvertedRow] = []


def converted_row(line: int, before: bytes, after: bytes) -> ConvertedRow:
    """A row as it is shown: from a little before the first difference."""
    old, new = before.decode(errors="replace"), after.decode(errors="replace")
    start = max(0, first_difference(old, new) - _SHOWN_BEFORE)
    return ConvertedRow(line=line, before=shortened(old, start), after=shortened(new, start))
