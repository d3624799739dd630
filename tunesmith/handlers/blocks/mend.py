"""What was mended in a training file: counts, and the first changes."""

from tunesmith.bot.datasets.fix import FixResult
from tunesmith.handlers.blocks.parts import Block, code, number, section
from tunesmith.handlers.text import Text, escape

_MOST_KINDS = 10


def mended_text(text: Text, name: str, fixed: FixResult) -> str:
    """What was done to the file `name`, in one sentence."""
    if not fixed.counts:
        return text("dataset.mend_nothing", name=escape(name))
    return text("dataset.mend_done", name=escape(name), mended=escape(fixed.name))


def mended_blocks(text: Text, name: str, fixed: FixResult) -> list[Block]:
    """The sentence, how often each defect was mended, and the diff of the first changes."""
    blocks = [section(mended_text(text, name, fixed))]
    if fixed.counts:
        kinds = list(fixed.counts.items())
        lines = [
            text("dataset.mend_count", what=text(f"finding.fixed.{kind}"), count=number(count))
            for kind, count in kinds[:_MOST_KINDS]
        ]
        if len(kinds) > _MOST_KINDS:
            lines.append(text("dataset.mend_more", count=len(kinds) - _MOST_KINDS))
        blocks.append(section("\n".join(lines)))
    if fixed.changes:
        blocks.append(code(fixed.diff()))
    return blocks
