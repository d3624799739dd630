"""What changes in a file: before and after, what a fix would do, and what it has done."""

from collections.abc import Mapping, Sequence

from pydantic import BaseModel, ConfigDict

from tunesmith.bot.datasets.conversion.summary import ConvertedRow
from tunesmith.bot.datasets.fix import Change, FixResult
from tunesmith.bot.messages import Message, Text, say
from tunesmith.handlers.slack.blocks import (
    Block,
    actions,
    button,
    checkboxes,
    code,
    context,
    section,
)

WRITE = "write_fixed"
REMOVE = "fix_remove"

MOST_CHANGES = 3
_MOST_KINDS = 10


class Preview(BaseModel):
    """What the button under a preview carries: the rules whose fixes were shown."""

    model_config = ConfigDict(frozen=True)

    dataset_id: str
    codes: list[str]


def before_and_after(
    text: Text, changes: Sequence[tuple[Change | ConvertedRow, Message | None]]
) -> Block:
    """The first changes, each with what was done to its line where that is to be said."""
    words, parts = text.plain, list[str]()
    for change, done in changes[:MOST_CHANGES]:
        line = say("dataset.change_line", line=change.line)
        parts.append(words(line if done is None else say("dataset.change", line=line, what=done)))
        parts.append(f"- {change.before}")
        if change.after is not None:
            parts.append(f"+ {change.after}")
    return code("\n".join(parts))


def preview_text(text: Text, name: str, fixed: FixResult, removable: Mapping[str, int]) -> str:
    """What could be fixed in the file `name`, in one sentence."""
    if fixed.changed:
        return text("dataset.fix_preview", name=name, count=fixed.changed)
    if fixed.counts:
        return text("dataset.fix_preview_whole", name=name)
    return text("dataset.fix_only_removed" if removable else "dataset.fix_nothing", name=name)


def preview_blocks(
    text: Text, name: str, dataset_id: str, fixed: FixResult, removable: Mapping[str, int]
) -> list[Block]:
    """What would change, with the first changes, and the button that has the file written.

    `removable` is how much each rule would remove that is only applied on request: that is offered,
    and not chosen.
    """
    blocks = [section(preview_text(text, name, fixed, removable)), *_changes(text, fixed)]
    if has_diff(fixed):
        blocks.append(context(text("dataset.fix_first_shown", count=fixed.changed)))
    if removable:
        labels = [text.plain(f"finding.removed.{code}", count=n) for code, n in removable.items()]
        blocks.append(checkboxes(REMOVE, REMOVE, list(zip(labels, removable, strict=True))))
    if fixed.counts or removable:
        carried = Preview(dataset_id=dataset_id, codes=list(fixed.counts)).model_dump_json()
        label = text.plain("dataset.fix_write")
        blocks.append(actions(button(label, WRITE, carried, style="primary")))
    return blocks


def fixed_text(text: Text, name: str, fixed: FixResult) -> str:
    """What was done to the file `name`, in one sentence."""
    if not fixed.counts:
        return text("dataset.fix_nothing", name=name)
    return text("dataset.fix_done", name=name, fixed=fixed.name)


def fixed_blocks(text: Text, name: str, fixed: FixResult) -> list[Block]:
    """The sentence, how often each defect was fixed, and the first changes."""
    blocks = [section(fixed_text(text, name, fixed)), *_changes(text, fixed)]
    if has_diff(fixed):
        blocks.append(context(text("dataset.fix_diff", count=fixed.changed)))
    return blocks


def has_diff(fixed: FixResult) -> bool:
    """Whether more was changed than the message shows, so that the complete diff is attached."""
    return fixed.changed > MOST_CHANGES


def _changes(text: Text, fixed: FixResult) -> list[Block]:
    blocks: list[Block] = []
    kinds = list(fixed.counts.items())
    lines = [
        text("dataset.fix_count", what=say(f"finding.fixed.{kind}"), count=count)
        for kind, count in kinds[:_MOST_KINDS]
    ]
    if len(kinds) > _MOST_KINDS:
        lines.append(text("dataset.fix_more", count=len(kinds) - _MOST_KINDS))
    if lines:
        blocks.append(section("\n".join(lines)))
    if fixed.changes:
        shown = [(change, _done(change.codes)) for change in fixed.changes]
        blocks.append(before_and_after(text, shown))
    return blocks


def _done(codes: Sequence[str]) -> Message:
    return say("dataset.kinds", kinds=[say(f"finding.fixed.{code}") for code in codes])
