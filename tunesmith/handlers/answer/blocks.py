"""Questions to a tuned model."""

from pydantic import BaseModel

from tunesmith.bot.messages import Rendered, Text
from tunesmith.bot.providers.lifetime import TimeLeft
from tunesmith.handlers.slack.blocks import Block, context, plain, section
from tunesmith.handlers.slack.mrkdwn import escape, shorten

SUBMIT = "ask_form"
QUESTION = "question"

_MOST_QUESTION = 2_500


def question_blocks(text: Text, user: str, model: str, question: str) -> list[Block]:
    """The root message of a question asked by command; the answer comes in its thread."""
    quoted = Rendered(escape(shorten(question, _MOST_QUESTION)).replace("\n", "\n>"))
    return [section(text("answer.root", user=user, model=model, question=quoted))]


def answered_blocks(
    text: Text, model: str, seconds: float, left: TimeLeft | None = None
) -> list[Block]:
    """The small print under an answer; it says the days `left` where the end is near."""
    words = text("answer.by", model=model, seconds=seconds)
    if left and left.is_near:
        words += f" · {text(left.short)}"
    return [context(words)]


class AskForm(BaseModel):
    """What the modal carries: whose model is asked, and in which thread."""

    job_id: str
    channel: str
    thread: str


def ask_form(text: Text, about: AskForm) -> Block:
    """The modal behind the Ask button."""
    return {
        "type": "modal",
        "callback_id": SUBMIT,
        "title": plain(text("answer.title")),
        "submit": plain(text("answer.submit")),
        "close": plain(text("job.form_close")),
        "private_metadata": about.model_dump_json(),
        "blocks": [
            {
                "type": "input",
                "block_id": QUESTION,
                "label": plain(text("answer.question")),
                "element": {
                    "type": "plain_text_input",
                    "action_id": QUESTION,
                    "multiline": True,
                    "max_length": _MOST_QUESTION,
                },
            }
        ],
    }
