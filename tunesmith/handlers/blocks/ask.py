"""Questions to a tuned model."""

import json

from tunesmith.handlers.blocks.parts import Block, context, plain, section
from tunesmith.handlers.text import Text, escape, shorten

SUBMIT = "ask_form"
QUESTION = "question"

_MOST_QUESTION = 2_500


def question_blocks(text: Text, user: str, model: str, question: str) -> list[Block]:
    """The root message of a question asked by command; the answer comes in its thread."""
    quoted = escape(shorten(question, _MOST_QUESTION)).replace("\n", "\n>")
    return [section(text("answer.root", user=user, model=model, question=quoted))]


def answered_blocks(text: Text, model: str, seconds: float) -> list[Block]:
    """The small print under an answer."""
    return [context(text("answer.by", model=model, seconds=f"{seconds:.1f}"))]


def ask_form(text: Text, job_id: str, channel: str, thread: str) -> Block:
    """The modal behind the Ask button."""
    return {
        "type": "modal",
        "callback_id": SUBMIT,
        "title": plain(text("answer.title")),
        "submit": plain(text("answer.submit")),
        "close": plain(text("job.form_close")),
        "private_metadata": json.dumps({"job_id": job_id, "channel": channel, "thread": thread}),
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
