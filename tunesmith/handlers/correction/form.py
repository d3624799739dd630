"""The form in which an answer is corrected."""

from collections.abc import Sequence

from pydantic import BaseModel

from tunesmith.bot.messages import Message, Text
from tunesmith.handlers.slack.blocks import Block, plain, section
from tunesmith.handlers.slack.forms import MOST_OPTIONS, OPTION, form, input_block, option, select
from tunesmith.handlers.slack.mrkdwn import escape, shorten
from tunesmith.handlers.slack.payloads import SubmissionBody

SUBMIT = "correct_form"
CONSENT = "consent"

# An input of Slack's takes 3,000 characters: some are left for what people add.
_PART_MOST, _PART_FILLED = 3_000, 2_500
_MOST_PARTS = 12
_MOST_QUESTION = 900

MOST = _MOST_PARTS * _PART_FILLED
"""The most characters of an answer that the form has room for."""


class Correcting(BaseModel):
    """What the form carries: which answer, where it stands, and what was seen of it.

    `joins` stands between the parts that the answer is shown in. `seen` is the id of the correction
    that stood when the form was shown.
    """

    answer_key: str
    channel: str
    thread: str
    joins: list[str] = []
    seen: str | None = None


def correct_form(
    text: Text,
    about: Correcting,
    *,
    question: str,
    answer: str,
    classes: Sequence[str],
    channel: str,
    said: Message | None = None,
) -> Block:
    """The modal. `answer` is what stands in it, `said` what is to be looked at before it is sent;
    `channel` is whose training data it becomes.
    """
    words = text.plain
    quoted = escape(shorten(question, _MOST_QUESTION)).replace("\n", "\n>")
    parts, joins = ([answer], []) if _are_options(classes) else in_parts(answer)
    about = about.model_copy(update={"joins": joins})
    blocks = [
        *([section(text("correction.look", said=said))] if said else []),
        section(f"*{text('correction.question')}*\n>{quoted}"),
        *_answer(words, parts, classes),
        _consent(words),
        section(text("correction.becomes", channel=channel)),
    ]
    title, submit = words("correction.title"), words("correction.submit")
    return form(words, SUBMIT, about, blocks, title=title, submit=submit)


def typed(body: SubmissionBody, about: Correcting) -> str:
    """The answer that was written in the form."""
    answer = body.written(part_name())
    for number, join in enumerate(about.joins, 1):
        answer += join + body.written(part_name(number))
    return answer.strip()


def part_name(number: int = 0) -> str:
    """The block of a part of the answer; at the first one, what is said against it stands."""
    return f"part_{number}"


def in_parts(answer: str) -> tuple[list[str], list[str]]:
    """The answer in parts that inputs have room for, and what stands between them: they are cut at
    the ends of lines, and elsewhere only where a line is too long.
    """
    parts: list[str] = []
    joins: list[str] = []
    rest = answer
    while len(rest) > (_PART_FILLED if parts else _PART_MOST):
        end, join = _cut(rest)
        parts.append(rest[:end])
        joins.append(join)
        rest = rest[end + len(join) :]
    return [*parts, rest], joins


def _cut(text: str) -> tuple[int, str]:
    """Where to cut a text, and what goes out there: never spaces that an input may drop."""
    if (end := text.rfind("\n", 1, _PART_FILLED + 1)) > 0:
        return end, "\n"
    inside = (
        end
        for end in range(_PART_FILLED, 1, -1)
        if not (text[end - 1].isspace() or text[end].isspace())
    )
    return next(inside, _PART_FILLED), ""


def _are_options(classes: Sequence[str]) -> bool:
    return 0 < len(classes) <= MOST_OPTIONS and all(len(one) <= OPTION for one in classes)


def _answer(words: Text, parts: Sequence[str], classes: Sequence[str]) -> list[Block]:
    label = words("correction.answer")
    if _are_options(classes):
        options = [option(one, one) for one in classes]
        return [input_block(part_name(0), label, select(options, parts[0].strip()))]
    if len(parts) == 1:
        return [input_block(part_name(0), label, _text(parts[0]))]
    return [
        input_block(
            part_name(number),
            words("correction.answer_part", number=number + 1, count=len(parts)),
            _text(part),
            optional=number > 0,
        )
        for number, part in enumerate(parts)
    ]


def _text(answer: str) -> Block:
    element: Block = {
        "type": "plain_text_input",
        "multiline": True,
        "max_length": _PART_MOST,
    }
    return {**element, "initial_value": answer} if answer else element


def _consent(words: Text) -> Block:
    yes = {"text": plain(words("correction.consent")), "value": "yes"}
    element: Block = {"type": "checkboxes", "options": [yes]}
    return input_block(CONSENT, words("correction.consent_label"), element)
