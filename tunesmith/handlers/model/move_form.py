"""The form that moves a model to another provider: its settings before and after, and the cost."""

from collections.abc import Sequence

from pydantic import BaseModel

from tunesmith.bot.datasets.costs import Offer
from tunesmith.bot.jobs.move import Plan, Setting
from tunesmith.bot.jobs.quote import Quote
from tunesmith.bot.messages import Message, Text, say
from tunesmith.bot.providers.lifetime import TimeLeft
from tunesmith.handlers.job.form_price import price_block
from tunesmith.handlers.slack.blocks import Block, context, section
from tunesmith.handlers.slack.forms import form, input_block, option, select
from tunesmith.storage.jobs import Job

SUBMIT = "move_form"
TARGET = "move_to"


class MoveForm(BaseModel):
    """What the form carries: the job whose model is moved, and the channel that it belongs to."""

    job_id: str
    channel: str


def target_of(offer: Offer) -> str:
    """What the choice of a base model is called."""
    return f"{offer.name}/{offer.entry.name}"


def move_form(
    text: Text,
    job: Job,
    plan: Plan,
    quote: Quote,
    *,
    title: str | Message,
    file: str,
    offers: Sequence[Offer],
    left: TimeLeft | None,
) -> Block:
    """The modal for one choice of base model.

    `title` is that of the provider that the model is at, `file` what it was trained on, `offers`
    are the base models to choose from, and `left` says how long the model still answers.
    """
    what = text("move.model", model=job.fine_tuned_model, provider=title, file=file)
    blocks = [section(what if left is None else f"{what}\n{text(left.message)}")]
    blocks.append(_target(text, plan.offer, offers))
    blocks.append(
        price_block(text, quote, plan.offer.provider, job.channel, budget=None, needs=None)
    )
    blocks += [section(_settings(text, plan.settings)), context(text("move.anew"))]
    carried, words = MoveForm(job_id=job.id, channel=job.channel), text.plain
    title, submit = words("move.title"), words("move.submit")
    return form(words, SUBMIT, carried, blocks, title=title, submit=submit)


def _target(text: Text, chosen: Offer, offers: Sequence[Offer]) -> Block:
    words = text.plain
    options = [
        option(
            offer.entry.name,
            target_of(offer),
            words("common.as_is", text=offer.provider.title),
        )
        for offer in offers
    ]
    element = select(options, target_of(chosen))
    return {**input_block(TARGET, words("move.target"), element), "dispatch_action": True}


def _settings(text: Text, settings: Sequence[Setting]) -> str:
    lines: list[str] = []
    for setting in settings:
        changed = setting.before != setting.after
        said = text(
            "move.changed" if changed else "move.kept",
            name=say(f"move.setting_{setting.name}"),
            before=_value(setting.before),
            after=_value(setting.after),
        )
        if setting.why is not None:
            said = text("move.why", setting=said, why=setting.why)
        lines.append(said)
    return "\n".join(lines)


def _value(value: Message | str | None) -> Message | str:
    return say("move.nothing") if value is None else value
