"""The list of rows with most loss, ten to a page, with a box to tick at each: pure builders."""

from collections.abc import Sequence

from pydantic import BaseModel, Field

from tunesmith.bot.messages import Text
from tunesmith.handlers.slack.blocks import Block, actions, button, context, section
from tunesmith.handlers.slack.forms import form, input_block, option
from tunesmith.storage.row_losses import RowLoss

SUBMIT = "drop_rows"
TURN = "turn_row_losses"
"""The beginning of the ids of the buttons that turn the page: each in a row has its own."""

WAYS = ("back", "on")

_PAGE = 10


class Ticked(BaseModel):
    """What the list carries: whose rows, the page that it shows (from 0), and the lines that were
    ticked on other pages.
    """

    job_id: str
    channel: str
    page: int = 0
    lines: list[int] = Field(default_factory=list[int])

    @property
    def block_id(self) -> str:
        """The block of the boxes: each page has its own, or Slack keeps what was ticked before."""
        return f"rows_{self.page}"


def rows_view(text: Text, file: str, rows: Sequence[RowLoss], ticked: Ticked) -> Block:
    """The modal."""
    words, first = text.plain, ticked.page * _PAGE
    here = rows[first : first + _PAGE]
    others = set(ticked.lines) - {row.line for row in here}
    carried = ticked.model_copy(update={"lines": sorted(others)})
    blocks = [
        section(text("rows.title", file=file)),
        context(text("rows.about")),
        _boxes(words, here, ticked),
        *_turns(words, ticked.page, len(rows)),
    ]
    if others:
        blocks.append(context(text("rows.ticked_elsewhere", count=len(others))))
    title, submit = words("rows.button"), words("rows.drop")
    return form(words, SUBMIT, carried, blocks, title=title, submit=submit)


def _boxes(text: Text, rows: Sequence[RowLoss], ticked: Ticked) -> Block:
    options = {row.line: _option(text, row) for row in rows}
    element: Block = {
        "type": "checkboxes",
        "options": list(options.values()),
    }
    if chosen := [option for line, option in options.items() if line in ticked.lines]:
        element["initial_options"] = chosen
    return input_block(ticked.block_id, text("rows.choose"), element, optional=True)


def _option(text: Text, row: RowLoss) -> Block:
    return option(text("rows.row", line=row.line, loss=row.loss), str(row.line), row.question)


def _turns(text: Text, page: int, count: int) -> list[Block]:
    there = {"back": page > 0, "on": (page + 1) * _PAGE < count}
    turns = [
        button(text(f"rows.page_{way}"), f"{TURN}_{way}", str(page + step))
        for way, step in zip(WAYS, (-1, 1), strict=True)
        if there[way]
    ]
    return [actions(*turns)] if turns else []
