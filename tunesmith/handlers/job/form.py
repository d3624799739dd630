"""The form that starts a job: pure builders.

A field that the chosen base model does not take is not shown. The form is built anew whenever
something is chosen that changes it; Slack keeps what stands in fields that stay.
"""

import json

from tunesmith.bot.datasets.row_fields import reference_field
from tunesmith.bot.jobs.graders import MOST_LETTERS, same_answer
from tunesmith.bot.jobs.limits import MOST_BATCH, MOST_BETA, MOST_PROJECT, MOST_SEED, letters
from tunesmith.bot.messages import Message, Rendered, Text, say
from tunesmith.handlers.job import form_values as fields
from tunesmith.handlers.job.form_data import FormData, value_of
from tunesmith.handlers.job.form_price import price_block, short
from tunesmith.handlers.job.form_values import Filled, StartForm
from tunesmith.handlers.slack.blocks import Block, context, section
from tunesmith.handlers.slack.forms import MOST_OPTIONS, form, input_block, option, select
from tunesmith.storage.tuned import Tuned

SUBMIT = "start_form"

_AT_ONCE = {"trigger_actions_on": ["on_character_entered"]}


def start_form(text: Text, data: FormData, filled: Filled, *, said: Message | None = None) -> Block:
    """The modal. `said` is what is to be looked at before it is sent again."""
    words = text.plain
    submit = "form.submit_for_approval" if data.needs_approval else "form.submit"
    blocks = [
        *([section(text("form.again", said=said, button=say(submit)))] if said else []),
        section(_about(text, data)),
        *(context(text(one)) for one in data.like),
        *_begins_anew(text, data, filled),
        _models(words, data),
        *_limits(text, data),
        *(context(text(one)) for one in data.notices),
        _epochs(words, data, filled),
        _price(text, data, filled),
        *_budgets(text, data),
        *_validation(words, data, filled),
        *_grader(words, data, filled),
        *_continue(words, data, filled),
        *_hyperparameters(words, data, filled),
        *_names(words, data, filled),
        _notify(words, data, filled),
    ]
    carried = _carried(data, filled, blocks)
    return form(words, SUBMIT, carried, blocks, title=words("form.title"), submit=words(submit))


def shown(data: FormData, filled: Filled) -> str:
    """The base model and the price that a form shows: what somebody agrees to by sending it."""
    asked = data.quote(data.offer, filled)
    return f"{value_of(data.offer)} {asked.training_usd}"


def _carried(data: FormData, filled: Filled, blocks: list[Block]) -> StartForm:
    here = {block["element"]["action_id"] for block in blocks if block["type"] == "input"}
    return StartForm(
        dataset_id=data.dataset.id,
        channel=data.dataset.channel,
        shown=shown(data, filled),
        kept={name: value for name, value in filled.items() if name not in here},
        gone=data.gone,
    )


def _about(text: Text, data: FormData) -> str:
    report = data.report
    return text(
        "form.file",
        name=data.dataset.name,
        examples=say("dataset.examples", count=report.examples),
        tokens=say("dataset.tokens", count=report.tokens.total),
        method=say(f"form.method_{report.method}"),
    )


def _begins_anew(text: Text, data: FormData, filled: Filled) -> list[Block]:
    """That the job does not go on from where the earlier one did."""
    if data.gone is None or filled.get(fields.CONTINUE):
        return []
    key = "form.continued_gone_other" if data.tuned else "form.continued_gone"
    return [section(text(key, model=data.gone, base=data.offer.entry.name))]


def _models(text: Text, data: FormData) -> Block:
    options = [
        option(
            offer.entry.name,
            value_of(offer),
            text("form.model_price", provider=offer.provider.title, price=short(data.quote(offer))),
        )
        for offer in data.offers[:MOST_OPTIONS]
    ]
    element = select(options, value_of(data.offer))
    return {**input_block(fields.MODEL, text("form.model"), element), "dispatch_action": True}


