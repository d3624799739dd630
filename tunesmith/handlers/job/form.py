"""The form that starts a job."""

from collections.abc import Mapping, Sequence

from pydantic import BaseModel

from tunesmith.bot.datasets import Report
from tunesmith.bot.datasets.costs import Cost
from tunesmith.bot.messages import Message, Text, say
from tunesmith.handlers.slack.blocks import Block, context, plain, section
from tunesmith.handlers.slack.mrkdwn import shorten

SUBMIT = "start_form"
MODEL, EPOCHS, RATE, SUFFIX, VALIDATION = "model", "epochs", "rate", "suffix", "validation"

MOST_SUFFIX = 64  # OpenAI's API reference, "Create fine-tuning job"
_OPTION = 75


class StartForm(BaseModel):
    """What the form carries: the training file, and the channel that it belongs to."""

    dataset_id: str
    channel: str


def start_form(
    text: Text,
    report: Report,
    about: StartForm,
    *,
    costs: Sequence[Cost],
    titles: Mapping[str, str],
    others: Sequence[tuple[str, str]],
    aside: str | None,
    most_epochs: int,
    absolute_rates: Sequence[str],
    notices: Sequence[Message],
) -> Block:
    """The modal: base model, epochs, learning rate, suffix, validation file.

    `costs` has a row for each base model that can be chosen, `titles` the titles of their
    providers, `others` the id and name of each file that can serve as validation file, `aside` the
    one of them that was set aside from this file, `absolute_rates` the titles of the providers
    that take a learning rate itself; the others take a multiplier. `notices` are what is to be said
    of the dates of the providers' base models.
    """
    blocks = [
        section(
            text(
                "job.form_file",
                name=report.name,
                examples=say("dataset.examples", count=report.examples),
                tokens=say("dataset.tokens", count=report.tokens.total),
            )
        ),
        _models(text, costs, titles),
        *(context(text(notice)) for notice in notices),
        _epochs(text, most_epochs),
        _rate(text, absolute_rates),
        _input(
            SUFFIX,
            text("job.form_suffix"),
            {"type": "plain_text_input", "max_length": MOST_SUFFIX},
            hint=text("job.form_suffix_hint", most=MOST_SUFFIX),
        ),
    ]
    if others:
        blocks.append(_validation(text, others, aside))
    return {
        "type": "modal",
        "callback_id": SUBMIT,
        "title": plain(text("job.form_title")),
        "submit": plain(text("job.form_submit")),
        "close": plain(text("job.form_close")),
        "private_metadata": about.model_dump_json(),
        "blocks": blocks,
    }


def _models(text: Text, costs: Sequence[Cost], titles: Mapping[str, str]) -> Block:
    options = [_model_option(text, cost, titles[cost.provider]) for cost in costs]
    select = {"type": "static_select", "options": options, "initial_option": options[0]}
    return _input(MODEL, text("job.form_model"), select)


def _epochs(text: Text, most_epochs: int) -> Block:
    epochs = {
        "type": "number_input",
        "is_decimal_allowed": False,
        "min_value": "1",
        "max_value": str(most_epochs),
    }
    return _input(EPOCHS, text("job.form_epochs"), epochs, hint=text("job.form_epochs_hint"))


def _rate(text: Text, absolute_rates: Sequence[str]) -> Block:
    rate = {"type": "number_input", "is_decimal_allowed": True, "min_value": "0"}
    if not absolute_rates:
        return _input(RATE, text("job.form_rate"), rate, hint=text("job.form_rate_hint"))
    hint = text("job.form_learning_rate_hint", providers=list(absolute_rates))
    return _input(RATE, text("job.form_learning_rate"), rate, hint=hint)


def _validation(text: Text, others: Sequence[tuple[str, str]], aside: str | None) -> Block:
    options = [{"text": plain(shorten(name, _OPTION)), "value": other} for other, name in others]
    select: Block = {"type": "static_select", "options": options}
    for option in options:
        if option["value"] == aside:
            select["initial_option"] = option
    label, hint = text("job.form_validation"), text("job.form_validation_hint")
    return _input(VALIDATION, label, select, hint=hint)


def _input(name: str, label: str, element: Block, *, hint: str | None = None) -> Block:
    block: Block = {
        "type": "input",
        "block_id": name,
        "label": plain(label),
        "element": {**element, "action_id": name},
        "optional": name != MODEL,
    }
    if hint:
        block["hint"] = plain(hint)
    return block


def _model_option(text: Text, cost: Cost, title: str) -> Block:
    about = text.plain("job.form_model_cost", provider=title, cost=_price(cost))
    return {
        "text": plain(shorten(cost.model, _OPTION)),
        "description": plain(shorten(about, _OPTION)),
        "value": f"{cost.provider}/{cost.model}",
    }


def _price(cost: Cost) -> Message:
    if cost.usd is None:
        return say("job.form_cost_unknown")
    if not cost.usd:
        return say("job.form_cost_free")
    epochs = say("job.form_epochs_count", count=cost.epochs or 1)
    return say("job.form_cost_about", usd=cost.usd, epochs=epochs)
