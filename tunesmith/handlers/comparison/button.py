"""The button that opens the form of a comparison, under answers and on models' cards."""

from tunesmith.bot.messages import Text
from tunesmith.handlers.slack.blocks import Block, button

COMPARE = "compare_models"

_ANSWER, _JOB = "answer", "job"


def compare_answer_button(text: Text, answer_key: str) -> Block:
    """Compare the model of an answer with others, by the same question."""
    return button(text.plain("comparison.button"), COMPARE, f"{_ANSWER} {answer_key}")


def compare_model_button(text: Text, job_id: str) -> Block:
    """Compare a job's model with others."""
    return button(text.plain("comparison.button"), COMPARE, f"{_JOB} {job_id}")


def pressed(value: str) -> tuple[str | None, str | None]:
    """What a button carries: the key of an answer, or the id of a job."""
    what, _, named = value.partition(" ")
    return (named if what == _ANSWER else None), (named if what == _JOB else None)