def _limits(text: Text, data: FormData) -> list[Block]:
    """What is known of the chosen base model, and what it is not good for."""
    entry, said = data.offer.entry, list[str]()
    if weights := data.weights:
        about = {"size": weights.size, "context": weights.context, "licence": weights.licence}
        said.append(text("form.weights", hub=entry.hub, **about))
    takes = data.offer.provider.for_model(entry)
    if entry.knows_only_its_file:
        said.append(text("form.only_its_file"))
    if takes.max_file_bytes is not None and not takes.tools:
        said.append(text("form.limits", model=entry.name, most=takes.max_file_bytes))
    return [context(" ".join(said))] if said else []


def _epochs(text: Text, data: FormData, filled: Filled) -> Block:
    most = data.offer.provider.max_epochs
    element = _number("1", str(most), filled.get(fields.EPOCHS), is_decimal=False)
    element["dispatch_action_config"] = _AT_ONCE
    default = data.offer.provider.epochs(data.report.examples)
    hint = text("form.epochs_hint") if default is None else text("form.epochs_auto", count=default)
    block = input_block(fields.EPOCHS, text("form.epochs"), element, hint=hint, optional=True)
    return {**block, "dispatch_action": True}


def _price(text: Text, data: FormData, filled: Filled) -> Block:
    asked = data.quote(data.offer, filled)
    budget = None
    if data.against:
        key = "form.needs_approval" if data.can_be_approved else "form.over_budget"
        budget = say(key, reason=data.against)
    provider, channel = data.offer.provider, data.dataset.channel
    return price_block(text, asked, provider, channel, budget=budget, needs=data.needs)


def _budgets(text: Text, data: FormData) -> list[Block]:
    """What is left this month of each budget that has a limit."""
    if not data.budgets:
        return []
    left = [
        text("form.budget_left", name=say(f"budget.of_{one.scope}"), left=one.left, limit=one.limit)
        for one in data.budgets
    ]
    return [context(text("form.budgets", budgets=Rendered(" · ".join(left))))]


def _validation(text: Text, data: FormData, filled: Filled) -> list[Block]:
    if not data.others and data.aside is None:
        return []
    options = [option(text("form.validation_none"), fields.NO_VALIDATION)]
    if data.aside is not None:
        about = text("form.validation_split_about", most=data.aside)
        options.append(option(text("form.validation_split"), fields.SPLIT, about))
    options += [
        option(other.name, other.id, text("dataset.examples", count=other.report["examples"]))
        for other in data.others
    ]
    element = select(options, filled.get(fields.VALIDATION, fields.NO_VALIDATION))
    hint, label = text("form.validation_hint"), text("form.validation")
    block = input_block(fields.VALIDATION, label, element, hint=hint, optional=True)
    return [{**block, "dispatch_action": True}]


def takes_grader(data: FormData) -> bool:
    """Whether the form asks for a grader."""
    return data.report.method == "reinforcement" and data.offer.provider.takes_graders


def _grader(text: Text, data: FormData, filled: Filled) -> list[Block]:
    if not takes_grader(data):
        return []
    has_one = data.offer.provider.grader is not None
    field = reference_field(data.fields)
    hint = text("form.grader_hint_own") if has_one else text("form.grader_hint", field=field)
    ready = None if has_one else json.dumps(same_answer(field), indent=1, ensure_ascii=False)
    element = {**_typed(MOST_LETTERS, filled.get(fields.GRADER, ready)), "multiline": True}
    label = text("form.grader")
    return [input_block(fields.GRADER, label, element, hint=hint, optional=has_one)]


def _continue(text: Text, data: FormData, filled: Filled) -> list[Block]:
    if not data.tuned:
        return []
    options = [option(one.model, choice_of(one), text(_tuned(one))) for one in data.tuned]
    element = select(options, filled.get(fields.CONTINUE))
    block = input_block(
        fields.CONTINUE,
        text("form.continue"),
        element,
        hint=text("form.continue_hint_needed", provider=data.offer.provider.title)
        if data.needs_tuned
        else text("form.continue_hint", model=data.offer.entry.name),
        optional=not data.needs_tuned,
    )
    return [{**block, "block_id": fields.continue_block(data.offer)}]


