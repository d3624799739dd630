"""The form in which somebody asks a model: pure builders, and what was filled in."""

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel

from tunesmith.bot.answers.model import AskedModel
from tunesmith.bot.errors import UserError
from tunesmith.bot.messages import Text, say
from tunesmith.handlers.slack.blocks import Block, actions, button
from tunesmith.handlers.slack.forms import (
    MOST_OPTIONS,
    form,
    input_block,
    option,
    question_input,
    select,
)
from tunesmith.handlers.slack.payloads import SubmissionBody

SUBMIT = "ask_form"
MODEL = "ask_model_choice"
QUESTION = "question"
MORE = "ask_more"
TEMPERATURE = "ask_temperature"
MOST_TOKENS = "ask_most_tokens"
SYSTEM = "ask_system"

MOST_QUESTION = 2_500
_MOST_SYSTEM = 3_000
_HOTTEST = 2.0


class AskForm(BaseModel):
    """What the modal carries: where the question is asked, and whether it shows all settings."""

    channel: str
    thread: str | None
    more: bool = False


def option_of(model: AskedModel) -> str:
    """What stands for a model in the form, where Slack takes 150 characters.

    A job's models need no name, which may be long.
    """
    return model.ref if model.kind == "base" else model.ref.removesuffix(model.name).strip()


def ask_form(
    text: Text, about: AskForm, models: Sequence[AskedModel], chosen: str, question: str = ""
) -> Block:
    """The modal: `chosen` is the option that it begins with, among those of the `models`."""
    words = text.plain
    options = [_option(words, model) for model in models[:MOST_OPTIONS]]
    known = chosen if any(one["value"] == chosen for one in options) else options[0]["value"]
    settings = (
        _settings(words) if about.more else [actions(button(words("answer.more"), MORE, "+"))]
    )
    blocks = [
        input_block(MODEL, words("answer.model"), select(options, known)),
        input_block(QUESTION, words("answer.question"), question_input(question, MOST_QUESTION)),
        *settings,
    ]
    title, submit = words("answer.title"), words("answer.submit")
    return form(words, SUBMIT, about, blocks, title=title, submit=submit)


def settings_of(body: SubmissionBody) -> dict[str, Any]:
    """What was chosen beyond model and question, as arguments of `build`. Raises UserError."""
    found: dict[str, Any] = {}
    if (temperature := body.input(TEMPERATURE)) is not None:
        found["temperature"] = _temperature(temperature)
    if (most := body.number(MOST_TOKENS)) is not None:
        found["most_tokens"] = most
    if (system := body.input(SYSTEM)) is not None:
        found["system"] = system
    return found


def _temperature(typed: str) -> float:
    try:
        value = float(typed)
    except ValueError:
        value = -1.0
    if not 0 <= value <= _HOTTEST:
        raise UserError(say("answer.temperature_wrong"))
    return value


def _option(words: Text, model: AskedModel) -> Block:
    shown = model.shown
    if model.kind == "checkpoint":
        shown = words("answer.option_checkpoint", model=model.shown, step=model.step)
    elif model.kind == "base":
        shown = words("answer.option_base", model=model.shown)
    return option(shown, option_of(model))


def _settings(words: Text) -> list[Block]:
    number: Block = {"type": "number_input"}
    heat = {"is_decimal_allowed": True, "min_value": "0", "max_value": str(_HOTTEST)}
    tokens = {"is_decimal_allowed": False, "min_value": "1"}
    system = {"type": "plain_text_input", "multiline": True, "max_length": _MOST_SYSTEM}
    return [
        _optional(TEMPERATURE, words("answer.temperature"), number | heat, words("answer.heat")),
        _optional(MOST_TOKENS, words("answer.most"), number | tokens, words("answer.most_hint")),
        _optional(SYSTEM, words("answer.system"), system, words("answer.system_hint")),
    ]


def _optional(name: str, label: str, element: Block, hint: str) -> Block:
    return input_block(name, label, element, hint=hint, optional=True)
