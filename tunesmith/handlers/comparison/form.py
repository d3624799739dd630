"""The form in which somebody compares models: pure builders."""

from collections.abc import Sequence

from pydantic import BaseModel

from tunesmith.bot.answers.comparison.asking import MOST, counted_as
from tunesmith.bot.answers.model import AskedModel
from tunesmith.bot.messages import Text
from tunesmith.handlers.answer.form import MOST_QUESTION
from tunesmith.handlers.comparison.names import called
from tunesmith.handlers.slack.blocks import Block, plain, section
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.mrkdwn import shorten

SUBMIT = "compare_form"
MODELS = "compare_models"
QUESTION = "compare_question"

_OPTION = 75
_MOST_OPTIONS = 100


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
        name: {"text": plain(shorten(words(called(context, model)), _OPTION)), "value": name}
        for name, model in list(by_name.items())[:_MOST_OPTIONS]
    }
    select = {
        "type": "multi_static_select",
        "options": list(options.values()),
        "initial_options": [options[counted_as(model)] for model in chosen],
        "max_selected_items": MOST,
    }
    typed: Block = {"type": "plain_text_input", "multiline": True, "max_length": MOST_QUESTION}
    if question:
        typed["initial_value"] = shorten(question, MOST_QUESTION)
    return {
        "type": "modal",
        "callback_id": SUBMIT,
        "title": plain(words("comparison.title")),
        "submit": plain(words("comparison.submit")),
        "close": plain(words("form.close")),
        "private_metadata": about.model_dump_json(),
        "blocks": [
            section(text("comparison.form_how")),
            _input(MODELS, words("comparison.models"), select),
            _input(QUESTION, words("answer.question"), typed),
        ],
    }


def _input(name: str, label: str, element: Block) -> Block:
    return {
        "type": "input",
        "block_id": name,
        "label": plain(label),
        "element": {**element, "action_id": name},
    }