def choice_of(one: Tuned) -> str:
    """The value of a tuned model's option: shorter than its name, which has no limit."""
    return one.job_id if one.step is None else f"{one.job_id}/{one.step}"


def _tuned(one: Tuned) -> Message:
    if one.step is None:
        return say("form.tuned_on", file=one.file, id=one.job_id)
    return say("form.checkpoint", file=one.file, id=one.job_id, step=one.step)


def _hyperparameters(text: Text, data: FormData, filled: Filled) -> list[Block]:
    provider = data.offer.provider
    name = fields.rate_field(provider)
    most_rate = "1" if provider.learning_rate_is_absolute else None
    rate = _number("0", most_rate, filled.get(name), is_decimal=True)
    batch = _number("1", str(MOST_BATCH), filled.get(fields.BATCH), is_decimal=False)
    hint = auto = text("form.auto_hint")
    label = text("form.rate")
    if provider.learning_rate_is_absolute:
        label, hint = text("form.learning_rate"), text("form.learning_rate_hint")
    blocks = [
        input_block(name, label, rate, hint=hint, optional=True),
        input_block(fields.BATCH, text("form.batch_size"), batch, hint=auto, optional=True),
    ]
    if data.report.method == "dpo":
        beta = _number("0", str(MOST_BETA), filled.get(fields.BETA), is_decimal=True)
        hint = text("form.beta_hint", most=MOST_BETA)
        blocks.append(input_block(fields.BETA, text("form.beta"), beta, hint=hint, optional=True))
    if provider.takes_seed:
        seed = _number("0", str(MOST_SEED), filled.get(fields.SEED), is_decimal=False)
        hint = text("form.seed_hint")
        blocks.append(input_block(fields.SEED, text("form.seed"), seed, hint=hint, optional=True))
    return blocks


def _names(text: Text, data: FormData, filled: Filled) -> list[Block]:
    provider, blocks = data.offer.provider, list[Block]()
    if provider.takes_suffix:
        most = provider.max_suffix
        hint = text("form.suffix_hint", most=most, letters=letters(provider))
        element = _typed(most, filled.get(fields.SUFFIX))
        blocks.append(
            input_block(fields.SUFFIX, text("form.suffix"), element, hint=hint, optional=True)
        )
    if provider.takes_integrations:
        element = _typed(MOST_PROJECT, filled.get(fields.PROJECT))
        hint = text("form.project_hint", provider=provider.title)
        blocks.append(
            input_block(fields.PROJECT, text("form.project"), element, hint=hint, optional=True)
        )
    return blocks


def _notify(text: Text, data: FormData, filled: Filled) -> Block:
    element: Block = {
        "type": "conversations_select",
        "filter": {"include": ["public", "private"]},
    }
    chosen = filled.get(fields.NOTIFY) or data.dataset.channel
    if not chosen.startswith("D"):
        element["initial_conversation"] = chosen
    hint = text("form.notify_hint")
    return input_block(fields.NOTIFY, text("form.notify"), element, hint=hint, optional=True)


def _number(least: str, most: str | None, chosen: str | None, *, is_decimal: bool) -> Block:
    element: Block = {
        "type": "number_input",
        "is_decimal_allowed": is_decimal,
        "min_value": least,
    }
    if most is not None:
        element["max_value"] = most
    if chosen is not None and _is_within(chosen, least, most):
        element["initial_value"] = chosen
    return element


def _is_within(chosen: str, least: str, most: str | None) -> bool:
    """Whether Slack takes it for a field's initial value."""
    try:
        number = float(chosen)
    except ValueError:
        return False
    return float(least) <= number <= float(most or "inf")


def _typed(most: int, chosen: str | None) -> Block:
    element: Block = {"type": "plain_text_input", "max_length": most}
    if chosen is not None and len(chosen) <= most:
        element["initial_value"] = chosen
    return element
