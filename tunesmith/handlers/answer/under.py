"""What stands under an answer: how it came about, and what can be done with it."""

from pydantic import BaseModel

from tunesmith.bot.messages import Rendered, Text
from tunesmith.bot.providers.lifetime import TimeLeft
from tunesmith.handlers.comparison.button import compare_answer_button
from tunesmith.handlers.correction.blocks import correct_button
from tunesmith.handlers.slack.blocks import Block, actions, button, context, plain
from tunesmith.storage.answers import Answer

GO_ON = "answer_go_on"
AGAIN = "answer_again"
FEEDBACK = "answer_feedback"

_MOST_LABELS = 5
_LEAST_SHARE = 0.005  # what is less reads as 0 %


class Part(BaseModel):
    """An answer that can be gone on with, or asked for again: `key` is that of its question.

    `message` is the key of the question whose message it stands in, `thread` that message's, and
    `typed` says whether the message begins with the question. `tries` tells presses apart that
    came to nothing.
    """

    key: str
    message: str
    thread: str | None
    typed: bool
    tries: int = 0


def small_print(
    text: Text,
    model: str,
    answer: Answer,
    *,
    before: int = 0,
    left: TimeLeft | None = None,
    only_its_file: bool = False,
) -> Block:
    """Who answered, with how many earlier questions in mind, how many tokens it took, what they
    cost, how long that took, and the days `left` where the model's end is near. First, where it
    answers out of its file alone (`only_its_file`), that it does.
    """
    said = [text("answer.by", model=model)]
    if only_its_file:
        said.append(text("answer.only_its_file"))
    if before:
        said.append(text("answer.before", count=before))
    said += took(text, answer)
    if left and left.is_near:
        said.append(text(left.of_model))
    return context(" · ".join(said))


def took(text: Text, answer: Answer) -> list[str]:
    """How many tokens an answer took, what they cost and how long that took."""
    said: list[str] = []
    if answer.input_tokens is not None and answer.output_tokens is not None:
        tokens = {"input": answer.input_tokens, "output": answer.output_tokens}
        said.append(text("answer.tokens", **tokens))
        known = answer.usd is not None
        said.append(text("answer.usd", usd=answer.usd) if known else text("answer.usd_unknown"))
    if answer.first_seconds is None:
        said.append(text("answer.took", seconds=answer.seconds))
    else:
        times = {"first": answer.first_seconds, "seconds": answer.seconds}
        said.append(text("answer.took_first", **times))
    return said


def likely(text: Text, answer: Answer) -> list[Block]:
    """How likely each class is, the likeliest first; nothing where that is not known."""
    shares = sorted((answer.labels or {}).items(), key=lambda one: -one[1])[:_MOST_LABELS]
    said = [
        text("answer.label", label=label, share=share)
        for number, (label, share) in enumerate(shares)
        if number == 0 or share >= _LEAST_SHARE
    ]
    return [context(text("answer.likely", said=Rendered(" · ".join(said))))] if said else []


def answer_buttons(text: Text, answer: Answer, part: Part | None = None) -> list[Block]:
    """The row of buttons under an answer, and thumbs; `part` is given where not all of it came."""
    row: list[Block] = []
    if part is not None:
        carried = part.model_dump_json()
        if answer.finish_reason is None:
            row.append(button(text("answer.again"), AGAIN, carried))
        else:
            row.append(button(text("answer.go_on"), GO_ON, carried))
    if answer.job_id and answer.question and answer.finish_reason is not None:
        row.append(correct_button(text, answer.key))
    if answer.model_ref and answer.question and answer.finish_reason is not None:
        row.append(compare_answer_button(text, answer.key))
    thumbs = {
        "type": "feedback_buttons",
        "action_id": FEEDBACK,
        "positive_button": _thumb(text("answer.good"), f"good {answer.key}"),
        "negative_button": _thumb(text("answer.bad"), f"bad {answer.key}"),
    }
    return [
        *([actions(*row)] if row else []),
        {"type": "context_actions", "elements": [thumbs]},
    ]


def _thumb(label: str, value: str) -> Block:
    return {"text": plain(label), "value": value}
