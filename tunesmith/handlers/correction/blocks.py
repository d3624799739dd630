"""What Slack sees of corrections: the button, the corrected answer, and the list."""

from collections.abc import Collection, Sequence

from tunesmith.bot.answers.corrections.rows import as_text
from tunesmith.bot.messages import Text, from_stored
from tunesmith.handlers.answer.shown import shown
from tunesmith.handlers.job.rows import slack_time
from tunesmith.handlers.slack.blocks import (
    Block,
    actions,
    button,
    context,
    markdown,
    plain,
    section,
)
from tunesmith.handlers.slack.mrkdwn import shorten
from tunesmith.storage.corrections import Correction

CORRECT = "correct_answer"
KEEP = "keep_correction"
WITHDRAW = "withdraw_correction"

_MOST_SHOWN = 300


def correct_button(text: Text, answer_key: str) -> Block:
    """The button under an answer."""
    return button(text.plain("correction.correct"), CORRECT, answer_key)


def corrected_blocks(
    text: Text, correction: Correction, who: str, *, sql: bool, checked: Sequence[Block]
) -> list[Block]:
    """A corrected answer; `checked` is what its schema says of it."""
    return [
        section(_about(text, correction, text("correction.corrected", who=who))),
        markdown(shown(as_text(correction.preferred), sql=sql)),
        *checked,
        context(text("correction.is_data", channel=correction.channel)),
    ]


def held_blocks(text: Text, correction: Correction, who: str) -> list[Block]:
    """A correction that does not count, because something stands against it."""
    reason = from_stored(correction.objection or "")
    blocks = [section(_about(text, correction, text("correction.held", who=who, reason=reason)))]
    again = correct_button(text, correction.answer_key)
    if not correction.can_be_kept:
        return [*blocks, actions(again)]
    keep = button(text.plain("correction.keep"), KEEP, correction.id)
    return [
        *blocks,
        markdown(shown(as_text(correction.preferred), sql=False)),
        actions(keep, again),
    ]


def list_rows(text: Text, found: Sequence[Correction], learnt: Collection[str]) -> list[Block]:
    """A section for each correction, with the button that withdraws it."""
    rows: list[Block] = []
    for one in found:
        words = text(
            "correction.line",
            question=_line(one.question),
            rejected=_line(as_text(one.rejected)),
            preferred=_line(as_text(one.preferred)),
            user=one.author,
            when=slack_time(one.created_at, text),
            state=text("correction.learnt" if one.id in learnt else "correction.waits"),
        )
        confirm = {
            "title": plain(text.plain("correction.withdraw_title")),
            "text": plain(text.plain("correction.withdraw_text")),
            "confirm": plain(text.plain("correction.withdraw")),
            "deny": plain(text.plain("correction.withdraw_no")),
        }
        press = button(text.plain("correction.withdraw"), WITHDRAW, one.id, confirm=confirm)
        rows.append({**section(words), "block_id": f"correction_{one.id}", "accessory": press})
    return rows


def _about(text: Text, correction: Correction, words: str) -> str:
    """The words, with the question whose answer was corrected: a thread has many answers."""
    question = _line(correction.question)
    if not question:
        return words
    return text("correction.of_question", words=words, question=question)


def _line(text: str) -> str:
    return shorten(" ".join(text.split()), _MOST_SHOWN)
