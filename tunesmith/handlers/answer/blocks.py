"""Questions to a tuned model."""

from tunesmith.bot.messages import Rendered, Text
from tunesmith.handlers.job.blocks import ASK, status_said
from tunesmith.handlers.slack.blocks import Block, actions, button, section
from tunesmith.handlers.slack.mrkdwn import escape, shorten
from tunesmith.storage.jobs import Job

_MOST_QUESTION = 2_500


def question_blocks(text: Text, name: str, model: str, question: str) -> list[Block]:
    """What stands over the answer to a question that was asked by command or form."""
    quoted = Rendered(escape(shorten(question, _MOST_QUESTION)).replace("\n", "\n>"))
    return [section(text("answer.root", name=name, model=model, question=quoted))]


def still_training(text: Text, training: Job, other: Job | None) -> tuple[str, list[Block]]:
    """Why a question in the thread of a job that is under way gets no answer yet.

    `other` is the channel's newest model, which can be asked meanwhile.
    """
    words = text(
        "answer.still_training", model=training.base_model, status=status_said(training.status)
    )
    blocks = [section(words)]
    if other is not None and other.fine_tuned_model:
        blocks.append(section(text("answer.ask_other", model=other.fine_tuned_model)))
        blocks.append(actions(button(text("job.ended_ask"), ASK, other.id)))
    return words, blocks
