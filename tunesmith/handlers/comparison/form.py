"""The form in which somebody compares models: pure builders."""

from collections.abc import Sequence

from pydantic import BaseModel

from tunesmith.bot.answers.comparison.asking import MOST, counted_as
from tunesmith.bot.answers.model import AskedModel
from tunesmith.bot.messages import Text
from tunesmith.handlers.answer.form import MOST_QUESTION
from tunesmith.handlers.comparison.names import called
from tunesmith.handlers.slack.blocks import Block, section
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.forms import (
    MOST_OPTIONS,
    form,
    input_block,
    option,
    question_input,
)

SUBMIT = "compare_form"
MODELS = "compare_models"
QUESTION = "compare_question"


class CompareForm(BaseModel):
    """What the modal carries: where the answers are to stand."""

    channel: str
    thread: str | None


def compare_form(
    context: Context,
    text: Text,
    about: CompareForm,
    *,
    models: Sequence[AskedModel],
    chosen: Sequence[AskedModel],
    question: str = "",
) -> Block:
    """The modal: it begins with those of the `models` that are `chosen`."""
    words = text.plain
    by_name = {counted_as(model): model for model in (*chosen, *models)}
    options = {
        name: option(words(called(context, model)), name)
        for name, model in list(by_name.items())[:MOST_OPTIONS]
    }
    select = {
        "type": "multi_static_select",
        "options": list(options.values()),
        "initial_options": [options[counted_as(model)] for model in chosen],
        "max_selected_items": MOST,
    }
    blocks = [
        section(text("comparison.form_how")),
        input_block(MODELS, words("comparison.models"), select),
        input_block(QUESTION, words("answer.question"), question_input(question, MOST_QUESTION)),
    ]
    title, submit = words("comparison.title"), words("comparison.submit")
    return form(words, SUBMIT, about, blocks, title=title, submit=submit)
